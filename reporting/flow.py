"""The records behind every box of the PRISMA flow at a snapshot, as queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from extraction.choices import SHEET_FORMAT
from records.choices import BatchStanding, DuplicateStanding, SourceKind
from records.models import (
    BatchState,
    DuplicateMember,
    Record,
    RecordQuerySet,
    SourceDetails,
)
from reporting.definitions import Snapshot
from reporting.prisma import FlowCounts
from reporting.released import (
    is_settled,
    reports_sought,
    resolutions,
    settlement,
)
from reporting.released import reasons as reason_labels
from reviews.versions import valid_at
from screening.choices import Retrieval, Stage, Standing
from screening.models import FullText
from screening.querysets.standing import included

SEARCHED = (SourceKind.DATABASE, SourceKind.REGISTER)


@dataclass(frozen=True)
class Sources:
    """The sources of a review by kind, as of an instant, and the imports in sight from each.

    ``batches`` are the published imports, each with its source; ``sheets`` those of them that are
    extraction sheets. They are few among many records: every count names them, and looks up
    neither the source nor the standing of an import for each record.
    """

    kinds: dict[int, str]
    names: dict[int, str]
    uids: dict[int, UUID]
    batches: dict[int, int]
    sheets: frozenset[int]

    @classmethod
    def at(cls, snapshot: Snapshot) -> Sources:
        """Return the sources of the review at a snapshot; two queries."""
        rows = (
            SourceDetails.objects.filter(review=snapshot.review)
            .as_of(snapshot.instant)
            .order_by("source__name", "source")
            .values_list("source", "kind", "source__name", "source__uid")
        )
        found = list(rows)
        published = BatchState.objects.as_of(snapshot.instant).filter(
            review=snapshot.review, standing=BatchStanding.PUBLISHED
        )
        batches = list(published.order_by("batch").values_list("batch", "batch__source", "format"))
        return cls(
            kinds={key: kind for key, kind, _, _ in found},
            names={key: name for key, _, name, _ in found},
            uids={key: uid for key, _, _, uid in found},
            batches={batch: source for batch, source, _ in batches},
            sheets=frozenset(batch for batch, _, form in batches if form == SHEET_FORMAT),
        )

    def of(self, *kinds: str) -> list[int]:
        """Return the keys of the sources of these kinds."""
        return [key for key, kind in self.kinds.items() if kind in kinds]

    def imports_of(self, sources: Collection[int]) -> list[int]:
        """Return the keys of the imports in sight from these sources."""
        return [batch for batch, source in self.batches.items() if source in sources]

    def counted(self, by_batch: Mapping[int, int]) -> dict[int, int]:
        """Return numbers by source from numbers by import."""
        numbers: dict[int, int] = {}
        for batch, number in by_batch.items():
            source = self.batches[batch]
            numbers[source] = numbers.get(source, 0) + number
        return numbers


@dataclass(frozen=True)
class Place:
    """How many papers are at one place of the flow.

    ``searched``: a record of the paper was found by a database or register; ``own``: the record
    that was kept was. ``first`` and ``second`` are the released settlements at title and abstract
    and at full text, empty where there is none; ``lacking``: no full text could be obtained.
    """

    searched: bool
    own: bool
    first: str
    second: str
    lacking: bool
    by_sheet: bool
    papers: int


@dataclass(frozen=True)
class CountedReason:
    """A reason with the reports it excluded; ``keys`` are all under which its words stood.

    ``place`` is its place among all reasons that the review ever had, those in force in front.
    """

    place: int
    keys: tuple[UUID, ...]
    label: str
    reports: int


def flow_columns(snapshot: Snapshot) -> tuple[FlowColumn, FlowColumn]:
    """Return the columns of databases and registers, and of other methods."""
    sources = Sources.at(snapshot)
    census = take_census(snapshot, sources)
    return (
        FlowColumn(snapshot, sources, census, searched=True),
        FlowColumn(snapshot, sources, census, searched=False),
    )


def take_census(snapshot: Snapshot, sources: Sources) -> list[Place]:
    """Count the papers of a review at every place of the flow; one query.

    It walks the records of the imports in sight along an index, import by import.
    """
    counted = (
        papers_of(snapshot, sources)
        .order_by()
        .annotate(
            elsewhere=found_by_a_search(snapshot, sources),
            first=settlement(snapshot, Stage.TITLE_ABSTRACT),
            second=settlement(snapshot, Stage.FULL_TEXT),
            lacking=lacks_full_text(snapshot),
        )
        .values_list("batch", "elsewhere", "first", "second", "lacking")
        .annotate(papers=Count("pk"))
    )
    searched = set(sources.imports_of(sources.of(*SEARCHED)))
    places: dict[tuple[bool, bool, str, str, bool, bool], int] = {}
    for batch, elsewhere, first, second, lacking, number in counted:
        own = batch in searched
        found = own or bool(elsewhere)
        by_sheet = batch in sources.sheets and not found and first == Standing.INCLUDED
        place = (found, own, first or "", second or "", bool(lacking), by_sheet)
        places[place] = places.get(place, 0) + number
    return [Place(*place, papers=number) for place, number in places.items()]


def count_found(snapshot: Snapshot, sources: Sources) -> dict[int, int]:
    """Return how many records each source found, of those that found any; one query."""
    found = records_of(snapshot, sources).order_by().values_list("batch")
    return sources.counted(dict(found.annotate(number=Count("pk"))))


def records_of(snapshot: Snapshot, sources: Sources) -> RecordQuerySet:
    """Return the records of the imports in sight, by number."""
    found: RecordQuerySet = Record.objects.filter(
        review=snapshot.review, batch__in=list(sources.batches)
    )
    return found.order_by("number", "pk")


def papers_of(snapshot: Snapshot, sources: Sources) -> RecordQuerySet:
    """Return the records of these imports that no merge has put behind another, by number."""
    behind = merged_members(snapshot).filter(kept=False, record=OuterRef("pk"))
    return records_of(snapshot, sources).filter(~Exists(behind))


def merged_members(snapshot: Snapshot) -> QuerySet[DuplicateMember]:
    """Return the places of merged records in their groups."""
    return DuplicateMember.objects.filter(
        valid_at(snapshot.instant), standing=DuplicateStanding.MERGED
    ).order_by()


def found_by_a_search(snapshot: Snapshot, sources: Sources) -> Exists:
    """Return the condition that a record merged behind this one is from a database or register."""
    merged = merged_members(snapshot)
    behind = merged.filter(
        kept=False,
        group=OuterRef("group"),
        record__batch__in=sources.imports_of(sources.of(*SEARCHED)),
    )
    return Exists(merged.filter(Exists(behind), kept=True, record=OuterRef("pk")))


def lacks_full_text(snapshot: Snapshot) -> Exists:
    """Return the condition that the full text of a record could not be obtained."""
    return Exists(
        FullText.objects.filter(
            valid_at(snapshot.instant), record=OuterRef("pk"), standing=Retrieval.NOT_RETRIEVED
        )
    )


def _papers(places: Iterable[Place]) -> int:
    return sum(place.papers for place in places)


class FlowColumn:
    """The records of one column of the diagram at a snapshot, as queries.

    A paper belongs to databases and registers when any record merged into it was found there.
    """

    def __init__(
        self, snapshot: Snapshot, sources: Sources, census: Sequence[Place], *, searched: bool
    ) -> None:
        self.snapshot, self.sources, self.census = snapshot, sources, census
        self.kinds = [kind for kind in SourceKind if (kind in SEARCHED) is searched]
        self.keys = sources.of(*self.kinds)
        self.searched = searched
        own = Q(batch__in=sources.imports_of(self.keys))
        elsewhere = found_by_a_search(snapshot, sources)
        papers = papers_of(snapshot, sources)
        if searched:
            self.papers = papers.filter(own | elsewhere)
            self.kept_elsewhere = papers.filter(~own, elsewhere)
        else:
            self.papers = papers.filter(own, ~elsewhere)
            self.kept_elsewhere = papers.filter(own, elsewhere)

    @property
    def found(self) -> RecordQuerySet:
        """Return all records found here."""
        return self.found_by(self.keys)

    def found_by(self, keys: Collection[int]) -> RecordQuerySet:
        """Return the records that these sources found."""
        records = Record.objects.filter(review=self.snapshot.review)
        return records.filter(batch__in=self.sources.imports_of(keys)).order_by("number", "pk")

    @property
    def duplicates(self) -> RecordQuerySet:
        """Return the records found here that a merge put behind another."""
        return self._behind(merged_members(self.snapshot))

    @property
    def duplicates_by_machine(self) -> RecordQuerySet:
        """Return the duplicates that the machine was sure of and nobody had to decide."""
        return self._decided(by_machine=True)

    @property
    def duplicates_by_hand(self) -> RecordQuerySet:
        """Return the duplicates that a person decided."""
        return self._decided(by_machine=False)

    def _decided(self, *, by_machine: bool) -> RecordQuerySet:
        return self._behind(merged_members(self.snapshot).filter(decided_by__isnull=by_machine))

    def _behind(self, merged: QuerySet[DuplicateMember]) -> RecordQuerySet:
        # The merged ones are read first: they are few among many records.
        behind = merged.filter(review=self.snapshot.review, kept=False)
        return self.found.filter(pk__in=behind.values("record"))

    @property
    def already_found(self) -> QuerySet[Record]:
        """Return what is no paper of this column: merged behind another, or found by a search."""
        merged, kept = self.duplicates.order_by(), self.kept_elsewhere.order_by()
        both = Q(pk__in=merged.values("pk")) | Q(pk__in=kept.values("pk"))
        return records_of(self.snapshot, self.sources).filter(both)

    def excluded_for(self, reason: CountedReason) -> RecordQuerySet:
        """Return the reports that a reason excluded."""
        settled = resolutions(self.snapshot, Stage.FULL_TEXT, Standing.EXCLUDED)
        named = settled.filter(reason__key__in=reason.keys).order_by()
        return self.sought.filter(pk__in=named.values("record"))

    def settled(self, stage: str, *verdicts: str) -> RecordQuerySet:
        """Return the papers settled and released at a stage."""
        return self.papers.filter(is_settled(self.snapshot, stage, *verdicts))

    @property
    def waiting(self) -> RecordQuerySet:
        """Return the papers on which nothing is settled and released."""
        return self.papers.filter(~is_settled(self.snapshot, Stage.TITLE_ABSTRACT))

    @property
    def sought(self) -> RecordQuerySet:
        """Return the papers whose full text is wanted."""
        return reports_sought(self.snapshot, self.papers)

    def assessed(self, *verdicts: str) -> RecordQuerySet:
        """Return the reports assessed at full text."""
        return self.sought.filter(is_settled(self.snapshot, Stage.FULL_TEXT, *verdicts))

    @property
    def included(self) -> RecordQuerySet:
        """Return the reports included, which are those that studies are made of."""
        return included(self.papers, self.snapshot.instant)

    @property
    def not_retrieved(self) -> RecordQuerySet:
        """Return the reports that could not be obtained, unless they were assessed all the same."""
        return self._unassessed.filter(lacks_full_text(self.snapshot))

    @property
    def awaiting(self) -> RecordQuerySet:
        """Return the reports sought on which nothing is settled and released yet."""
        return self._unassessed.filter(~lacks_full_text(self.snapshot))

    @property
    def _unassessed(self) -> RecordQuerySet:
        return self.sought.filter(~is_settled(self.snapshot, Stage.FULL_TEXT))

    @cached_property
    def counts(self) -> FlowCounts:
        """Return the numbers of the column, from one census of all papers of the review."""
        census = [p for p in self.census if p.searched is self.searched]

        sought = [p for p in census if p.first == Standing.INCLUDED]
        moved = _papers(p for p in self.census if p.searched and not p.own)
        by_source = count_found(self.snapshot, self.sources)
        return FlowCounts(
            found={key: by_source.get(key, 0) for key in self.keys},
            kinds=self._by_kind(),
            sources={kind: self.sources.of(kind) for kind in self.kinds},
            duplicates=self.duplicates.order_by().count(),
            other_column=moved if self.searched else -moved,
            by_sheet=_papers(p for p in census if p.by_sheet),
            screened=_papers(p for p in census if p.first and not p.by_sheet),
            waiting=_papers(p for p in census if not p.first),
            excluded=_papers(p for p in census if p.first == Standing.EXCLUDED),
            sought=_papers(sought),
            not_retrieved=_papers(p for p in sought if not p.second and p.lacking),
            awaiting_assessment=_papers(p for p in sought if not p.second and not p.lacking),
            assessed=_papers(p for p in sought if p.second),
            excluded_reports=_papers(p for p in sought if p.second == Standing.EXCLUDED),
            reasons=[(reason.label, reason.reports) for reason in self.reasons],
            included=_papers(p for p in sought if p.second == Standing.INCLUDED),
        )

    def _by_kind(self) -> dict[str, int]:
        """Return how many records each kind of source found, counted apart from its sources.

        Databases and registers are always told; another method only where there is a source of it.
        """
        told = [kind for kind in self.kinds if kind in SEARCHED or self.sources.of(kind)]
        counted = {
            kind.value: Count(
                "pk", filter=Q(batch__in=self.sources.imports_of(self.sources.of(kind)))
            )
            for kind in told
        }
        return self.found.order_by().aggregate(**counted) if counted else {}

    @cached_property
    def reasons(self) -> list[CountedReason]:
        """Return how many reports each reason excluded, in the review's order of reasons.

        One that was taken off the list keeps its votes: it stands after the others, unless its
        words were put on the list again.
        """
        rows = (
            resolutions(self.snapshot, Stage.FULL_TEXT, Standing.EXCLUDED)
            .filter(Exists(self.sought.order_by().filter(pk=OuterRef("record"))))
            .order_by()
            .values_list("reason__key")
            .annotate(number=Count("pk"))
        )
        numbers = dict(rows)
        keys: dict[str, list[UUID]] = {}
        for key, label in reason_labels(self.snapshot).items():
            keys.setdefault(label, []).append(key)
        counted = (
            CountedReason(place, tuple(same), label, sum(numbers.get(key, 0) for key in same))
            for place, (label, same) in enumerate(keys.items())
        )
        return [reason for reason in counted if reason.reports]
