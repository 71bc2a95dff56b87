"""What screening gives the jump: its pages, and records by number, author, identifier or words."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator

from records.listing import first_found
from records.models import Record
from reviews.models import Membership
from reviews.places import Group, PageOfReview, Place

MOST = 8
TITLES, FULL = {"stage": "title-abstract"}, {"stage": "full-text"}
PAGES = (
    PageOfReview(label="References", route="screening:record-list", words="records list search"),
    PageOfReview(
        label="Title and abstract", route="screening:record-next", keys=TITLES, words="screen"
    ),
    PageOfReview(
        label="My decisions: title and abstract",
        route="screening:decision-list",
        keys=TITLES,
        words="history votes",
    ),
    PageOfReview(label="Retrieval", route="screening:full-text-list", words="pdf obtain reports"),
    PageOfReview(label="Full text", route="screening:record-next", keys=FULL, words="screen"),
    PageOfReview(
        label="My decisions: full text",
        route="screening:decision-list",
        keys=FULL,
        words="history votes",
    ),
    PageOfReview(label="Discussions", route="screening:discussion-list"),
    PageOfReview(label="Conflicts", route="screening:conflict-list", words="adjudicate settle"),
    PageOfReview(label="Stages", route="screening:stage-list", words="open release close deal"),
)


def records(member: Membership, text: str) -> Group:
    """Return the first records of the member's list that a text finds, and the way to all."""
    slug = member.review.slug
    found = first_found(member, text, MOST + 1)
    places = [
        Place(
            label=Truncator(str(record)).chars(140),
            url=reverse("screening:record-detail", kwargs={"slug": slug, "uid": record.uid}),
            more=_beside(record),
        )
        for record in found[:MOST]
    ]
    if len(found) > MOST:
        listed = reverse("screening:record-list", kwargs={"slug": slug})
        url = f"{listed}?{urlencode({'q': text})}"
        places.append(Place(label=f"All records with “{Truncator(text).chars(60)}”", url=url))
    return Group(key="records", title="Records", order=300, places=places)


def _beside(record: Record) -> str:
    """Return number, first author and year of a record."""
    authors = record.author_list
    first = Truncator(authors[0]).chars(40) if authors else ""
    others = " et al." if len(authors) > 1 else ""
    year = str(record.year or "")
    return " · ".join(part for part in (f"No. {record.number:,}", first + others, year) if part)
