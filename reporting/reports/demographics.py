"""Demographics: one row a cohort."""

from dataclasses import replace

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.imaging import imaging_cell
from reporting.printing import MISSING_LEGEND, Answers, each_cohort, with_spread
from reporting.shares import Share, share_total
from reporting.totals import BASIS, number_of, total, total_row

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="patients", heading="Patients", unit="n treated", numeric=True),
    Column(key="units", heading="{Units}", unit="n treated", numeric=True),
    Column(key="bilateral_patients", heading="Both sides", unit="patients", numeric=True),
    Column(key="women", heading="Women", unit="n", numeric=True),
    Column(key="women_percent", heading="Women", unit="% computed", numeric=True),
    Column(key="women_percent_reported", heading="Women", unit="% as reported", numeric=True),
    Column(key="age_statistic", heading="Age: statistic"),
    Column(key="age_value", heading="Age", unit="years", numeric=True),
    Column(key="age_dispersion", heading="SD or IQR", unit="years", numeric=True),
    Column(key="age_min", heading="Youngest", unit="years", numeric=True),
    Column(key="age_max", heading="Oldest", unit="years", numeric=True),
    Column(key="bmi", heading="Body mass index: mean (SD)", unit="kg/m²", numeric=True),
    Column(key="side", heading="Right / left", unit="{units}", numeric=True),
    Column(
        key="symptom_duration", heading="Symptoms: mean (SD; range)", unit="months", numeric=True
    ),
    Column(key="prior_treatment", heading="Treatment before"),
    Column(key="prior_surgery", heading="Surgery before"),
    Column(key="imaging", heading="Imaging at baseline"),
)
WOMEN = Share(n="women", of="patients_treated")
SUMMED = {"patients": "patients_treated", "units": "units_treated", "women": "women"}


def demographics_table(snapshot: Snapshot) -> Table:
    """Return one row a cohort, and the total of patients, units and women."""
    rows = [
        Row(key=str(answers.element.uid), cells={**named, **_cells(answers)})
        for answers, named in each_cohort(snapshot)
        if answers.element
    ]
    if rows:
        summed = {column: total(snapshot, number_of(key)) for column, key in SUMMED.items()}
        made = total_row(snapshot, **summed)
        women = share_total(snapshot, WOMEN, "patients")
        rows.append(replace(made, cells={**made.cells, "women_percent": women.percent}))
    return Table(rows=tuple(rows), notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND))


def _cells(answers: Answers) -> dict[str, Cell]:
    return {
        **answers.cells("bilateral_patients", "women", "prior_treatment", "prior_surgery"),
        **answers.cells(patients="patients_treated", units="units_treated"),
        "women_percent": answers.percent("women", "patients_treated"),
        "women_percent_reported": answers.cell("women_percent"),
        **_age(answers),
        "bmi": answers.joined(("bmi_mean", "bmi_sd"), with_spread),
        "side": answers.out_of("side_right", "side_left"),
        "symptom_duration": answers.joined(
            tuple(f"symptom_duration_{part}" for part in ("mean", "sd", "min", "max")), _duration
        ),
        "imaging": imaging_cell(answers),
    }


def _age(answers: Answers) -> dict[str, Cell]:
    """Return mean with SD where a mean was given, else median with quartiles."""
    cells = answers.cells("age_min", "age_max")
    median = answers.number("age_mean") is None and answers.number("age_median") is not None
    if median:
        quartiles = answers.joined(("age_q1", "age_q3"), "–".join)
        cells |= {"age_value": answers.cell("age_median"), "age_dispersion": quartiles}
    else:
        cells |= answers.cells(age_value="age_mean", age_dispersion="age_sd")
    given = cells["age_value"].value is not None and not cells["age_value"].missing
    statistic = ("median (IQR)" if median else "mean (SD)") if given else ""
    return {**cells, "age_statistic": Cell(text=statistic, value=statistic)}


def _duration(texts: list[str]) -> str:
    mean, sd, low, high = texts
    spread = "; ".join(part for part in (sd, "–".join(filter(None, (low, high)))) if part)
    return with_spread([mean, spread]).strip()


DEMOGRAPHICS = ReportDefinition(
    slug="demographics",
    title="Demographics",
    columns=COLUMNS,
    rows=demographics_table,
    source="PRISMA 2020, item 17 (study characteristics)",
)
