"""Studies, their reports, and the copies of their data; who may see them."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from extraction.choices import (
    CopySeat,
    CopyStanding,
    ReportKind,
)
from extraction.models.forms import Form, FormVersion
from records.models import Record
from reviews.models import Membership, Review
from reviews.roles import Capability
from reviews.versions import (
    CURRENT,
    AppendOnly,
    AppendOnlyQuerySet,
    Versioned,
    VersionedQuerySet,
    valid,
)


def study_label(study: str = "pk") -> Subquery:
    """Return the current name of the study whose key stands in the field ``study``."""
    details = StudyDetails.objects.current().filter(study=OuterRef(study))
    return Subquery(details.values("label")[:1])


def final_consensus(instant: datetime | None = None) -> QuerySet:
    """Return the consensus copies that are final, which is what releases a study's data."""
    final = CopyState.objects.filter(
        valid(instant), extraction=OuterRef("pk"), standing=CopyStanding.FINAL
    )
    copies = Extraction.objects.filter(valid(instant), seat=CopySeat.CONSENSUS)
    return copies.filter(Exists(final))


def _states_of_study(instant: datetime | None = None) -> QuerySet:
    """Return the states of a study's copies, from within a query of studies.

    One join deep: PostgreSQL takes a current row for a rare one until it has statistics, and
    answers a nest of subqueries by going through all of them for each row.
    """
    return CopyState.objects.filter(
        valid(instant), valid(instant, "extraction__"), extraction__study=OuterRef("pk")
    )


def _final_states(instant: datetime | None = None) -> QuerySet:
    return _states_of_study(instant).filter(
        standing=CopyStanding.FINAL, extraction__seat=CopySeat.CONSENSUS
    )


class StudyQuerySet(AppendOnlyQuerySet):
    """Studies, and which of them are released."""

    def current(self) -> Self:
        """Return the studies that still have a report, by number."""
        reports = Report.objects.current().filter(study=OuterRef("pk"))
        return self.filter(Exists(reports)).order_by("number", "pk")

    def released(self, instant: datetime | None = None) -> Self:
        """Return the studies whose consensus is final, now or at ``instant``, by number."""
        return self.filter(Exists(_final_states(instant))).order_by("number", "pk")

    def visible_to(self, viewer: Membership) -> Self:
        """Return the studies this member may know of, by number.

        All of them for who leads or may adjudicate; else those assigned to them, and the
        released ones.
        """
        studies = self.filter(review=viewer.review_id).current()
        if viewer.can(Capability.ADJUDICATE) or viewer.can(Capability.MANAGE):
            return studies
        own = Extraction.objects.current().filter(study=OuterRef("pk"), member=viewer)
        return studies.filter(Exists(own) | Exists(_final_states()))

    def named(self) -> Self:
        """Return the studies with their current ``label`` and ``note``."""
        details = StudyDetails.objects.current().filter(study=OuterRef("pk"))
        return self.annotate(label=study_label(), note=Subquery(details.values("note")[:1]))

    def without_extractors(self) -> Self:
        """Return the studies that nobody extracts yet, by number."""
        copies = Extraction.objects.current().filter(study=OuterRef("pk"))
        return self.current().filter(~Exists(copies))

    def to_compare(self, adjudicator: Membership) -> Self:
        """Return the studies whose two submitted copies this member may compare.

        Never one of which they ever held a copy, those taken from them since included, unless the
        review's settings allow it.
        """
        submitted = _states_of_study().exclude(standing=CopyStanding.DRAFT)
        studies = self.filter(
            Exists(submitted.filter(extraction__seat=CopySeat.A)),
            Exists(submitted.filter(extraction__seat=CopySeat.B)),
            review=adjudicator.review_id,
        )
        if adjudicator.review.settings.adjudicator_may_have_voted:
            return studies
        held = Extraction.objects.filter(study=OuterRef("pk"), member=adjudicator)
        return studies.filter(~Exists(held))

    def to_settle(self, adjudicator: Membership) -> Self:
        """Return the studies this member may compare that are not final yet, by number."""
        return self.current().to_compare(adjudicator).filter(~Exists(_final_states()))


class Study(AppendOnly):
    """One investigation, with one or more reports."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="studies")
    number = models.PositiveIntegerField()

    objects: ClassVar = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name_plural = "studies"
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="study_number_once")
        ]

    def __str__(self) -> str:
        return f"Study {self.number}"


class StudyDetails(Versioned):
    """How a study is named in the tables, and what must be said beside it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="details")
    label = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study"], condition=CURRENT, name="study_details_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Report(Versioned):
    """One document of a study, found as one record (its duplicates are merged behind it)."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="reports")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=ReportKind, default=ReportKind.ARTICLE)

    class Meta:
        ordering = ["study", "recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=CURRENT, name="report_of_one_study"
            )
        ]


class ExtractionQuerySet(VersionedQuerySet):
    """Copies of studies' data, and who may see them."""

    def of_member(self, member: Membership) -> Self:
        """Return the copies assigned to this member, by study number."""
        return self.current().filter(member=member).order_by("study__number", "pk")

    def in_standing(self, *standings: str) -> Self:
        """Return the copies that stand in one of the ways named."""
        states = CopyState.objects.current().filter(standing__in=standings)
        return self.filter(Exists(states.filter(extraction=OuterRef("pk"))))

    def with_standing(self) -> Self:
        """Return the copies with their current ``standing`` and when they came to it."""
        states = CopyState.objects.current().filter(extraction=OuterRef("pk"))
        return self.annotate(
            standing=Subquery(states.values("standing")[:1]),
            standing_since=Subquery(states.values("recorded_at")[:1]),
        )

    def visible_to(self, viewer: Membership) -> Self:
        """Return the copies this member may see without being unblinded.

        Their own; all copies of released studies; and, for who may adjudicate, the copies of
        studies in which both are submitted and they never held a seat.
        """
        released = final_consensus().filter(study=OuterRef("study"))
        seen = Q(member=viewer) | Q(Exists(released))
        if viewer.can(Capability.ADJUDICATE):
            seen |= Q(study__in=studies_to_adjudicate(viewer))
        return self.current().filter(seen, review=viewer.review_id)


class Extraction(Versioned):
    """One copy of one study's data in one form: seat A, seat B or the consensus.

    The consensus has no extractor.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="extractions")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    seat = models.CharField(max_length=10, choices=CopySeat)
    member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="extractions"
    )
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = ExtractionQuerySet.as_manager()

    class Meta:
        ordering = ["study", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "form", "seat"], condition=CURRENT, name="extraction_seat_once"
            ),
            models.UniqueConstraint(
                fields=["study", "form", "member"],
                condition=CURRENT & Q(member__isnull=False),
                name="extraction_never_both_seats",
            ),
            models.CheckConstraint(
                condition=Q(seat=CopySeat.CONSENSUS, member__isnull=True)
                | (~Q(seat=CopySeat.CONSENSUS) & Q(member__isnull=False)),
                name="extraction_consensus_has_no_extractor",
            ),
        ]

    def __str__(self) -> str:
        return self.get_seat_display()


class CopyState(Versioned):
    """Whether a copy is a draft, submitted, or (the consensus) final, which releases the study."""

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="states")
    standing = models.CharField(max_length=20, choices=CopyStanding)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["extraction"], condition=CURRENT, name="copy_state_one_current"
            )
        ]


def studies_to_adjudicate(adjudicator: Membership) -> QuerySet:
    """Return the keys of the studies whose two submitted copies this member may compare."""
    return Study.objects.to_compare(adjudicator).values("pk")
