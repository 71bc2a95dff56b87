"""The records behind every box of the PRISMA flow at a snapshot, as queries."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from reporting.definitions import Snapshot
from reporting.prisma import FlowCounts
from reporting.released import is_settled, papers, reports_sought, resolutions
from reviews.models import ExclusionReason
from reviews.querysets import valid_at
from screening.choices import DuplicateStanding, Retrieval, SourceKind, Stage, Standing
from screening.models import DuplicateMember, FullText, Record, SourceDetails
from screening.querysets import RecordQuerySet

SEARCHED = (SourceKind.DATABASE, SourceKind.REGISTER)


@dataclass(frozen=True)
class Sources:
    """The sources of a review by kind, as of an instant."""

    kinds: dict[int, str]
    names: dict[int, str]

    @classmethod
    def at(cls, snapshot: Snapshot) -> "Sources":
        """Return the sources of the review at a snapshot; one query."""
        rows = (
            SourceDetails.objects.filter(review=snapshot.review)
            .as_of(snapshot.instant)
            .order_by("source__name", "source")
            .values_list("source", "kind", "source__name")
        )
        found = list(rows)
        return cls(
            kinds={key: kind for key, kind, _ in found}, names={key: name for key, _, name in found}
        )

    def of(self, *kinds: str) -> list[int]:
        """Return the keys of the sources of these kinds."""
        return [key for key, kind in self.kinds.items() if kind in kinds]


class FlowColumn:
    """The records of one column of the diagram at a snapshot, as queries.

    A paper belongs to databases and registers when any record merged into it was found there.
    """

    def __init__(self, snapshot: Snapshot, sources: Sources, *, searched: bool) -> None:
        self.snapshot, self.sources = snapshot, sources
        wanted = [kind for kind in SourceKind if (kind in SEARCHED) is searched]
        self.keys = sources.of(*wanted)
        own = Q(batch__source__in=self.keys)
        everything = papers(snapshot)
        elsewhere = self._merged_from(sources.of(*SEARCHED))
        if searched:
            self.papers = everything.filter(own | Exists(elsewhere))
            self.kept_elsewhere = everything.filter(~own, Exists(elsewhere))
        else:
            self.papers = everything.filter(own, ~Exists(elsewhere))
            self.kept_elsewhere = everything.filter(own, Exists(elsewhere))
        self.searched = searched

    def _merged_from(self, keys: list[int]) -> QuerySet[DuplicateMember]:
        merged = DuplicateMember.objects.filter(
            valid_at(self.snapshot.instant), standing=DuplicateStanding.MERGED
        )
        behind = merged.filter(
            kept=False, group=OuterRef("group"), record__batch__source__in=keys
        ).filter(record__in=self._visible().order_by())
        return merged.filter(Exists(behind), kept=True, record=OuterRef("pk"))

    def _visible(self) -> RecordQuerySet:
        return Record.objects.filter(review=self.snapshot.review).visible(self.snapshot.instant)

    @property
    def found(self) -> RecordQuerySet:
        """Return all records found here."""
        return self._visible().filter(batch__source__in=self.keys)

    @property
    def duplicates(self) -> RecordQuerySet:
        """Return the records found here that a merge put behind another."""
        merged = DuplicateMember.objects.filter(
            valid_at(self.snapshot.instant),
            kept=False,
            standing=DuplicateStanding.MERGED,
            record=OuterRef("pk"),
        )
        return self.found.filter(Exists(merged))

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
    def not_retrieved(self) -> RecordQuerySet:
        """Return the reports that could not be obtained, unless they were assessed all the same."""
        return self._unassessed.filter(self._lacking)

    @property
    def awaiting(self) -> RecordQuerySet:
        """Return the reports sought on which nothing is settled and released yet."""
        return self._unassessed.filter(~self._lacking)

    @property
    def _lacking(self) -> Exists:
        lacking = FullText.objects.filter(
            valid_at(self.snapshot.instant),
            record=OuterRef("pk"),
            standing=Retrieval.NOT_RETRIEVED,
        )
        return Exists(lacking)

    @property
    def _unassessed(self) -> RecordQuerySet:
        return self.sought.filter(~is_settled(self.snapshot, Stage.FULL_TEXT))

    @cached_property
    def counts(self) -> FlowCounts:
        """Return the numbers of the column."""
        found = self.found.order_by().values_list("batch__source").annotate(number=Count("pk"))
        by_source = dict(found.values_list("batch__source", "number"))
        moved = self.kept_elsewhere.count()
        return FlowCounts(
            found={key: by_source.get(key, 0) for key in self.keys},
            duplicates=self.duplicates.count(),
            other_column=moved if self.searched else -moved,
            screened=self.settled(Stage.TITLE_ABSTRACT).count(),
            waiting=self.waiting.count(),
            excluded=self.settled(Stage.TITLE_ABSTRACT, Standing.EXCLUDED).count(),
            sought=self.sought.count(),
            not_retrieved=self.not_retrieved.count(),
            awaiting_assessment=self.awaiting.count(),
            assessed=self.assessed().count(),
            excluded_reports=self.assessed(Standing.EXCLUDED).count(),
            reasons=self._reasons(),
            included=self.assessed(Standing.INCLUDED).count(),
        )

    def _reasons(self) -> list[tuple[str, int]]:
        """Return how many reports each reason excluded, in the review's order of reasons."""
        reasons = ExclusionReason.objects.filter(review=self.snapshot.review)
        current = {r.key: (r.position, r.label) for r in reasons.as_of(self.snapshot.instant)}
        rows = (
            resolutions(self.snapshot, Stage.FULL_TEXT, Standing.EXCLUDED)
            .filter(record__in=self.sought.order_by())
            .order_by()
            .values_list("reason__key", "reason__position", "reason__label")
            .annotate(number=Count("pk"))
        )
        # A reason that was taken off the list keeps its votes: it stands after the others.
        sums: dict[tuple[bool, int, str], int] = {}
        for key, position, label, number in rows:
            place = (key not in current, *current.get(key, (position, label)))
            sums[place] = sums.get(place, 0) + number
        return [(place[2], sums[place]) for place in sorted(sums)]
