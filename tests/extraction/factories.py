"""Studies, copies and answers for the tests of extraction, made by the services themselves."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from extraction.models import Element, Extraction, FormVersion, Study, Value
from extraction.services import (
    CellInput,
    add_element,
    assign_extractors,
    open_studies,
    publish_form,
    save_cells,
    submit_extraction,
)
from records.models import Record
from reviews import audit
from reviews.models import Membership
from reviews.roles import Role
from screening.choices import Settled, Stage, Standing
from screening.models import Release, Resolution
from tests.factories import make_lead, make_member, make_records

SMALL_FORM: dict[str, Any] = {
    "slug": "small",
    "title": "Small form",
    "version": 1,
    "groups": [
        {"key": "study", "name": "Study", "plural": "Studies", "repeats": False},
        {"key": "cohort", "name": "Cohort", "plural": "Cohorts"},
        {"key": "intervention", "name": "Intervention", "plural": "Interventions"},
        {"key": "outcome", "name": "Outcome", "plural": "Outcomes"},
        {
            "key": "result",
            "name": "Result",
            "plural": "Results",
            "of": ["cohort"],
            "across": "outcome",
        },
    ],
    "sections": [
        {"key": "design", "title": "Design", "group": "study"},
        {"key": "cohort", "title": "Cohort", "group": "cohort"},
        {"key": "intervention", "title": "Intervention", "group": "intervention"},
        {"key": "outcome", "title": "Outcome", "group": "outcome"},
        {"key": "result", "title": "Result", "group": "result"},
    ],
    "fields": [
        {
            "key": "design",
            "means": "design",
            "question": "Study design",
            "group": "study",
            "section": "design",
            "type": "text",
            "required": True,
            "guidance": "In the report's own words.",
        },
        {
            "key": "year",
            "means": "recruitment_start",
            "question": "Recruitment: start",
            "group": "study",
            "section": "design",
            "type": "date",
        },
        {
            "key": "label",
            "means": "label",
            "question": "Name of the cohort",
            "group": "cohort",
            "section": "cohort",
            "type": "text",
            "required": True,
            "missing_allowed": False,
        },
        {
            "key": "kind",
            "means": "kind",
            "question": "Kind of cohort",
            "group": "cohort",
            "section": "cohort",
            "type": "choice",
            "choices": [
                {"key": "whole_series", "label": "Whole series"},
                {"key": "subgroup", "label": "Subgroup"},
            ],
        },
        {
            "key": "part_of",
            "means": "part_of",
            "question": "Part of",
            "group": "cohort",
            "section": "cohort",
            "type": "reference",
            "refers_to": "cohort",
        },
        {
            "key": "counts",
            "means": "counts",
            "question": "Counts towards totals",
            "group": "cohort",
            "section": "cohort",
            "type": "yesno",
        },
        {
            "key": "patients",
            "means": "patients.treated",
            "question": "Patients",
            "group": "cohort",
            "section": "cohort",
            "type": "integer",
            "unit": "patients",
            "minimum": "0",
        },
        {
            "key": "units",
            "means": "units.treated",
            "question": "Units",
            "group": "cohort",
            "section": "cohort",
            "type": "integer",
            "unit": "units",
            "minimum": "0",
        },
        {
            "key": "women",
            "means": "women",
            "question": "Women",
            "group": "cohort",
            "section": "cohort",
            "type": "integer",
            "unit": "patients",
            "minimum": "0",
        },
        {
            "key": "name",
            "means": "label",
            "question": "Name of the intervention",
            "group": "intervention",
            "section": "intervention",
            "type": "text",
        },
        {
            "key": "cohorts",
            "means": "cohorts",
            "question": "Cohorts that had it",
            "group": "intervention",
            "section": "intervention",
            "type": "references",
            "refers_to": "cohort",
        },
        {
            "key": "instrument",
            "means": "instrument",
            "question": "Instrument or measure",
            "group": "outcome",
            "section": "outcome",
            "type": "text",
            "required": True,
            "missing_allowed": False,
        },
        {
            "key": "time_kind",
            "means": "time.kind",
            "question": "Kind of time point",
            "group": "result",
            "section": "result",
            "type": "choice",
            "choices": [
                {"key": "baseline", "label": "Baseline"},
                {"key": "final_follow_up", "label": "Final follow-up"},
            ],
        },
        {
            "key": "mean",
            "question": "Mean",
            "group": "result",
            "section": "result",
            "type": "decimal",
        },
        {
            "key": "p_value",
            "question": "P value",
            "group": "result",
            "section": "result",
            "type": "decimal",
            "minimum": "0",
            "maximum": "1",
            "qualifier": True,
        },
    ],
    "checks": [
        {
            "rule": "at_most",
            "group": "cohort",
            "fields": ["women", "patients"],
            "severity": "error",
            "overridable": True,
        },
        {
            "rule": "units_per_patient",
            "group": "cohort",
            "patients": "patients",
            "units": "units",
            "severity": "error",
        },
        {
            "rule": "counted_once",
            "group": "cohort",
            "part_of": "part_of",
            "counts": "counts",
            "kind": "kind",
            "nested": ["subgroup"],
            "severity": "error",
        },
    ],
}


@transaction.atomic
def include(lead: Membership, records: list[Record]) -> list[Record]:
    """Write what screening leaves behind for records included and released at both stages."""
    act = audit.begin_as(member=lead, capability="read")
    act.bulk_insert(
        [
            Resolution(
                record=record,
                stage=stage,
                verdict=Standing.INCLUDED,
                how=Settled.ADJUDICATION,
                member=lead,
                settled_at=timezone.now(),
            )
            for record in records
            for stage in Stage
        ]
    )
    act.bulk_insert([Release(record=record, stage=stage) for record in records for stage in Stage])
    act.log("screening.records_released", records=len(records))
    return records


def make_studies(lead: Membership, number: int = 1) -> list[Study]:
    """Include ``number`` new records and open their studies."""
    include(lead, make_records(lead, number))
    return open_studies(lead=lead)


@dataclass
class World:
    """One study of one review, assigned to two people, with an adjudicator who holds no seat."""

    lead: Membership
    first: Membership
    second: Membership
    adjudicator: Membership
    form: FormVersion
    study: Study
    a: Extraction
    b: Extraction
    elements: dict[str, Element] = field(default_factory=dict)


def make_world(definition: dict[str, Any] | None = SMALL_FORM, **settings: Any) -> World:
    """Make a study that two people extract; ``definition=None`` takes the form that ships."""
    lead = make_lead(**settings)
    first, second = (make_member(lead, full_name=f"Extractor {name}") for name in ("One", "Two"))
    third = make_member(lead, Role.ADJUDICATOR, full_name="Third Person")
    form = publish_form(lead=lead, definition=definition)
    study = make_studies(lead)[0]
    a, b = assign_extractors(lead=lead, study=study, first=first, second=second)
    return World(lead, first, second, third, form, study, a, b)


def enter(
    member: Membership, copy: Extraction, element: Element | None = None, **answers: str
) -> dict[str, Value]:
    """Save answers by key into one element of a copy, or into the study itself."""
    cells = [CellInput(key=key, text=text, element=element) for key, text in answers.items()]
    saved = save_cells(extractor=member, extraction=copy, cells=cells)
    return {cell.key: value for cell, value in saved.values.items()}


def add(
    member: Membership,
    copy: Extraction,
    group: str,
    *,
    of: tuple[Element, ...] = (),
    **answers: str,
) -> Element:
    """Add an element with its answers; a result is ``of`` a cohort and an outcome."""
    parent, across = (*of, None, None)[:2]
    element = add_element(
        extractor=member, extraction=copy, group=group, parent=parent, across=across
    )
    enter(member, copy, element, **answers)
    return element


def fill(member: Membership, copy: Extraction, **differences: str) -> dict[str, Element]:
    """Fill a copy of the small form; ``differences`` replace answers by their key."""

    def answers(**usual: str) -> dict[str, str]:
        return {key: differences.get(key, text) for key, text in usual.items()}

    enter(member, copy, **answers(design="Case series", year="2015"))
    cohort = add(
        member,
        copy,
        "cohort",
        **answers(label="All patients", counts="yes", patients="20", units="22", women="18"),
    )
    intervention = add(
        member, copy, "intervention", **answers(name="Injection"), cohorts=str(cohort.uid)
    )
    outcome = add(member, copy, "outcome", **answers(instrument="mHHS"))
    of = (cohort, outcome)
    before = add(member, copy, "result", of=of, **answers(time_kind="baseline", mean="54.2"))
    after = add(
        member,
        copy,
        "result",
        of=of,
        time_kind="final_follow_up",
        mean=differences.get("mean_after", "81.5"),
        p_value=differences.get("p_value", "<0.001"),
    )
    return {
        "cohort": cohort,
        "intervention": intervention,
        "outcome": outcome,
        "before": before,
        "after": after,
    }


def submit(world: World) -> None:
    """Hand in both copies."""
    submit_extraction(extractor=world.first, extraction=world.a)
    submit_extraction(extractor=world.second, extraction=world.b)
