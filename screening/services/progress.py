"""How far records went in screening."""

from collections.abc import Iterable

from screening.choices import Stage, Standing
from screening.models import Release, Resolution, ScreeningDecision

INCLUDED_AT_FULL_TEXT = 4
RELEASED = {Stage.TITLE_ABSTRACT: 2, Stage.FULL_TEXT: 3}


def reached_by(records: Iterable[int]) -> dict[int, int]:
    """Return how far records went in screening, by what was done and not by what anybody said.

    1: voted on; 2 and 3: released at title and abstract, at full text; 4: included there.
    """
    keys = list(records)
    votes = ScreeningDecision.objects.standing().filter(record__in=keys).order_by()
    reached = dict.fromkeys(votes.values_list("record", flat=True), 1)
    releases = Release.objects.current().filter(record__in=keys).order_by("stage")
    for record, stage in releases.values_list("record", "stage"):
        reached[record] = max(reached.get(record, 0), RELEASED[Stage(stage)])
    included = Resolution.objects.current().filter(
        record__in=keys, stage=Stage.FULL_TEXT, verdict=Standing.INCLUDED
    )
    for record in included.order_by().values_list("record", flat=True):
        if reached.get(record) == RELEASED[Stage.FULL_TEXT]:
            reached[record] = INCLUDED_AT_FULL_TEXT
    return reached
