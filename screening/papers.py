"""What people said of a paper, which may be several records, and what that makes of it.

Records are merged and parted whatever was said of them. Votes stay on the record they were cast on.
The row of the kept record speaks for the paper and is made of all votes on all its records; a
record that is parted stands by its own again (``docs/decisions/``, 25).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records.choices import DuplicateStanding
from records.models import DuplicateMember
from screening.choices import Retrieval, Settled, Standing, Verdict
from screening.consensus import GOES_ON, SEATS, standing
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat

BY_A_PERSON = frozenset({Settled.DISCUSSION, Settled.ADJUDICATION})
# What is known of a full text, from the least to the most.
FOUND_OUT = (Retrieval.SOUGHT, Retrieval.NOT_RETRIEVED, Retrieval.RETRIEVED)
Place = tuple[int, str]


@dataclass(frozen=True)
class Spoken:
    """A settlement by a person in force, and of which records it was made."""

    row: Resolution
    at: datetime
    scope: frozenset[int]
    contested: bool


class Said:
    """All that was said of the records of some papers, read at once; superseded rows too."""

    def __init__(self, papers: Iterable[Sequence[int]]) -> None:
        keys = [record for paper in papers for record in paper]
        by_time = ("recorded_at", "pk")
        votes = ScreeningDecision.objects.filter(record__in=keys).select_related("reason")
        rows = Resolution.objects.filter(record__in=keys)
        rows = rows.select_related("reason", "member", "second_member")
        seats = Seat.objects.current().filter(record__in=keys).order_by()
        merged = DuplicateMember.objects.filter(standing=DuplicateStanding.MERGED).order_by()
        groups = merged.filter(record__in=keys).values("group")
        self.votes = _by_place(votes.order_by(*by_time))
        self.rows = _by_place(rows.order_by(*by_time))
        self.seats = Counter(seats.values_list("record", "stage"))
        self.releases = {
            (row.record_id, row.stage): row
            for row in Release.objects.current().filter(record__in=keys)
        }
        self._merged = list(merged.filter(group__in=groups))

    def current(self, record: int, stage: str) -> Resolution | None:
        """Return the row that says where a record stands."""
        rows = self.rows.get((record, stage), [])
        return next((row for row in reversed(rows) if row.superseded_at is None), None)

    def standing_votes(self, records: Iterable[int], stage: str) -> list[ScreeningDecision]:
        """Return the votes that stand on these records."""
        cast = (vote for record in records for vote in self.votes.get((record, stage), []))
        return [v for v in cast if v.superseded_at is None and v.verdict != Verdict.WITHDRAWN]

    def is_released(self, records: Iterable[int], stage: str) -> bool:
        """Say whether one of these records was released itself, and so the paper they are."""
        rows = (self.releases.get((record, stage)) for record in records)
        return any(row is not None and not row.through_group for row in rows)

    def own(self, record: int, stage: str) -> Resolution | None:
        """Return where a record stands by what was said of it alone; nothing if never dealt."""
        rows = [r for r in self.rows.get((record, stage), []) if not r.through_group]
        if not rows:
            return None
        if rows[-1].how in BY_A_PERSON:
            changed = self._changed([record], stage, rows[-1].recorded_at)
            return _repeated(rows[-1], contested=rows[-1].contested or changed)
        return self._of_votes([record], stage, SEATS)

    def of_paper(self, paper: Sequence[int], stage: str) -> Resolution | None:
        """Return where a paper stands by all that was said of its records, the kept one first.

        Undecided while a seat waits for its vote and nothing is released; any difference between
        two votes is a conflict. A settlement by a person holds for the whole paper, contested
        where votes that it did not judge say otherwise; two that differ are a conflict.
        """
        kept, *behind = paper
        own = {record: self.own(record, stage) for record in paper}
        if all(own[record] is None for record in behind):
            return own[kept]
        spoken = self._in_force(paper, stage, own)
        if len({each.row.verdict for each in spoken}) > 1:
            row = Resolution(verdict=Standing.CONFLICT)
        elif spoken:
            last = max(spoken, key=lambda each: each.at)
            unjudged = set(paper).difference(*(each.scope for each in spoken))
            votes = self.standing_votes(unjudged, stage)
            contested = any(each.contested for each in spoken) or any(
                (vote.verdict in GOES_ON) != (last.row.verdict == Standing.INCLUDED)
                for vote in votes
            )
            row = _repeated(last.row, contested=contested)
        else:
            seats = sum(self.seats[record, stage] for record in paper)
            row = self._of_votes(paper, stage, 0 if self.is_released(paper, stage) else seats)
        row.through_group = True
        return row

    def _of_votes(self, records: Sequence[int], stage: str, seats: int) -> Resolution:
        """Return what votes alone make of records with so many seats.

        Where exclusions name different reasons, the one that stands first in the review's order
        is taken, as PRISMA asks for one reason a report.
        """
        votes = self.standing_votes(records, stage)
        stands = standing([vote.verdict for vote in votes], max(seats, len(votes), SEATS))
        settled = stands in {Standing.INCLUDED, Standing.EXCLUDED}
        reasons = [vote.reason for vote in votes if stands == Standing.EXCLUDED and vote.reason]
        return Resolution(
            verdict=stands,
            reason=min(reasons, key=lambda reason: (reason.position, reason.pk), default=None),
            how=Settled.AGREEMENT if settled else "",
            settled_at=max(vote.recorded_at for vote in votes) if settled else None,
        )

    def _in_force(
        self, paper: Sequence[int], stage: str, own: dict[int, Resolution | None]
    ) -> list[Spoken]:
        """Return the settlements by people that hold: of a record, or of the paper they were.

        A later one of the same records or more takes the place of an earlier one.
        """
        found = [
            Spoken(row, row.settled_at, frozenset([record]), row.contested)
            for record, row in own.items()
            if row is not None and row.how in BY_A_PERSON and row.settled_at
        ]
        for record in paper:
            for row in self.rows.get((record, stage), []):
                if row.through_group and row.how in BY_A_PERSON and _is_first(row):
                    scope = self._paper_at(record, row.recorded_at)
                    if scope <= set(paper):
                        changed = self._changed(scope, stage, row.recorded_at)
                        found.append(Spoken(row, row.recorded_at, scope, changed))
        return [
            each
            for each in found
            if not any(other.at > each.at and other.scope >= each.scope for other in found)
        ]

    def _paper_at(self, record: int, instant: datetime) -> frozenset[int]:
        """Return the records of the paper that a record was at an instant."""
        then = [row for row in self._merged if _was_valid(row, instant)]
        groups = {row.group_id for row in then if row.record_id == record}
        return frozenset([record, *(row.record_id for row in then if row.group_id in groups)])

    def _changed(self, records: Iterable[int], stage: str, since: datetime) -> bool:
        """Say whether a vote on one of these records came to say something else since."""
        for record in records:
            before: dict[int, tuple[Any, ...]] = {}
            for vote in self.votes.get((record, stage), []):
                said = (vote.verdict, vote.reason_id, vote.note)
                if vote.recorded_at > since and before.get(vote.member_id) != said:
                    return True
                before[vote.member_id] = said
        return False


def says(row: Resolution) -> tuple[Any, ...]:
    """Return what a row says of where a record stands."""
    who = (row.member_id, row.second_member_id, row.note)
    return (row.verdict, row.reason_id, row.how, *who, row.settled_at, row.contested)


def best_full_text(rows: Iterable[FullText | None]) -> FullText | None:
    """Return the row that says most of whether a paper was obtained; of two the first."""
    found = (row for row in rows if row is not None)
    return max(found, key=lambda row: FOUND_OUT.index(row.standing), default=None)


def _by_place(rows: Iterable[Any]) -> dict[Place, list[Any]]:
    found: defaultdict[Place, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.record_id, row.stage].append(row)
    return found


def _repeated(row: Resolution, *, contested: bool) -> Resolution:
    return Resolution(
        verdict=row.verdict,
        reason=row.reason,
        how=row.how,
        member=row.member,
        second_member=row.second_member,
        note=row.note,
        settled_at=row.settled_at,
        contested=contested,
    )


def _is_first(row: Resolution) -> bool:
    """Say whether a row is the act of who settled, not one that repeats it."""
    return row.settled_at == row.recorded_at


def _was_valid(row: DuplicateMember, instant: datetime) -> bool:
    ended = row.superseded_at
    return row.recorded_at <= instant and (ended is None or ended > instant)
