"""Released studies and settled records, made directly with the acts that services are made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from extraction import groups
from extraction.choices import CopySeat, CopyStanding
from extraction.models import (
    CopyState,
    Element,
    Extraction,
    Field,
    FormVersion,
    Report,
    Study,
    StudyDetails,
    Value,
)
from extraction.schema import FieldSpec, FieldType, FormSpec, question_key, read_answer
from extraction.services import publish_form
from records.choices import BatchStanding
from records.models import BatchState, ImportBatch, Record, Source, SourceDetails
from reviews import audit
from reviews.models import Membership
from screening.choices import Stage, Standing
from screening.models import Release, Resolution, ScreeningDecision, Seat

# The lists of a study by group, parents first.
LISTS = {
    "cohorts": groups.COHORT,
    "interventions": groups.INTERVENTION,
    "procedures": groups.PROCEDURE,
    "outcomes": groups.OUTCOME,
    "results": groups.RESULT,
    "events": groups.EVENT,
    "activities": groups.ACTIVITY,
    "satisfactions": groups.SATISFACTION,
    "flows": groups.FLOW,
    "levels": "level",
    "survivals": "survival",
    "contrasts": groups.CONTRAST,
    "accuracies": "accuracy",
}
Answers = dict[str, Any]


def make_form(lead: Membership, extra_fields: Sequence[Mapping[str, Any]] = ()) -> FormVersion:
    """Put the shipped form into the review, once, with a review's own questions after its own."""
    version = FormVersion.objects.filter(review=lead.review).order_by("pk").last()
    if version:
        return version
    return publish_form(lead=lead, extra_fields=extra_fields)


def make_study(
    lead: Membership,
    *,
    study: Answers | None = None,
    label: str = "",
    standing: str = CopyStanding.FINAL,
    record: Record | None = None,
    **listed: list[Answers],
) -> Study:
    """Make a study whose consensus holds these answers, each named by what it means.

    A dot of a meaning may be written as two underscores. A question of the review's own, which
    means nothing, is named by its key. An answer is its text, or a mapping of the text with the
    ``note``, ``page``, ``obtained``, ``formula`` or ``quote`` of its value; ``None`` leaves the
    cell blank.

    ``listed`` holds lists by the names of ``LISTS``. Elements name others by their place in the
    lists, the first being 0: a result, event, activity, satisfaction, flow, survival or 2 × 2 table
    its ``cohort`` (the first where it names none), a result its ``outcome`` too, a procedure its
    ``intervention``, a level its ``result`` or ``satisfaction``; ``part_of``, ``after``,
    ``cohort_a`` and the like the same way. Who had an intervention that names no ``cohorts`` are
    all cohorts.
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
        copy = act.insert(
            Extraction(study=row, form=version.form, seat=CopySeat.CONSENSUS, form_version=version)
        )
        act.insert(CopyState(extraction=copy, standing=standing))
        writer = _Writer(act, copy, lead)
        writer.values(None, groups.STUDY, study or {})
        for name, group in LISTS.items():
            writer.elements(group, listed.pop(name, []))
        if listed:
            raise TypeError(f"There are no such lists: {', '.join(listed)}.")
        writer.write()
        act.log("extraction.study_finalised", subject=row)
    return row


class _Writer:
    """Collects the values of one copy and writes them in one go."""

    def __init__(self, act: audit.Act, copy: Extraction, member: Membership) -> None:
        self.act, self.copy, self.member = act, copy, member
        self.fields = {f.key: f for f in Field.objects.filter(form_version=copy.form_version)}
        self.spec = copy.form_version.spec
        self.made: dict[str, list[Element]] = {}
        self.rows: list[Value] = []

    def elements(self, group: str, listed: list[Answers]) -> None:
        """Make the elements of one group with their answers, those of their parents being made."""
        rows = [dict(said) for said in listed]
        made = self.made.setdefault(group, [])
        for position, said in enumerate(rows, start=1):
            places = self._places(group, said)
            made.append(
                self.act.insert(
                    Element(extraction=self.copy, group=group, position=position, **places)
                )
            )
        for element, said in zip(made, rows, strict=True):
            self.values(element, group, {**self._usual(element), **said})

    def _places(self, group: str, said: Answers) -> dict[str, Element]:
        spec = self.spec.group(group)
        assert spec is not None, f"The form has no group {group}."
        places = {}
        if spec.of:
            parent = next((name for name in spec.of if name in said), spec.of[0])
            places["parent"] = self.made[parent][said.pop(parent, 0)]
        if spec.across:
            places["across"] = self.made[spec.across][said.pop(spec.across, 0)]
        return places

    def _usual(self, element: Element) -> Answers:
        if element.group == groups.COHORT:
            return {"label": f"Cohort {element.position}", "counts": "yes"}
        if element.group == groups.INTERVENTION:
            everybody = list(range(len(self.made[groups.COHORT])))
            return {"label": f"Treatment {element.position}", "cohorts": everybody or None}
        return {}

    def values(self, element: Element | None, group: str, answers: Answers) -> None:
        """Note the answers about one element, or about the study itself."""
        for name, given in answers.items():
            spec = asked(self.spec, group, name)
            said = given if isinstance(given, Mapping) else {"text": given}
            if said["text"] is None:
                continue
            answer = read_answer(spec, self._text(spec, said["text"]))
            assert answer is not None
            about = {key: value for key, value in said.items() if key != "text"}
            self.rows.append(
                Value(
                    extraction=self.copy,
                    element=element,
                    field=self.fields[question_key(spec.key)],
                    key=spec.key,
                    text="" if answer.missing else answer.text,
                    number=answer.number,
                    qualifier=answer.qualifier,
                    missing=answer.missing,
                    unit=answer.unit,
                    member=self.member,
                    **{"page": "4", **about},
                )
            )

    def _text(self, spec: FieldSpec, given: Any) -> str:
        """Return the text of an answer; places in the lists become the elements' own names."""
        if not spec.type.is_reference:
            return str(given)
        places = given if isinstance(given, list) else [given]
        made = self.made[spec.refers_to]
        return "; ".join(str(made[place].uid) for place in places)

    def write(self) -> None:
        """Write what was noted."""
        self.act.bulk_insert(self.rows)


def asked(form: FormSpec, group: str, name: str) -> FieldSpec:
    """Return what a group asks under a meaning or, of the review's own questions, under a key."""
    means = name.replace("__", ".")
    spec = form.meaning(group, means)
    if spec is None:
        spec = form.by_cell[means]
        assert spec.group == group, f"Group {group} asks nothing called {name}."
        assert not spec.means, f"Name the answer by its meaning, {spec.means}."
    assert spec.type is not FieldType.SUMMARY, f"Name the part: {name}.value and the like."
    return spec


def change_value(
    lead: Membership, study: Study, means: str, text: str, *, group: str = groups.COHORT
) -> Value:
    """Replace an answer of the study's consensus by another; it has to be given once."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        form = make_form(lead).spec
        spec = asked(form, group, means)
        old = Value.objects.current().get(
            extraction__study=study, extraction__seat=CopySeat.CONSENSUS, key=spec.key
        )
        answer = read_answer(spec, text)
        assert answer is not None
        new = Value(
            extraction=old.extraction,
            element=old.element,
            field=old.field,
            key=old.key,
            text="" if answer.missing else answer.text,
            number=answer.number,
            qualifier=answer.qualifier,
            missing=answer.missing,
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
    **said: Any,
) -> None:
    """Cast votes in order, each superseding the member's earlier one, with a seat for each.

    ``said`` goes into every vote: its ``reason``, or that it is ``late``.
    """
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
                ScreeningDecision(
                    record=record, stage=stage, member=member, verdict=verdict, **said
                ),
            )
            act.log("screening.decision_submitted", subject=record)


def hip_series(said: Answers | None = None, /, **more: Any) -> Answers:
    """Return the answers of one plain cohort of ten patients and twelve hips."""
    return {
        "kind": "whole_series",
        "patients.treated": 10,
        "units.treated": 12,
        "women": 9,
        "age.centre": "mean",
        "age.value": "40.5",
        "age.spread": "sd",
        "age.spread_value": "9.1",
        "follow_up.centre": "mean",
        "follow_up.value": "24.0",
        "follow_up.min": 12,
        "follow_up.max": 36,
        **{name.replace("__", "."): given for name, given in {**(said or {}), **more}.items()},
    }
