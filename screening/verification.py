"""What must agree within the screening of a review, for ``manage.py verify``."""

from collections import defaultdict
from collections.abc import Iterator

from reviews.models import Review
from screening.choices import Settled, Standing
from screening.consensus import standing
from screening.models import Resolution, ScreeningDecision


def problems(review: Review) -> Iterator[str]:
    """Name every record whose standing is not what its votes make of it."""
    votes: dict[tuple[int, str], list[str]] = defaultdict(list)
    standing_votes = ScreeningDecision.objects.standing().filter(review=review).order_by()
    for record, stage, verdict in standing_votes.values_list("record", "stage", "verdict"):
        votes[record, stage].append(verdict)
    rows = Resolution.objects.current().filter(review=review, how__in=["", Settled.AGREEMENT])
    for row in rows.order_by().values_list("uid", "record", "stage", "verdict").iterator():
        uid, record, stage, verdict = row
        cast = votes.get((record, stage), [])
        made = standing(cast) if len(cast) <= len(("A", "B")) else None
        if made != verdict:
            yield (
                f"screening.resolution {uid}: it says {Standing(verdict).label.lower()}, "
                f"and the votes do not"
            )
