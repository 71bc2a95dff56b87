"""What must agree within the screening of a review, for ``manage.py verify``."""

from collections import defaultdict
from collections.abc import Iterator

from reviews import stored
from reviews.models import Review
from screening.choices import Settled, Standing, Verdict
from screening.consensus import standing
from screening.models import Resolution, ScreeningDecision

VOTES = frozenset(Verdict.values) - {Verdict.WITHDRAWN}


def problems(review: Review) -> Iterator[str]:
    """Name every record whose standing is not what its votes make of it."""
    votes: dict[tuple[int, str], list[str]] = defaultdict(list)
    standing_votes = stored.readable(
        ScreeningDecision.objects.standing().filter(review=review).order_by()
    )
    for record, stage, verdict in standing_votes.values_list("record", "stage", "verdict"):
        votes[record, stage].append(verdict)
    rows = stored.readable(
        Resolution.objects.current().filter(review=review, how__in=["", Settled.AGREEMENT])
    )
    for row in rows.order_by().values_list("uid", "record", "stage", "verdict").iterator():
        uid, record, stage, verdict = row
        cast = votes.get((record, stage), [])
        # What is no vote or no standing was written by nobody here, and is named as it is.
        known = len(cast) <= len(("A", "B")) and VOTES.issuperset(cast)
        made = standing(cast) if known else None
        if made != verdict:
            says = dict(Standing.choices).get(verdict, verdict).lower()
            yield f"screening.resolution {uid}: it says {says}, and the votes do not"
