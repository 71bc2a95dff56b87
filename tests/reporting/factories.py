"""Released studies and settled records, made directly with the acts that services are made of."""

from itertools import count
from typing import Any

from django.db import transaction

from extraction.choices import CopySeat, CopyStanding, Level, Missing
from extraction.models import (
    CopyState,
    Element,
    Extraction,
    Field,
    Form,
    FormVersion,
    Report,
    Study,
    StudyDetails,
    Value,
)
from extraction.schema import read_answer, shipped_form
from records.choices import BatchStanding
from records.models import BatchState, ImportBatch, Record, Source, SourceDetails
from reviews import audit
from reviews.models import Membership
from screening.choices import Stage, Standing
from screening.models import Release, Resolution, ScreeningDecision, Seat

NUMBERS = count(1)
NR = Missing.NOT_REPORTED
Answers = dict[str, Any]


def make_form(lead: Membership) -> FormVersion:
    """Put the shipped form into the review, once."""
    version = FormVersion.objects.filter(review=lead.review).first()
    if version:
        return version
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        spec = shipped_form()
        form = act.insert(Form(slug=spec.slug, title=spec.title))
        version = act.insert(FormVersion(form=form, number=1, definition=_definition()))
        act.bulk_insert(
            [
                Field(
                    form_version=version, key=f.key, level=f.level, position=n, question=f.question
                )
                for n, f in enumerate(spec.fields)
                if f.level in Level.values
            ]
        )
        act.log("extraction.form_published", subject=version)
    return version


def make_study(
    lead: Membership,
    *,
    study: Answers | None = None,
    cohorts: list[Answers] | None = None,
    interventions: list[Answers] | None = None,
    outcomes: list[Answers] | None = None,
    results: list[Answers] | None = None,
    label: str = "",
    standing: str = CopyStanding.FINAL,
    record: Record | None = None,
) -> Study:
    """Make a study whose consensus holds these answers.

    A result names its ``cohort`` and ``outcome`` by their place in the lists, the first being 0; a
    cohort may name ``part_of`` the same way.
    """
    version = make_form(lead)
    if record is None:
        [record] = make_records(lead, 1)
        for stage in Stage:
            settle(lead, [record], stage)
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        number = Study.objects.filter(review=lead.review).count() + 1
        row = act.insert(Study(number=number))
        act.insert(StudyDetails(study=row, label=label or f"Study {number}"))
        act.insert(Report(study=row, record=record))
        copy = act.insert(Extraction(study=row, seat=CopySeat.CONSENSUS, form_version=version))
        act.insert(CopyState(extraction=copy, standing=standing))
        writer = _Writer(act, copy, lead)
        writer.values(None, study or {})
        made = [writer.element(Level.COHORT, n) for n, _ in enumerate(cohorts or [])]
        for element, answers in zip(made, cohorts or [], strict=True):
            said = {
                "label": f"Cohort {element.position}",
                "counts_towards_totals": "yes",
                **answers,
            }
            if isinstance(said.get("part_of"), int):
                said["part_of"] = str(made[said["part_of"]].uid)
            writer.values(element, said)
        for n, answers in enumerate(interventions or []):
            writer.values(writer.element(Level.INTERVENTION, n), answers)
        measured = [writer.element(Level.OUTCOME, n) for n, _ in enumerate(outcomes or [])]
        for element, answers in zip(measured, outcomes or [], strict=True):
            writer.values(element, answers)
        for n, answers in enumerate(results or []):
            said = dict(answers)
            places = {
                "cohort": made[said.pop("cohort", 0)],
                "outcome": measured[said.pop("outcome", 0)],
            }
            writer.values(writer.element(Level.RESULT, n, **places), said)
        writer.write()
        act.log("extraction.study_finalised", subject=row)
    return row


class _Writer:
    """Collects the values of one copy and writes them in one go."""

    def __init__(self, act: audit.Act, copy: Extraction, member: Membership) -> None:
        self.act, self.copy, self.member = act, copy, member
        self.fields = {f.key: f for f in Field.objects.filter(form_version=copy.form_version)}
        self.spec = copy.form_version.spec
        self.rows: list[Value] = []

    def element(self, level: str, position: int, **places: Element) -> Element:
        return self.act.insert(
            Element(extraction=self.copy, level=level, position=position, **places)
        )

    def values(self, element: Element | None, answers: Answers) -> None:
        for key, given in answers.items():
            answer = read_answer(self.spec.field(key), str(given))
            assert answer is not None
            missing = answer.missing
            self.rows.append(
                Value(
                    extraction=self.copy,
                    element=element,
                    field=self.fields[key],
                    key=key,
                    text="" if missing else answer.text,
                    number=answer.number,
                    qualifier=answer.qualifier,
                    missing=missing,
                    unit=answer.unit,
                    page="4",
                    member=self.member,
                )
            )

    def write(self) -> None:
        self.act.bulk_insert(self.rows)


def change_value(lead: Membership, study: Study, key: str, text: str) -> Value:
    """Replace an answer of the study's consensus by another."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        old = Value.objects.current().get(extraction__study=study, key=key)
        answer = read_answer(old.extraction.form_version.spec.field(key), text)
        assert answer is not None
        new = Value(
            extraction=old.extraction,
            element=old.element,
            field=old.field,
            key=key,
            text=answer.text,
            number=answer.number,
            unit=answer.unit,
            member=lead,
        )
        act.replace(old, new)
        act.log("extraction.study_finalised", subject=study)
    return new


def make_records(
    lead: Membership, number: int, *, source: str = "Database", kind: str = "database"
) -> list[Record]:
    """Import so many records from a source of this kind."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        found = Source.objects.filter(review=lead.review, name=source).first()
        if found is None:
            found = act.insert(Source(name=source))
            act.insert(SourceDetails(source=found, kind=kind))
        batch = act.insert(
            ImportBatch(
                source=found, member=lead, file_name="f.ris", file_sha256="0" * 64, file_size=1
            )
        )
        act.insert(
            BatchState(batch=batch, standing=BatchStanding.PUBLISHED, found=number, imported=number)
        )
        start = Record.objects.filter(review=lead.review).count()
        rows = act.bulk_insert(
            [
                Record(
                    batch=batch,
                    number=start + n,
                    line=n,
                    raw=f"record {start + n}",
                    raw_sha256=f"{start + n:064d}",
                    title=f"Title {start + n}",
                )
                for n in range(1, number + 1)
            ]
        )
        act.log("records.file_imported", subject=batch)
    return list(Record.objects.filter(pk__in=[row.pk for row in rows]).order_by("number"))


def settle(
    lead: Membership,
    records: list[Record],
    stage: str = Stage.TITLE_ABSTRACT,
    verdict: str = Standing.INCLUDED,
    *,
    released: bool = True,
    reason: Any = None,
) -> None:
    """Settle records at a stage without votes, and release them."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        act.bulk_insert(
            [
                Resolution(
                    record=record,
                    stage=stage,
                    verdict=verdict,
                    how="agreement",
                    reason=reason,
                    settled_at=act.at,
                )
                for record in records
            ]
        )
        if released:
            act.bulk_insert([Release(record=record, stage=stage) for record in records])
        act.log("screening.records_settled")


def release(lead: Membership, records: list[Record], stage: str = Stage.TITLE_ABSTRACT) -> None:
    """Release records at a stage."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        act.bulk_insert([Release(record=record, stage=stage) for record in records])
        act.log("screening.records_released")


def vote(
    lead: Membership,
    votes: list[tuple[Membership, Record, str]],
    stage: str = Stage.TITLE_ABSTRACT,
) -> None:
    """Cast votes in order, each superseding the member's earlier one, with a seat for each."""
    for member, record, verdict in votes:
        with transaction.atomic():
            act = audit.begin_as(member=member, capability="read")
            seats = Seat.objects.current().filter(record=record, stage=stage)
            if not seats.filter(member=member).exists():
                number = seats.count() + 1
                act.insert(
                    Seat(record=record, stage=stage, number=number, member=member, position=1)
                )
            old = (
                ScreeningDecision.objects.current()
                .filter(record=record, stage=stage, member=member)
                .first()
            )
            act.replace(
                old,
                ScreeningDecision(record=record, stage=stage, member=member, verdict=verdict),
            )
            act.log("screening.decision_submitted", subject=record)


def _definition() -> str:
    import json

    return json.dumps(shipped_form().as_data())


def hip_series(**said: Any) -> Answers:
    """Return the answers of one plain cohort of ten patients and twelve hips."""
    return {
        "cohort_kind": "whole_series",
        "patients_treated": 10,
        "units_treated": 12,
        "women": 9,
        "age_mean": "40.5",
        "age_sd": "9.1",
        "follow_up_mean": "24.0",
        "follow_up_min": 12,
        "follow_up_max": 36,
        **said,
    }
