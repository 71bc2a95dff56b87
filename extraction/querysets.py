"""Reads of extraction: studies, copies and values, and who may see them."""

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from extraction.choices import CopySeat, CopyStanding
from extraction.companions import families
from records.models import Record, RecordQuerySet
from records.querysets.companions import companions_of
from reviews.models import Membership, Review
from reviews.querysets import AppendOnlyQuerySet, VersionedQuerySet, valid
from reviews.roles import Capability
from screening.choices import Stage, Standing
from screening.querysets.standing import released, standing_at


def _rows(model: str) -> Any:
    return apps.get_model("extraction", model)._default_manager.all()


def final_consensus(instant: datetime | None = None) -> QuerySet:
    """Return the consensus copies that are final, which is what releases a study's data."""
    final = _rows("CopyState").filter(
        valid(instant), extraction=OuterRef("pk"), standing=CopyStanding.FINAL
    )
    copies = _rows("Extraction").filter(valid(instant), seat=CopySeat.CONSENSUS)
    return copies.filter(Exists(final))


def included_reports(review: Review) -> RecordQuerySet:
    """Return the records included at full text and released, by number."""
    stage = Stage.FULL_TEXT
    records = Record.objects.filter(review=review).unmerged()
    return released(standing_at(records, stage, Standing.INCLUDED), stage)


def reports_without_study(review: Review) -> RecordQuerySet:
    """Return the included and released records that belong to no study yet, by number."""
    reports = _rows("Report").current().filter(record=OuterRef("pk"))
    return included_reports(review).filter(~Exists(reports))


def companion_studies(review: Review) -> dict[int, int]:
    """Return, of the waiting reports, those a person took for another report of an opened study.

    Record to study, the lowest number of several.
    """
    waiting = list(reports_without_study(review).values_list("pk", flat=True))
    pairs = companions_of(waiting)
    elsewhere = sorted({other for _, other in pairs} - set(waiting))
    reports = _rows("Report").current().filter(record__in=elsewhere)
    study_of = dict(reports.order_by("-study__number").values_list("record", "study"))
    number = dict(reports.values_list("study", "study__number"))
    found: dict[int, int] = {}
    for family in families([*waiting, *elsewhere], pairs):
        studies = [study_of[record] for record in family if record in study_of]
        if studies:
            lowest = min(studies, key=number.__getitem__)
            found.update({record: lowest for record in family if record not in study_of})
    return {record: study for record, study in found.items() if record in set(waiting)}


def study_label(study: str = "pk") -> Subquery:
    """Return the current name of the study whose key stands in the field ``study``."""
    details = _rows("StudyDetails").current().filter(study=OuterRef(study))
    return Subquery(details.values("label")[:1])


def _states_of_study(instant: datetime | None = None) -> QuerySet:
    """Return the states of a study's copies, from within a query of studies.

    One join deep: PostgreSQL takes a current row for a rare one until it has statistics, and
    answers a nest of subqueries by going through all of them for each row.
    """
    return _rows("CopyState").filter(
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
        reports = _rows("Report").current().filter(study=OuterRef("pk"))
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
        own = _rows("Extraction").current().filter(study=OuterRef("pk"), member=viewer)
        return studies.filter(Exists(own) | Exists(_final_states()))

    def named(self) -> Self:
        """Return the studies with their current ``label`` and ``note``."""
        details = _rows("StudyDetails").current().filter(study=OuterRef("pk"))
        return self.annotate(label=study_label(), note=Subquery(details.values("note")[:1]))

    def without_extractors(self) -> Self:
        """Return the studies that nobody extracts yet, by number."""
        copies = _rows("Extraction").current().filter(study=OuterRef("pk"))
        return self.current().filter(~Exists(copies))

    def to_compare(self, adjudicator: Membership) -> Self:
        """Return the studies whose two submitted copies this member may compare.

        Never one of which they hold a copy, unless the review's settings allow it.
        """
        submitted = _states_of_study().exclude(standing=CopyStanding.DRAFT)
        studies = self.filter(
            Exists(submitted.filter(extraction__seat=CopySeat.A)),
            Exists(submitted.filter(extraction__seat=CopySeat.B)),
            review=adjudicator.review_id,
        )
        if adjudicator.review.settings.adjudicator_may_have_voted:
            return studies
        own = _rows("Extraction").current().filter(study=OuterRef("pk"), member=adjudicator)
        return studies.filter(~Exists(own))

    def to_settle(self, adjudicator: Membership) -> Self:
        """Return the studies this member may compare that are not final yet, by number."""
        return self.current().to_compare(adjudicator).filter(~Exists(_final_states()))


class ExtractionQuerySet(VersionedQuerySet):
    """Copies of studies' data, and who may see them."""

    def of_member(self, member: Membership) -> Self:
        """Return the copies assigned to this member, by study number."""
        return self.current().filter(member=member).order_by("study__number", "pk")

    def in_standing(self, *standings: str) -> Self:
        """Return the copies that stand in one of the ways named."""
        states = _rows("CopyState").current().filter(standing__in=standings)
        return self.filter(Exists(states.filter(extraction=OuterRef("pk"))))

    def with_standing(self) -> Self:
        """Return the copies with their current ``standing`` and when they came to it."""
        states = _rows("CopyState").current().filter(extraction=OuterRef("pk"))
        return self.annotate(
            standing=Subquery(states.values("standing")[:1]),
            standing_since=Subquery(states.values("recorded_at")[:1]),
        )

    def visible_to(self, viewer: Membership) -> Self:
        """Return the copies this member may see without being unblinded.

        Their own; all copies of released studies; and, for who may adjudicate, the copies of
        studies in which both are submitted and they hold no seat.
        """
        released = final_consensus().filter(study=OuterRef("study"))
        seen = Q(member=viewer) | Q(Exists(released))
        if viewer.can(Capability.ADJUDICATE):
            seen |= Q(study__in=studies_to_adjudicate(viewer))
        return self.current().filter(seen, review=viewer.review_id)


class ValueQuerySet(VersionedQuerySet):
    """Answers in cells."""

    def answered(self) -> Self:
        """Return the values that say something: a text or why there is none."""
        return self.exclude(text="", missing="")


def studies_to_adjudicate(adjudicator: Membership) -> QuerySet:
    """Return the keys of the studies whose two submitted copies this member may compare."""
    return _rows("Study").to_compare(adjudicator).values("pk")
