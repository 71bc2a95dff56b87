"""Demographics: one row a cohort."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reporting.definitions import (
    BLANK,
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.descriptive import described
from reporting.evidence import Cohort, StudyEvidence, evidence_of
from reporting.imaging import imaging_cell
from reporting.layouts import (
    SUMMARY_NOTE,
    in_brackets,
    places_of,
    share,
    summary_in_words,
    summary_of,
)
from reporting.people import BASIS, TREATED, WOMEN, mark_of, total_rows
from reporting.printing import MISSING_LEGEND, percent_cell, plain, study_cell
from reporting.quantities import Figure, women

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="patients", heading="Patients", unit="n treated", numeric=True),
    Column(key="units", heading="{Units}", unit="n treated", numeric=True),
    Column(key="bilateral_patients", heading="Both sides", unit="patients", numeric=True),
    Column(key="women", heading="Women", unit="n", numeric=True),
    Column(key="women_of", heading="Women", unit="of n", numeric=True),
    Column(key="women_percent", heading="Women", unit="% computed", numeric=True),
    Column(key="women_percent_reported", heading="Women", unit="% as reported", numeric=True),
    Column(key="age_statistic", heading="Age: statistic"),
    Column(key="age_value", heading="Age", unit="years", numeric=True),
    Column(key="age_spread", heading="Spread", unit="years", numeric=True),
    Column(key="age_min", heading="Youngest", unit="years", numeric=True),
    Column(key="age_max", heading="Oldest", unit="years", numeric=True),
    Column(key="bmi", heading="Body mass index", unit="kg/m²", numeric=True),
    Column(key="side", heading="Right / left", unit="{units}", numeric=True),
    Column(key="symptom_duration", heading="Symptoms", unit="months", numeric=True),
    Column(key="prior_treatment", heading="Treatment before"),
    Column(key="prior_surgery", heading="Surgery before"),
    Column(key="imaging", heading="Imaging at baseline"),
)


def demographics_table(snapshot: Snapshot) -> Table:
    """Return one row a cohort, the total of people, and a subtotal by category of treatment."""
    rows = [row for study in evidence_of(snapshot) for row in _rows(study)]
    return Table(
        rows=(*rows, *total_rows(snapshot, {**TREATED, "women": WOMEN})),
        notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND),
    )


def _rows(study: StudyEvidence) -> Iterator[Row]:
    sexes = {figure.cohort: figure for figure in women(study)}
    for cohort in study.cohorts:
        mark = mark_of(study, cohort)
        yield Row(
            key=str(cohort.uid),
            mark=mark,
            counts=not mark,
            cells={
                "study": study_cell(study.copy),
                "cohort": cohort.answers.cell("label"),
                **_cells(study, cohort),
                **women_cells(cohort, sexes[cohort]),
            },
        )


def _cells(study: StudyEvidence, cohort: Cohort) -> dict[str, Cell]:
    answers, age = cohort.answers, described(cohort.answers, "age")
    return {
        **answers.cells("prior_treatment", "prior_surgery"),
        **answers.cells(patients="patients.treated", units="units.treated"),
        **answers.cells(bilateral_patients="patients.bilateral"),
        "age_statistic": age.statistic,
        "age_value": age.value,
        "age_spread": age.spread,
        "age_min": age.lowest,
        "age_max": age.highest,
        "bmi": described(answers, "bmi").together,
        "side": answers.out_of("side.right", "side.left"),
        "symptom_duration": described(answers, "symptom_duration").together,
        "imaging": imaging_cell(study, cohort),
    }


def women_cells(cohort: Cohort, figure: Figure) -> dict[str, Cell]:
    """Return the women of a cohort out of those whose sex is given, derived where need be."""
    answers = cohort.answers
    said = answers.cell("women")
    if figure.note and figure.n is not None:
        said = Cell(
            text=plain(figure.n),
            value=figure.n,
            sources=figure.sources,
            formula=figure.note,
            note=f"Derived: {figure.note}.",
        )
    known = figure.is_known and figure.of is not None
    of = answers.cell("women.of" if answers.get("women.of") else "patients.treated")
    return {
        "women": said,
        "women_of": replace(of, note="") if known else BLANK,
        "women_percent": percent_cell(figure.n, figure.of, figure.sources) if known else BLANK,
        "women_percent_reported": answers.cell("women.percent"),
    }


def women_share(cells: Sequence[Cell]) -> str:
    """Write women out of those whose sex is given; without both, what the report prints of them."""
    women, of, percent, reported = cells
    if percent.exact is not None:
        return share((Cell(text=f"{women.text}/{of.text}"), percent))
    if not reported.text or reported.missing:
        return women.text
    said = "; ".join(
        f"{one} % as reported" if one != "–" else one for (one,) in places_of([reported])
    )
    return f"{women.text} ({said})" if women.text else said


def _before(cells: Sequence[Cell]) -> str:
    """Write the treatment before, and the surgery before by that word."""
    treatment, surgery = (cell.text for cell in cells)
    said = f"surgery: {surgery}" if surgery else ""
    return "; ".join(text for text in (treatment, said) if text)


WOMEN_SHARE = Joined(
    key="women_share",
    heading="Women",
    unit="n/N (%)",
    numeric=True,
    of=("women", "women_of", "women_percent", "women_percent_reported"),
    write=women_share,
)
AGE = Joined(
    key="age",
    heading="Age",
    unit="years",
    numeric=True,
    of=("age_statistic", "age_value", "age_spread", "age_min", "age_max"),
    write=summary_of,
)
JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        Joined(key="cohort", heading="Cohort"),
        Joined(
            key="patients_units",
            heading="Patients ({units})",
            unit="n treated",
            numeric=True,
            of=("patients", "units"),
            write=in_brackets,
        ),
        WOMEN_SHARE,
        AGE,
        Joined(
            key="body_mass_index",
            heading="Body mass index",
            unit="kg/m²",
            numeric=True,
            of=("bmi",),
            write=summary_in_words,
        ),
        Joined(
            key="sides",
            heading="Right / left (both sides)",
            unit="{units} (patients)",
            numeric=True,
            of=("side", "bilateral_patients"),
            write=in_brackets,
        ),
        Joined(
            key="symptoms",
            heading="Symptoms",
            unit="months",
            numeric=True,
            of=("symptom_duration",),
            write=summary_in_words,
        ),
        Joined(
            key="treated_before",
            heading="Treatment before; surgery before",
            of=("prior_treatment", "prior_surgery"),
            write=_before,
        ),
        Joined(key="imaging", heading="Imaging at baseline"),
    ),
    notes=(SUMMARY_NOTE,),
)
DEMOGRAPHICS = ReportDefinition(
    slug="demographics",
    title="Demographics",
    columns=COLUMNS,
    rows=demographics_table,
    source="PRISMA 2020, item 17 (study characteristics)",
    journal=JOURNAL,
)
