"""Interventions: one row an intervention, with the cohorts that received it."""

from collections.abc import Iterator

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import MISSING_LEGEND, Answers, of_element, study_cell

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
    Column(key="concomitant_n", heading="With any", unit="{units}, n/N", numeric=True),
    Column(key="rehabilitation", heading="Rehabilitation or weight bearing"),
    Column(key="experience", heading="Experience of surgeon or centre"),
)


def interventions_table(snapshot: Snapshot) -> Table:
    """Return one row an intervention."""
    return Table(rows=tuple(_rows(snapshot)), notes=(MISSING_LEGEND,))


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for copy in snapshot.studies:
        for intervention in copy.interventions:
            answers = of_element(snapshot, copy, intervention)
            yield Row(
                key=str(intervention.uid), cells={"study": study_cell(copy), **_cells(answers)}
            )


def _cells(answers: Answers) -> dict[str, Cell]:
    return {
        **answers.cells("category", "drug_and_dose", "injections", "resection", "tendon_handling"),
        **answers.cells("fixation", "concomitant", "rehabilitation", "experience"),
        **answers.cells(cohort="cohorts", procedure="name"),
        "approach": answers.joined(("guidance", "approach"), _together),
        "concomitant_n": answers.out_of("concomitant_n", "concomitant_total"),
    }


def _together(texts: list[str]) -> str:
    return "; ".join(text for text in texts if text)


INTERVENTIONS = ReportDefinition(
    slug="interventions",
    title="Interventions",
    columns=COLUMNS,
    rows=interventions_table,
    named_by=("study", "cohort", "procedure"),
    source="PRISMA 2020, item 17 (study characteristics); TIDieR",
)
