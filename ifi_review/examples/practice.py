"""``practice``: a review to try, of invented records with abstracts, open for screening."""

from typing import Any

from django.db import transaction

from accounts.models import User
from extraction.services import publish_form
from ifi_review.examples.copies import read_bytes
from ifi_review.examples.people import make_team
from records.services import add_source, find_duplicates, import_file
from reviews.models import Review
from reviews.services import replace_criteria, set_exclusion_reasons
from screening.choices import Stage
from screening.services import open_stage

SLUG = "practice"
FILES = {
    "Invented Bibliography": "practice.ris",
    "Invented Citation Index": "practice_index.csv",
}
INCLUSION = [
    "Adults with frozen shoulder (adhesive capsulitis)",
    "Hydrodilatation (distension of the shoulder joint with fluid) in at least one group",
    "A second group of patients with another treatment, another technique, or none",
    "Pain, movement or function 4 weeks or more after treatment",
]
EXCLUSION = [
    "Another joint, another disease of the shoulder, or stiffness after surgery or fracture",
    "Case reports and series without a second group",
    "Reviews, guidelines, letters, editorials, protocols and surveys",
    "Cadaveric, animal and laboratory studies",
    "Conference abstracts whose full article is among the records",
]
REASONS = [
    "Not frozen shoulder",
    "No hydrodilatation",
    "No second group",
    "Review, protocol or survey",
    "Cadaver, animal or laboratory",
    "Outcome before 4 weeks only",
    "Abstract of a full article",
]
INCLUDE_WORDS = ["hydrodilat*", "distension", "frozen shoulder", "adhesive capsulitis", "random*"]
EXCLUDE_WORDS = ["cadaver*", "protocol", "survey", "case report", "in rats", "review"]


@transaction.atomic
def load_practice(people: dict[str, User]) -> bool:
    """Load the review to try, whole or not at all; ``False`` where it is there already.

    Nobody has voted: title and abstract screening is open, and both reviewers have their seats.
    """
    if Review.objects.filter(slug=SLUG).exists():
        return False
    team = make_team(people, slug=SLUG, **_settings())
    replace_criteria(lead=team.lead, inclusion=INCLUSION, exclusion=EXCLUSION)
    set_exclusion_reasons(lead=team.lead, labels=REASONS)
    publish_form(lead=team.lead)
    for name, file_name in FILES.items():
        source = add_source(lead=team.lead, name=name, kind="database", platform="invented")
        import_file(lead=team.lead, source=source, file_name=file_name, data=read_bytes(file_name))
    find_duplicates(lead=team.lead)
    open_stage(lead=team.lead, stage=Stage.TITLE_ABSTRACT, screeners=[team.first, team.second])
    return True


def _settings() -> dict[str, Any]:
    return {
        "title": "A review to try: hydrodilatation for frozen shoulder, with invented records",
        "population": "Adults with frozen shoulder (adhesive capsulitis)",
        "intervention": "Hydrodilatation of the shoulder joint",
        "comparator": "Another treatment, another technique, or none",
        "outcome": "Pain, movement or function 4 weeks or more after treatment",
        "include_words": "\n".join(INCLUDE_WORDS),
        "exclude_words": "\n".join(EXCLUDE_WORDS),
        "unit_singular": "shoulder",
        "unit_plural": "shoulders",
        "notice": (
            "For practice: every record was invented. None describes real patients or a real "
            "publication, and none is medical evidence."
        ),
        "table_note": "invented records",
        "votes_note": "practice votes on invented records",
    }
