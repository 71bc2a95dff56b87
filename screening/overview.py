"""What screening tells the overview of a review: how much was dealt, never how far anybody is."""

from django.db.models import Count, Exists, OuterRef

from reviews.models import Review
from reviews.work import counted
from screening.choices import Stage
from screening.models import Release, Seat

DEALT = {
    Stage.TITLE_ABSTRACT: ("title", "titles"),
    Stage.FULL_TEXT: ("full text", "full texts"),
}


def dealt(review: Review) -> dict[int, str]:
    """Return how much each member was dealt that is not released, in words; one query."""
    released = Release.objects.current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
    seats = Seat.objects.current().in_screening().filter(~Exists(released), review=review)
    numbers = seats.order_by().values_list("stage", "member").annotate(seats=Count("pk"))
    of_stage = {(stage, member): number for stage, member, number in numbers}
    found: dict[int, list[str]] = {}
    for stage, words in DEALT.items():
        for (at, member), number in of_stage.items():
            if at == stage:
                found.setdefault(member, []).append(counted(number, *words))
    return {member: ", ".join(words) for member, words in found.items()}
