"""How duplicates are found: the rule runs outside any act, what it found is written in short ones.

Nobody is kept waiting, so the review goes on meanwhile. Each act therefore judges anew, under the
review's lock, that its records are still as the rule saw them; what changed is left for the next
run. A run that was broken off is completed by the next, and one after that changes nothing.
"""

import gc
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db.models import CharField
from django.db.models.functions import Length, Substr

from records import uses
from records.choices import DuplicateStanding
from records.duplicates import Candidate, find_groups
from records.duplicates.candidates import ABSTRACT_START
from records.models import BatchState, DuplicateGroup, DuplicateMember, Record
from records.services.known_groups import KnownGroups
from records.services.planning import Join, Plan, Wanted, pieces
from records.services.regrouping import APART, Regrouping
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership, Review
from reviews.roles import Capability
from reviews.turns import Pace, in_turns

READ_AT_ONCE = 2_000


def find_duplicates(*, lead: Membership) -> dict[str, int]:
    """Group the records that are one paper: sure groups merge, doubtful ones wait for a person.

    Of two records given out to people already the machine merges neither behind the other: what it
    merges leaves somebody's work, and what one of them did must not decide that. What a person
    decided stays, so a second run changes nothing. Records that came since are taken up by who
    works on them. Returns the totals of the review: ``records`` visible, ``groups``, ``merged``
    (records behind another) and ``to_review`` (groups that wait).
    """
    seen = _last_event(lead.review)
    known = KnownGroups.of(lead.review)
    given_out = uses.given_out(lead.review_id)
    with _no_cycles_sought():
        found = list(find_groups(_candidates(lead.review), apart=known.apart()))
    plan = Plan(known, given_out)
    came = BatchState.objects.current().unsearched().filter(review=lead.review).exists()
    written, pace = 0, Pace()
    for piece in in_turns(pieces(plan.wanted(found), pace), pace):
        written += _write(lead, piece, seen)
    if written >= audit.ANALYSED_FROM:
        audit.count_anew(DuplicateGroup, DuplicateMember)
    uses.take_up_in_turns(lead)
    totals = duplicate_totals(lead.review)
    if (written or came) and not _came_since(lead.review, seen):
        _conclude(lead, totals)
    return totals


@contextmanager
def _no_cycles_sought() -> Iterator[None]:
    """Let Python not look for cycles: among millions of objects without one it takes a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _last_event(review: Review) -> datetime:
    last = Review.objects.values_list("last_event_at", flat=True).get(pk=review.pk)
    return last or datetime.min.replace(tzinfo=UTC)


def _came_since(review: Review, seen: datetime) -> bool:
    """Say whether records came meanwhile, which nobody has held against the others then."""
    published = BatchState.objects.current().published().filter(review=review)
    return published.filter(recorded_at__gt=seen).exists()


def duplicate_totals(review: Review) -> dict[str, int]:
    """Return how many records, merged groups, merged records and waiting groups there are."""
    current = DuplicateMember.objects.current().filter(review=review)
    merged = current.filter(standing=DuplicateStanding.MERGED)
    waiting = current.filter(standing=DuplicateStanding.WAITING)
    return {
        "records": Record.objects.filter(review=review).visible().order_by().count(),
        "groups": merged.filter(kept=True).count(),
        "merged": merged.filter(kept=False).count(),
        "to_review": waiting.filter(kept=True).count(),
    }


def _candidates(review: Review) -> Iterator[Candidate]:
    """Yield what the rule compares of each record, with the start of its abstract alone."""
    records = Record.objects.filter(review=review).unmerged()
    rows = records.annotate(
        length=Length("abstract"),
        start=Substr("abstract", 1, ABSTRACT_START, output_field=CharField()),
        words=Length("keywords"),
    ).values_list(
        "pk", "title", "year", "doi", "pmid", "journal", "volume", "pages", "authors", "length",
        "translated_title", "journal_abbreviation", "issue", "issn", "start", "record_type",
        "accession", "url", "words", "language", "pmcid",
    )  # fmt: skip
    for row in rows.iterator(chunk_size=READ_AT_ONCE):
        yield Candidate(
            key=row[0],
            title=row[1],
            year=row[2],
            doi=row[3],
            pmid=row[4],
            journal=row[5] or row[11],
            volume=row[6],
            pages=row[7],
            authors=tuple(row[8].splitlines()),
            abstract_length=row[9],
            translated_title=row[10],
            journal_abbreviation=row[11],
            issue=row[12],
            issn=row[13],
            abstract=row[14],
            record_type=row[15],
            accession=row[16],
            url=row[17],
            filled=sum(map(bool, row[18:])),
        )


@all_or_nothing
def _write(lead: Membership, wanted: Sequence[Wanted], seen: datetime) -> int:
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    keys = set().union(*(group.keys for group in wanted))
    ground = _Ground(Regrouping(act, keys), uses.given_out(act.review.pk, keys), seen)
    groups = sum(ground.write(group) for group in wanted)
    written = ground.regrouping.write(counted=False)
    if groups:
        act.log("records.duplicates_grouped", groups=groups, rows=written)
    return written


class _Ground:
    """Some records under the review's lock, held against what the rule saw of them."""

    def __init__(self, regrouping: Regrouping, given_out: set[int], seen: datetime) -> None:
        self.regrouping = regrouping
        self.given_out = given_out
        self.parted = {
            row.record_id
            for row in regrouping.own
            if row.standing in APART and row.recorded_at > seen
        }

    def write(self, wanted: Wanted) -> bool:
        """Write a group as far as it is still true; say whether anything of it was."""
        place = self.regrouping.place.get(wanted.kept)
        if not self._is_there(wanted.kept) or (place is not None and not place.kept):
            return False
        if wanted.waits:
            return self._wait(wanted)
        return self._merge(wanted, place)

    def _is_there(self, record: int) -> bool:
        return record in self.regrouping.records and record not in self.parted

    def _merge(self, wanted: Wanted, place: DuplicateMember | None) -> bool:
        joins: dict[int, Join] = {}
        for join in wanted.joins:
            if self._may_join(join, joins):
                joins[join.record] = join
        if not joins:
            return False
        to = self.regrouping
        kept = to.records[wanted.kept]
        group = place.group if place else to.new_group(sure=True, doubt=wanted.doubt)
        if place is None:
            self._add(group, kept.pk, kept=True, score=1.0, why="the record kept", waits=False)
        for join in joins.values():
            record = to.records[join.record]
            to.put_behind(kept, record, group, score=str(join.score), why=join.why, by=None)
        return True

    def _may_join(self, join: Join, moving: Container[int]) -> bool:
        place = self.regrouping.place.get(join.record)
        as_seen = (place.pk if place else None) == join.place
        if not as_seen or not self._is_there(join.record):
            return False
        if join.record in self.given_out:
            return False
        if place is None or not place.kept:
            return True
        # The kept record of another group follows when nothing is left behind it.
        return all(row.record_id in moving for row in self.regrouping.behind(place))

    def _wait(self, wanted: Wanted) -> bool:
        there = [join for join in wanted.joins if self._may_wait(join.record, wanted.kept)]
        if not there:
            return False
        group = self.regrouping.new_group(sure=wanted.sure, doubt=wanted.doubt)
        self._add(group, wanted.kept, kept=True, score=1.0, why="", waits=True)
        for join in there:
            self._add(group, join.record, kept=False, score=join.score, why=join.why, waits=True)
        return True

    def _may_wait(self, record: int, kept: int) -> bool:
        place = self.regrouping.place.get(record)
        asked = any(record in rows and kept in rows for rows in self.regrouping.waiting.values())
        return self._is_there(record) and (place is None or place.kept) and not asked

    def _add(
        self, group: DuplicateGroup, record: int, *, kept: bool, score: float, why: str, waits: bool
    ) -> None:
        standing = DuplicateStanding.WAITING if waits else DuplicateStanding.MERGED
        self.regrouping.add(
            group,
            self.regrouping.records[record],
            kept=kept,
            standing=standing,
            score=str(score),
            why=why,
            by=None,
        )


@all_or_nothing
def _conclude(lead: Membership, totals: dict[str, int]) -> None:
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    act.log("records.duplicates_found", totals=totals)
