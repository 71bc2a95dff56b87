"""Further data: every answer to a question that means nothing beyond the form that asks it."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from extraction.copies import Cell as Answer
from extraction.copies import ElementCopy
from extraction.schema import FieldSpec
from extraction.sheets import names_of
from reporting.cells import word
from reporting.definitions import Column, ReportDefinition, Row, Snapshot, Table
from reporting.evidence import StudyEvidence, evidence_of
from reporting.printing import MISSING_LEGEND, of_element, of_study, study_cell
from reporting.reports.results_long import missing_code, report_name

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="group", heading="Group"),
    Column(key="element", heading="Element"),
    Column(key="question", heading="Question"),
    Column(key="value", heading="Value"),
    Column(key="unit", heading="Unit"),
    Column(key="key", heading="Key"),
    Column(key="missing", heading="Missing"),
    Column(key="report", heading="Report"),
    Column(key="page", heading="Page"),
)


def further_data(snapshot: Snapshot) -> Table:
    """Return the answers no other table asks for, by study, element and the form's order."""
    return Table(rows=tuple(_rows(snapshot)), notes=(MISSING_LEGEND,))


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for study in evidence_of(snapshot):
        names = names_of(study.copy)
        form = study.copy.form
        for spec in form.of_study():
            yield from _of_question(study, names, None, spec)
        for group in form.element_groups:
            asked = form.in_group(group.key)
            for element in study.copy.in_group(group.key):
                for spec in asked:
                    yield from _of_question(study, names, element, spec)


def _of_question(
    study: StudyEvidence, names: Mapping[UUID, str], element: ElementCopy | None, spec: FieldSpec
) -> Iterator[Row]:
    if spec.means:
        return
    given = study.copy.cells if element is None else element.cells
    for cell in spec.cells:
        answer = given.get(cell.key)
        if answer is not None:
            yield _row(study, names, element, cell, answer)


def _row(
    study: StudyEvidence,
    names: Mapping[UUID, str],
    element: ElementCopy | None,
    spec: FieldSpec,
    answer: Answer,
) -> Row:
    copy, snapshot = study.copy, study.snapshot
    answers = of_study(snapshot, copy) if element is None else of_element(snapshot, copy, element)
    unit = snapshot.unit_word(answer.unit)
    return Row(
        key=str(answer.uid),
        cells={
            "study": study_cell(copy),
            "group": word(spec.group),
            "element": word(names[element.uid] if element else ""),
            "question": word(spec.label(snapshot.units)),
            "value": answers.printed(answer),
            "unit": word(unit),
            "key": word(spec.key),
            "missing": word(missing_code(answer)),
            "report": word(report_name(copy, answer)),
            "page": word(answer.page),
        },
    )


FURTHER_DATA = ReportDefinition(
    slug="further-data",
    title="Further data",
    columns=COLUMNS,
    rows=further_data,
    named_by=("study", "element", "question"),
    source="Every answer to a question of the review's own",
)
