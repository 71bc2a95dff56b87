"""Interventions: one row an intervention, with the cohorts that received it."""

from collections.abc import Sequence
from dataclasses import replace

from extraction import groups
from extraction.copies import ElementCopy
from reporting.definitions import (
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.evidence import StudyEvidence, evidence_of
from reporting.layouts import in_brackets, in_lines, places_of
from reporting.printing import MISSING_LEGEND, Answers, in_places, of_element, study_cell

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="category", heading="Category"),
    Column(key="procedure", heading="Procedure"),
    Column(key="approach", heading="Guidance or approach"),
    Column(key="drug_and_dose", heading="Drug and dose"),
    Column(key="injections", heading="Injections", unit="per patient", numeric=True),
    Column(key="resection", heading="Resection"),
    Column(key="tendon_handling", heading="Tendon handling"),
    Column(key="fixation", heading="Fixation"),
    Column(key="concomitant", heading="Concomitant procedures"),
    Column(key="concomitant_n", heading="With each", unit="{units}, n/N", numeric=True),
    Column(key="rehabilitation", heading="Rehabilitation or weight bearing"),
    Column(key="experience", heading="Experience of surgeon or centre"),
    Column(key="order", heading="Order", unit="of these people's treatments", numeric=True),
)


def interventions_table(snapshot: Snapshot) -> Table:
    """Return one row an intervention."""
    rows = [
        Row(
            key=str(element.uid),
            cells={"study": study_cell(study.copy), **_cells(snapshot, study, element)},
        )
        for study in evidence_of(snapshot)
        for element in study.copy.interventions
    ]
    return Table(
        rows=tuple(rows),
        notes=(
            "Numbers of concomitant procedures stand in the order of the procedures.",
            MISSING_LEGEND,
        ),
    )


def _cells(snapshot: Snapshot, study: StudyEvidence, element: ElementCopy) -> dict[str, Cell]:
    answers = of_element(snapshot, study.copy, element)
    return {
        **answers.cells("drug_and_dose", "injections", "resection", "tendon_handling"),
        **answers.cells("order", "fixation", "rehabilitation", "experience"),
        **answers.cells(cohort="cohorts", procedure="label"),
        "category": _category(study, answers),
        "approach": answers.joined(("guidance", "approach"), _together),
        **_concomitant(
            [
                of_element(snapshot, study.copy, one)
                for one in study.copy.of(groups.PROCEDURE, element)
            ]
        ),
    }


def _category(study: StudyEvidence, answers: Answers) -> Cell:
    """Return the category by the name the review gives it, whatever it was called."""
    cell = answers.cell("category")
    if cell.missing or not cell.text:
        return cell
    name = study.categories.called(cell.text)
    return replace(cell, text=name, value=name)


def _concomitant(procedures: list[Answers]) -> dict[str, Cell]:
    """Return what was done along with it, and how often, each in its place."""
    if not procedures:
        return {}
    names = [procedure.cell("name") for procedure in procedures]
    shares = [procedure.out_of("n", "of") for procedure in procedures]
    return {"concomitant": in_places(names), "concomitant_n": in_places(shares)}


def _together(texts: list[str]) -> str:
    return "; ".join(text for text in texts if text)


def _procedure(cells: Sequence[Cell]) -> str:
    """Write the procedure, and the cohort where it is called otherwise."""
    procedure, cohort = (cell.text for cell in cells)
    if procedure.casefold() == cohort.casefold():
        return procedure
    return in_brackets(cells) if procedure else cohort


def _drug(cells: Sequence[Cell]) -> str:
    drug, injections = (cell.text for cell in cells)
    said = f"injections: {injections}" if injections else ""
    return "; ".join(text for text in (drug, said) if text)


def _with_each(cells: Sequence[Cell]) -> str:
    """Write each procedure with the number it was done in."""
    said = []
    for procedure, number in places_of(cells):
        said.append(f"{procedure} {number}" if number not in ("", "–") else procedure)
    return "; ".join(said)


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        Joined(
            key="treatment",
            heading="Treatment (order)",
            of=("category", "order"),
            write=in_brackets,
        ),
        Joined(
            key="procedure_cohort",
            heading="Procedure (cohort)",
            of=("procedure", "cohort"),
            write=_procedure,
        ),
        Joined(key="approach", heading="Guidance or approach"),
        Joined(
            key="drug_injections",
            heading="Drug and dose; injections per patient",
            of=("drug_and_dose", "injections"),
            write=_drug,
        ),
        Joined(
            key="resection_tendons",
            heading="Resection; tendon handling",
            of=("resection", "tendon_handling"),
            write=in_lines("; "),
        ),
        Joined(key="fixation", heading="Fixation"),
        Joined(
            key="concomitant_with_each",
            heading="Concomitant procedures",
            unit="{units}, n/N",
            of=("concomitant", "concomitant_n"),
            write=_with_each,
        ),
        Joined(key="rehabilitation", heading="Rehabilitation or weight bearing"),
        Joined(key="experience", heading="Experience of surgeon or centre"),
    ),
    notes=(
        "A number in brackets behind a treatment is its place among the treatments of the same "
        "people; a cohort is named where it is not called as its procedure is.",
    ),
)
INTERVENTIONS = ReportDefinition(
    slug="interventions",
    title="Interventions",
    columns=COLUMNS,
    rows=interventions_table,
    named_by=("study", "cohort", "procedure"),
    source="PRISMA 2020, item 17 (study characteristics); TIDieR",
    journal=JOURNAL,
)
