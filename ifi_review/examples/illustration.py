"""``ifi``: seven invented studies whose totals equal every total of a published abstract."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from extraction.models import Alignment, Element, Study
from extraction.schema import question_key
from extraction.services import (
    confirm_alignment,
    finalise_study,
    open_studies,
    propose_alignment,
    publish_form,
    rename_study,
    resolve_cell,
    set_vocabulary,
    take_agreed,
)
from extraction.vocabularies import Term
from ifi_review.examples.copies import extract_twice, read_bytes, read_json
from ifi_review.examples.people import Team, make_team
from ifi_review.examples.screening import include_all
from records.services import add_source, import_file
from reporting.services import Claim, set_claims
from reviews.choices import SettlingRule
from reviews.models import Review
from reviews.services import set_criteria, set_exclusion_reasons

SLUG = "ifi"
CATEGORIES = [
    Term("injection", ("quadratus femoris injection",)),
    Term(
        "arthroscopic",
        ("arthroscopic lesser trochanter resection", "endoscopic lesser trochanter resection"),
    ),
    Term("open decompression", ("open lesser trochanter resection",)),
    Term("derotation osteotomy", ("open derotation osteotomy",)),
]
REASONS = ["Wrong population", "Wrong intervention", "Wrong outcome", "Wrong study design"]


@transaction.atomic
def load_illustration(people: dict[str, User]) -> bool:
    """Load the illustration, whole or not at all; ``False`` where it is there already."""
    if Review.objects.filter(slug=SLUG).exists():
        return False
    data = read_json("illustration.json")
    team = make_team(people, slug=SLUG, **_settings())
    set_criteria(lead=team.lead, kind="inclusion", texts=CRITERIA)
    set_exclusion_reasons(lead=team.lead, labels=REASONS)
    set_vocabulary(lead=team.lead, name="categories", terms=CATEGORIES)
    publish_form(lead=team.lead, extra_fields=read_json("imaging_fields.json"))
    set_claims(lead=team.lead, claims=[Claim(**row) for row in data["claims"]])
    source = add_source(lead=team.lead, name="Illustrative", kind="other")
    batch = import_file(
        lead=team.lead,
        source=source,
        file_name="illustration.ris",
        data=read_bytes("illustration.ris"),
    )
    include_all(team, batch.records.order_by("number"))
    contents = {content["label"]: content for content in data["studies"]}
    differences = read_json("illustration_differences.json")
    for study, label in zip(open_studies(lead=team.lead), sorted(contents), strict=True):
        content = contents[label]
        rename_study(lead=team.lead, study=study, label=label, note=content["note"])
        planted = [error for error in differences if error["study"] == label]
        extract_twice(team, study, content, planted)
        settle_study(team, study, content, planted)
    return True


CRITERIA = [
    "Patients treated for ischiofemoral impingement",
    "Injection, arthroscopic or endoscopic resection, or osteotomy",
    "Outcome reported at any follow-up",
]


def settle_study(
    team: Team, study: Study, content: Mapping[str, Any], planted: list[dict[str, str]]
) -> None:
    """Align the two copies, take what agrees, settle each planted difference, make it final."""
    propose_alignment(adjudicator=team.adjudicator, study=study)
    confirm_alignment(adjudicator=team.adjudicator, study=study)
    take_agreed(adjudicator=team.adjudicator, study=study)
    elements = _consensus_elements(study, content)
    for error in planted:
        resolve_cell(
            adjudicator=team.adjudicator,
            study=study,
            key=question_key(error["key"]),
            element=elements[error["place"]],
            choice="B" if error["copy"] == "A" else "A",
            reason=error["reason"],
            error_type=error["error_type"],
        )
    finalise_study(adjudicator=team.adjudicator, study=study)


def _consensus_elements(study: Study, content: Mapping[str, Any]) -> dict[str, Element]:
    """Return the consensus elements by their name in the data file, which is copy A's order."""
    aligned = (
        Alignment.objects.current().filter(study=study).select_related("element_a", "consensus")
    )
    made = {
        (row.group, row.element_a.position): row.consensus
        for row in aligned
        if row.element_a is not None and row.consensus is not None
    }
    found: dict[str, Element] = {}
    last: Counter[str] = Counter()
    for row in content["elements"]:
        last[row["group"]] += 1
        found[row["ref"]] = made[row["group"], last[row["group"]]]
    return found


def _settings() -> dict[str, Any]:
    return {
        "title": "Treatment of ischiofemoral impingement: an illustration with invented studies",
        "population": "Patients with ischiofemoral impingement",
        "intervention": "Injection, arthroscopic or endoscopic resection, derotation osteotomy",
        "comparator": "None; change within the group",
        "outcome": "Pain, function, complications, return to activity",
        "settling_rule": SettlingRule.THIRD_PERSON,
        "notice": (
            "Illustration: these seven studies were invented so that their totals equal those of "
            "a published abstract. They describe no real patients and no real publication, and "
            "are no evidence that the published review was reproduced."
        ),
        "table_note": "illustrative",
        "votes_note": "illustrative",
        "identification_note": "not available: the paper's counts are not public",
        "claims_heading": "These studies were invented so that these totals agree",
        "claims_comparable": True,
    }
