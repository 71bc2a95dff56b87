"""``ifi-public-evidence``: a real topic in progress, from public citations and abstracts."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from extraction.models import Report
from extraction.services import (
    confirm_alignment,
    finalise_study,
    open_studies,
    propose_alignment,
    publish_form,
    rename_study,
    set_vocabulary,
    take_agreed,
)
from ifi_review.examples.copies import extract_twice, read_bytes, read_json
from ifi_review.examples.illustration import CATEGORIES, CRITERIA
from ifi_review.examples.people import Team, make_team
from ifi_review.examples.screening import include_full_texts, retrieve, vote_as_suggested
from records.choices import DuplicateStanding, SourceKind
from records.models import DuplicateMember, Record
from records.services import add_source, find_duplicates, import_file
from reporting.services import Claim, set_claims
from reviews.models import Review
from reviews.services import set_criteria, set_exclusion_reasons
from screening.choices import Stage
from screening.services import adjudicate_conflict, close_stage, open_stage, record_discussion

SLUG = "ifi-public-evidence"
REASONS = [
    "Not ischiofemoral impingement",
    "No treatment",
    "Single case",
    "Review or editorial",
    "Technique without outcomes",
    "Cadaveric, simulation or imaging study",
    "Not a full report",
]
TITLES = Stage.TITLE_ABSTRACT


@transaction.atomic
def load_public_evidence(people: dict[str, User]) -> bool:
    """Load the review in progress, whole or not at all; ``False`` where it is there already."""
    if Review.objects.filter(slug=SLUG).exists():
        return False
    data = read_json("public_evidence.json")
    team = make_team(people, slug=SLUG, **_settings())
    set_criteria(lead=team.lead, kind="inclusion", texts=CRITERIA)
    set_exclusion_reasons(lead=team.lead, labels=REASONS)
    set_vocabulary(lead=team.lead, name="categories", terms=CATEGORIES)
    publish_form(lead=team.lead, extra_fields=read_json("imaging_fields.json"))
    claims = read_json("illustration.json")["claims"]
    set_claims(lead=team.lead, claims=[Claim(**row) for row in claims])
    _import(team)
    records = _records_by_id(team)
    open_stage(lead=team.lead, stage=TITLES, screeners=[team.first, team.second])
    disagreements = read_json("disagreements.json")
    suggested = read_json("suggested_decisions.json")
    vote_as_suggested(team, records, suggested, disagreements)
    close_stage(lead=team.lead, stage=TITLES)
    _settle(team, records, disagreements)
    included = [records[content["record"]] for content in data["studies"]]
    include_full_texts(team, included)
    retrieve(team, [records["R008"]])
    open_studies(lead=team.lead)
    for content in data["studies"]:
        report = (
            Report.objects.current().select_related("study").get(record=records[content["record"]])
        )
        study = report.study
        rename_study(lead=team.lead, study=study, label=content["label"], note=content["note"])
        extract_twice(team, study, content, [])
        propose_alignment(adjudicator=team.adjudicator, study=study)
        confirm_alignment(adjudicator=team.adjudicator, study=study)
        take_agreed(adjudicator=team.adjudicator, study=study)
        finalise_study(adjudicator=team.adjudicator, study=study)
    return True


def _import(team: Team) -> None:
    platform = "assembled list, without abstracts"
    for name, kind, file_name in (
        ("Web search", SourceKind.WEBSITE, "search_web.ris"),
        ("PubMed", SourceKind.DATABASE, "search_pubmed.nbib"),
    ):
        source = add_source(lead=team.lead, name=name, kind=kind, platform=platform)
        import_file(lead=team.lead, source=source, file_name=file_name, data=read_bytes(file_name))
    find_duplicates(lead=team.lead)


def _records_by_id(team: Team) -> dict[str, Record]:
    """Return the record that stands in screening for each id of the citation list."""
    members = DuplicateMember.objects.current().filter(
        review=team.lead.review, standing=DuplicateStanding.MERGED
    )
    kept = {m.group_id: m.record for m in members.filter(kept=True).select_related("record")}
    behind = {m.record_id: kept[m.group_id] for m in members.filter(kept=False)}
    named = Record.objects.filter(review=team.lead.review, source_record_id__startswith="R")
    return {record.source_record_id: behind.get(record.pk, record) for record in named}


def _settle(
    team: Team, records: Mapping[str, Record], disagreements: Mapping[str, Mapping[str, str]]
) -> None:
    """Settle some conflicts as the data file says; the others wait for the sample accounts."""
    for name, row in disagreements.items():
        conflict: dict[str, Any] = {"record": records[name], "stage": TITLES}
        if row["settled"] == "discussion":
            for member in (team.first, team.second):
                record_discussion(reviewer=member, verdict=row["to"], note=row["why"], **conflict)
        elif row["settled"] == "adjudication" or row["why"].startswith("handed over"):
            record_discussion(reviewer=team.second, hand_over=True, **conflict)
        if row["settled"] == "adjudication":
            adjudicate_conflict(
                adjudicator=team.adjudicator, verdict=row["to"], note=row["why"], **conflict
            )


def _settings() -> dict[str, Any]:
    return {
        "title": "Treatment of ischiofemoral impingement: public evidence, in progress",
        "population": "Patients with ischiofemoral impingement",
        "intervention": "Any treatment: injection, endoscopic or open surgery",
        "comparator": "None; change within the group",
        "outcome": "Pain, function, complications, return to activity",
        "notice": (
            "Worked example in progress: real citations and the facts that public abstracts give. "
            "The votes are demonstration votes. This is not the list of studies of the published "
            "review, which is not public here."
        ),
        "votes_note": "demonstration votes",
        "claims_heading": "The included studies are not declared to be those of the paper",
        "claims_comparable": False,
    }
