"""What must agree within the screening of a review, for ``manage.py verify``."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef

from records.choices import DuplicateStanding
from records.models import DuplicateMember
from records.querysets.papers import papers_of
from reviews import stored
from reviews.models import Review
from screening.choices import DoubtStanding, Settled, Stage, Standing, Verdict
from screening.consensus import SEATS, standing
from screening.models import EligibilityDoubt, Resolution, ScreeningDecision
from screening.papers import Said, says

READ_AT_ONCE = 500

VOTES = frozenset(Verdict.values) - {Verdict.WITHDRAWN}


def problems(review: Review) -> Iterator[str]:
    """Name what does not follow from what was said: standings, and doubts that settled nothing."""
    merged = DuplicateMember.objects.current().filter(
        review=review, standing=DuplicateStanding.MERGED
    )
    # Only papers of which more is stored than what each record was given by itself are read whole.
    stands = Resolution.objects.current().filter(review=review, through_group=True)
    kept = set(stands.order_by().values_list("record", flat=True))
    voted = ScreeningDecision.objects.filter(review=review).order_by().values("record")
    behind = merged.filter(kept=False, record__in=voted).order_by()
    kept |= set(
        merged.filter(kept=True, group__in=behind.values("group")).values_list("record", flat=True)
    )
    yield from _of_records(review, kept)
    keys = sorted(kept)
    for start in range(0, len(keys), READ_AT_ONCE):
        papers = papers_of(keys[start : start + READ_AT_ONCE])
        said = Said(papers)
        for paper in papers:
            yield from _of_paper(said, paper)
    yield from _of_doubts(review)


def _of_doubts(review: Review) -> Iterator[str]:
    """Name every doubt that was upheld and of which no settlement says what it held."""
    settled = Resolution.objects.filter(
        record=OuterRef("record"),
        stage=Stage.FULL_TEXT,
        verdict=OuterRef("verdict"),
        settled_at=OuterRef("recorded_at"),
    )
    doubts = EligibilityDoubt.objects.current().filter(review=review, standing=DoubtStanding.UPHELD)
    alone = stored.readable(doubts).filter(~Exists(settled.order_by()))
    for uid in alone.order_by("pk").values_list("uid", flat=True):
        yield f"screening.eligibilitydoubt {uid}: it was upheld, and nothing was settled so"


def _of_records(review: Review, left_out: set[int]) -> Iterator[str]:
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
        known = len(cast) <= SEATS and VOTES.issuperset(cast)
        made = standing(cast) if known else None
        if made != verdict and record not in left_out:
            words = dict(Standing.choices).get(verdict, verdict).lower()
            yield f"screening.resolution {uid}: it says {words}, and the votes do not"


def _of_paper(said: Said, paper: Sequence[int]) -> Iterator[str]:
    """Name what is stored of a paper and does not follow from what was said of its records."""
    for stage in Stage:
        row, made = said.current(paper[0], stage), said.of_paper(paper, stage)
        wrong = row is not None and (made is None or says(row) != says(made))
        if row is not None and (wrong or (row.through_group and len(paper) == 1)):
            words = dict(Standing.choices).get(row.verdict, row.verdict).lower()
            yield (
                f"screening.resolution {row.uid}: it says {words} "
                f"of {len(paper)} records merged into one, and what was said of them does not"
            )
        elif row is None and made is not None:
            rows = (said.current(record, stage) for record in paper)
            uid = next(row.uid for row in rows if row is not None)
            yield f"screening.resolution {uid}: nothing says where the paper it is of stands"
        released = said.is_released(paper, stage)
        for record in paper:
            release = said.releases.get((record, stage))
            if release is not None and release.through_group and not released:
                yield f"screening.release {release.uid}: no record of its paper was released"
