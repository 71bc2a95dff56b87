"""What follows a merge or a parting: where papers stand, what is released, what is sought.

All of it is derived anew from what is said of each record, so it does not matter by which way
records came together or apart, and doing it twice changes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from records.models import Record
from records.querysets.papers import heads_with, papers_of
from reviews.audit import Act
from screening.choices import Retrieval, Stage, Standing
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat
from screening.papers import BY_A_PERSON, Said, best_full_text, says

Paper = Sequence[int]


def bring_up_to_date(act: Act, records: Iterable[int]) -> list[Resolution]:
    """Let what is stored of the papers of these records say what was said of their records.

    Returns the rows by which those that are not released stand now.
    """
    papers = papers_of(records)
    said = Said(papers)
    changes = _Changes(act)
    for stage in Stage:
        for paper in papers:
            _releases(changes, said, paper, stage)
            _standings(changes, said, paper, stage)
    _full_texts(changes, said, papers)
    changes.write()
    heads = [
        said.current(paper[0], stage)
        for stage in Stage
        for paper in papers
        if not said.is_released(paper, stage)
    ]
    return [row for row in heads if row is not None]


def count_votes(act: Act, record: int, stage: str) -> Resolution:
    """Write anew where a record and its paper stand, whatever the votes are; return the paper's.

    How much is read and written depends on the records of the paper alone.
    """
    [paper] = papers_of([record])
    said = Said([paper])
    changes = _Changes(act)
    _replace(changes, said, paper[0], stage, said.of_paper(paper, stage))
    if record != paper[0]:
        _replace(changes, said, record, stage, said.own(record, stage))
    changes.write()
    stands: Resolution = changes.made[0]
    return stands


def is_settled_by_a_person(record: int, stage: str) -> bool:
    """Say whether a person has settled a record or the paper it is of."""
    [paper] = papers_of([record])
    rows = Resolution.objects.current().filter(record__in=paper, stage=stage)
    return rows.filter(how__in=BY_A_PERSON).exists()


def counts_others(kept: int, stage: str) -> bool:
    """Say whether votes on records merged behind a kept one count for the paper."""
    [paper] = papers_of([kept])
    votes = ScreeningDecision.objects.standing().filter(record__in=paper, stage=stage)
    return votes.exclude(record=kept).exists()


def voters_on(record: int, stage: str) -> set[int]:
    """Return the members whose votes stand on a record of the paper."""
    [paper] = papers_of([record])
    votes = ScreeningDecision.objects.standing().filter(record__in=paper, stage=stage)
    return set(votes.order_by().values_list("member", flat=True))


def released_with(stage: str, kept: Iterable[int]) -> list[Release]:
    """Return the releases that let the papers of these kept records be released at a stage.

    Each record on which somebody has a seat is released itself, and so stays when it is parted; a
    kept record without a seat is released as the paper alone.
    """
    keys = list(kept)
    heads = with_more_dealt(keys)
    papers = papers_of(heads)
    here = {"record__in": [record for paper in papers for record in paper], "stage": stage}
    dealt = set(Seat.objects.current().filter(**here).values_list("record", flat=True))
    known = set(Release.objects.current().filter(**here).values_list("record", flat=True))
    found = [Release(record_id=record, stage=stage) for record in keys if record not in heads]
    found += [
        Release(record_id=record, stage=stage, through_group=record not in dealt)
        for paper in papers
        for record in paper
        if record not in known and (record in dealt or record == paper[0])
    ]
    return found


def with_more_dealt(kept: Collection[int]) -> set[int]:
    """Return which of these kept records stand before one that somebody was dealt."""
    return set(heads_with("seats").filter(record__in=kept).values_list("record", flat=True))


class _Changes:
    """The rows that an act ends and makes, written together."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.ended: list[Any] = []
        self.made: list[Any] = []

    def end(self, row: Any) -> None:
        row.superseded_at = self.act.at
        self.ended.append(row)

    def make(self, row: Any) -> None:
        row.recorded_at = self.act.at
        self.made.append(row)

    def write(self) -> None:
        """Write the rows, whose records are known by their keys alone."""
        self.act.supersede(*self.ended)
        keys = {row.record_id for row in self.made}
        records = {record.pk: record for record in Record.objects.only("uid").filter(pk__in=keys)}
        for model in (Release, Resolution, FullText):
            rows = [row for row in self.made if isinstance(row, model)]
            for row in rows:
                row.record = records[row.record_id]
            self.act.bulk_insert(rows)


def _releases(changes: _Changes, said: Said, paper: Paper, stage: str) -> None:
    """Release all records of a paper of which one is; end what a record had by a group it left."""
    released = said.is_released(paper, stage)
    for record in paper:
        row = said.releases.get((record, stage))
        counts = said.own(record, stage) is not None or (record == paper[0] and len(paper) > 1)
        if row is None and released and counts:
            row = Release(record_id=record, stage=stage, through_group=True)
            said.releases[record, stage] = row
            changes.make(row)
        elif row is not None and row.through_group and not released:
            changes.end(said.releases.pop((record, stage)))


def _standings(changes: _Changes, said: Said, paper: Paper, stage: str) -> None:
    for record in paper:
        new = said.of_paper(paper, stage) if record == paper[0] else said.own(record, stage)
        row = said.current(record, stage)
        if row is None or new is None or not _says_it(row, new):
            _replace(changes, said, record, stage, new)


def _says_it(row: Resolution, new: Resolution) -> bool:
    """Say whether a row need not be written anew; a record's own may speak for its paper."""
    return says(row) == says(new) and row.through_group <= new.through_group


def _replace(
    changes: _Changes, said: Said, record: int, stage: str, new: Resolution | None
) -> None:
    old = said.current(record, stage)
    if old is not None and (new is not None or old.through_group):
        changes.end(old)
    if new is not None:
        new.record_id, new.stage = record, stage
        changes.make(new)
        said.rows.setdefault((record, stage), []).append(new)


def _full_texts(changes: _Changes, said: Said, papers: Sequence[Paper]) -> None:
    """Let a paper be sought, or obtained, where one of its records is."""
    keys = [record for paper in papers for record in paper]
    own: dict[int, FullText] = {}
    current: dict[int, FullText] = {}
    for row in FullText.objects.filter(record__in=keys).order_by("recorded_at", "pk"):
        if not row.through_group:
            own[row.record_id] = row
        if row.superseded_at is None:
            current[row.record_id] = row
    for paper in papers:
        sought = {record: own.get(record) or _sought_itself(said, record) for record in paper}
        best = best_full_text(sought.values())
        if best is None and len(paper) > 1 and _is_sought(said, paper):
            best = best_full_text(map(current.get, paper)) or FullText(standing=Retrieval.SOUGHT)
        for record in paper:
            wanted = best if record == paper[0] else sought[record]
            through = wanted is not sought[record]
            _exchange(changes, current.get(record), wanted, record, through=through)


def _exchange(
    changes: _Changes, old: FullText | None, wanted: FullText | None, record: int, *, through: bool
) -> None:
    if old is not None and wanted is not None:
        same = (old.standing, old.why) == (wanted.standing, wanted.why)
        if same and old.through_group <= through:
            return
    if old is not None and (wanted is not None or old.through_group):
        changes.end(old)
    if wanted is not None:
        new = FullText(record_id=record, standing=wanted.standing, why=wanted.why)
        new.through_group = through
        changes.make(new)


def _sought_itself(said: Said, record: int) -> FullText | None:
    """Return the row of a record that is sought by what was said of it alone, if it is."""
    stands = said.own(record, Stage.TITLE_ABSTRACT)
    included = stands is not None and stands.verdict == Standing.INCLUDED
    if not included or not said.is_released([record], Stage.TITLE_ABSTRACT):
        return None
    return FullText(record_id=record, standing=Retrieval.SOUGHT)


def _is_sought(said: Said, paper: Paper) -> bool:
    stands = said.current(paper[0], Stage.TITLE_ABSTRACT)
    included = stands is not None and stands.verdict == Standing.INCLUDED
    return included and said.is_released(paper, Stage.TITLE_ABSTRACT)
