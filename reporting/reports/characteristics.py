"""Characteristics of the included studies: one row a study."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from uuid import UUID

from extraction.choices import ReportKind
from extraction.copies import StudyCopy
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
from reporting.descriptive import Described, described
from reporting.evidence import Cohort, StudyEvidence, evidence_of
from reporting.late import late_notes
from reporting.layouts import SUMMARY_NOTE, in_brackets, summary_of
from reporting.people import (
    BASIS,
    LOST,
    NOT_COUNTED,
    WOMEN,
    counted,
    own_cohorts,
    total_rows,
)
from reporting.printing import (
    EXACT,
    MISSING_LEGEND,
    Answers,
    in_places,
    percent_cell,
    plain,
    study_cell,
)
from reporting.quantities import PATIENTS, UNITS, women
from reporting.reports.demographics import AGE, WOMEN_SHARE, women_cells

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="reports", heading="Reports", unit="n", numeric=True),
    Column(key="country", heading="Country"),
    Column(key="centre", heading="Centre"),
    Column(key="design", heading="Design"),
    Column(key="direction_of_data", heading="Prospective or retrospective"),
    Column(key="level_of_evidence", heading="Level of evidence"),
    Column(key="recruitment_period", heading="Recruitment period"),
    Column(key="diagnostic_criteria", heading="Diagnostic criteria"),
    Column(key="eligibility", heading="Eligibility"),
    Column(key="intervention_category", heading="Intervention category"),
    Column(key="comparator", heading="Comparator"),
    Column(key="patients_treated", heading="Patients treated", unit="n", numeric=True),
    Column(key="units_treated", heading="{Units} treated", unit="n", numeric=True),
    Column(key="patients_analysed", heading="Patients analysed", unit="n", numeric=True),
    Column(key="units_analysed", heading="{Units} analysed", unit="n", numeric=True),
    Column(key="patients_lost", heading="Patients lost", unit="n", numeric=True),
    Column(key="patients_lost_percent", heading="Lost", unit="% of treated", numeric=True),
    Column(key="follow_up_statistic", heading="Follow-up: statistic"),
    Column(key="follow_up_value", heading="Follow-up", unit="months", numeric=True),
    Column(key="follow_up_spread", heading="Spread", unit="months", numeric=True),
    Column(key="follow_up_min", heading="Shortest", unit="months", numeric=True),
    Column(key="follow_up_max", heading="Longest", unit="months", numeric=True),
    Column(key="funding", heading="Funding"),
    Column(key="conflicts_of_interest", heading="Conflicts of interest"),
    Column(key="appraisal", heading="Appraisal", unit="total / maximum"),
    Column(key="women", heading="Women", unit="n", numeric=True),
    Column(key="women_of", heading="Women", unit="of n", numeric=True),
    Column(key="women_percent", heading="Women", unit="% computed", numeric=True),
    Column(key="women_percent_reported", heading="Women", unit="% as reported", numeric=True),
    Column(key="age_statistic", heading="Age: statistic"),
    Column(key="age_value", heading="Age", unit="years", numeric=True),
    Column(key="age_spread", heading="Spread", unit="years", numeric=True),
    Column(key="age_min", heading="Youngest", unit="years", numeric=True),
    Column(key="age_max", heading="Oldest", unit="years", numeric=True),
)
SUMMED = {
    "patients_treated": counted("patients.treated", PATIENTS),
    "units_treated": counted("units.treated", UNITS),
    "patients_analysed": counted("patients.analysed", PATIENTS),
    "units_analysed": counted("units.analysed", UNITS),
    "patients_lost": LOST,
    "women": WOMEN,
}
SUMMARY: dict[str, Callable[[Described], Cell]] = {
    "statistic": lambda given: given.statistic,
    "value": lambda given: given.value,
    "spread": lambda given: given.spread,
    "min": lambda given: given.lowest,
    "max": lambda given: given.highest,
}


def characteristics_table(snapshot: Snapshot) -> Table:
    """Return one row a study, the total, and a subtotal by category of treatment."""
    rows = [_row(snapshot, study) for study in evidence_of(snapshot)]
    return Table(
        rows=(*rows, *total_rows(snapshot, SUMMED)),
        notes=(
            BASIS.format(units=snapshot.units),
            "Age and follow-up of a study with several cohorts stand in the order of its cohorts; "
            "“–” keeps the place of one that reports none.",
            "Appraisal is blank where none was recorded.",
            *late_notes(snapshot),
            MISSING_LEGEND,
        ),
    )


def _row(snapshot: Snapshot, study: StudyEvidence) -> Row:
    about, cohorts = study.answers, own_cohorts(study)
    return Row(
        key=str(study.uid),
        mark="" if study.counted else NOT_COUNTED,
        counts=bool(study.counted),
        cells={
            "study": study_cell(study.copy),
            "reports": _reports(study.copy),
            **about.cells("country", "design", "diagnostic_criteria", "eligibility", "comparator"),
            **about.cells("funding", "conflicts_of_interest"),
            **about.cells(centre="site", direction_of_data="direction"),
            "level_of_evidence": _level(about),
            "recruitment_period": about.joined(("recruitment_start", "recruitment_end"), _period),
            "intervention_category": _categories(study),
            "patients_treated": _count(cohorts, "patients.treated"),
            "units_treated": _count(cohorts, "units.treated"),
            "patients_analysed": _count(cohorts, "patients.analysed"),
            "units_analysed": _count(cohorts, "units.analysed"),
            "patients_lost": _count(cohorts, "patients.lost"),
            "patients_lost_percent": _lost(cohorts),
            **_summary(cohorts, "follow_up"),
            **_summary(cohorts, "age"),
            **_women(study, cohorts),
        },
    )


def _summary(cohorts: Sequence[Cohort], stem: str) -> dict[str, Cell]:
    """Return the parts of a summary statistic, each with the cohorts in their places."""
    each = [described(cohort.answers, stem) for cohort in cohorts]
    return {
        f"{stem}_{part}": in_places([choose(given) for given in each])
        for part, choose in SUMMARY.items()
    }


def _women(study: StudyEvidence, cohorts: Sequence[Cohort]) -> dict[str, Cell]:
    """Return the women as the demographics print them, of several cohorts summed.

    The sum is over the cohorts that tell both the women and out of how many, as in the total.
    """
    figures = {figure.cohort: figure for figure in women(study)}
    each = [women_cells(cohort, figures[cohort]) for cohort in cohorts]
    if len(cohorts) == 1:
        return each[0]
    reported = in_places([cells["women_percent_reported"] for cells in each])
    known = {c: figures[c] for c in cohorts if figures[c].is_known}
    numbers = [figure.n for figure in known.values() if figure.n is not None]
    wholes = [figure.of for figure in known.values() if figure.of is not None]
    if not known:
        said = in_places([cells["women"] for cells in each])
        return {"women": said, "women_percent_reported": reported}
    silent = ", ".join(cohort.name for cohort in cohorts if cohort not in known)
    sources = tuple(uid for figure in known.values() for uid in figure.sources)
    derived = [f"Derived: {figure.note}." for figure in known.values() if figure.note]
    notes = [*derived, *([f"Not given for: {silent}."] if silent else [])]
    return {
        "women": replace(_sum(numbers, sources), note=" ".join(notes)),
        "women_of": _sum(wholes, sources),
        "women_percent": percent_cell(
            reduce(EXACT.add, numbers), reduce(EXACT.add, wholes), sources
        ),
        "women_percent_reported": reported,
    }


def _sum(numbers: Sequence[Decimal], sources: tuple[UUID, ...]) -> Cell:
    total = reduce(EXACT.add, numbers)
    return Cell(
        text=plain(total), value=total, sources=sources, formula=" + ".join(map(plain, numbers))
    )


def _count(cohorts: Sequence[Cohort], means: str) -> Cell:
    """Return a count as printed where there is one cohort, else the sum over the cohorts."""
    numbers = [cohort.answers.number(means) for cohort in cohorts]
    given = [number for number in numbers if number is not None]
    if len(cohorts) == 1 or not given:
        return in_places([cohort.answers.cell(means) for cohort in cohorts])
    silent = [c.name for c, number in zip(cohorts, numbers, strict=True) if number is None]
    sources = tuple(uid for cohort in cohorts for uid in cohort.answers.uids(means))
    note = f"Not given for: {', '.join(silent)}." if silent else ""
    return replace(_sum(given, sources), note=note)


def _lost(cohorts: Sequence[Cohort]) -> Cell:
    """Return the percentage lost of those treated, where every cohort tells both."""
    means = ("patients.lost", "patients.treated")
    pairs = [tuple(cohort.answers.number(one) for one in means) for cohort in cohorts]
    known = [(lost, of) for lost, of in pairs if lost is not None and of is not None]
    if not known or len(known) < len(pairs):
        return BLANK
    lost, treated = (reduce(EXACT.add, numbers) for numbers in zip(*known, strict=True))
    sources = tuple(uid for cohort in cohorts for uid in cohort.answers.uids(*means))
    return percent_cell(lost, treated, sources)


def _reports(copy: StudyCopy) -> Cell:
    kinds = [ReportKind(report.kind) for report in copy.reports]
    others = "; ".join(kind.label for kind in kinds if kind != ReportKind.ARTICLE)
    return Cell(
        text=str(len(kinds)),
        value=len(kinds),
        records=tuple(report.record.uid for report in copy.reports),
        note=f"{others}." if others else "",
    )


def _level(study: Answers) -> Cell:
    """Return the level with the scheme and edition it was stated in."""

    def write(texts: list[str]) -> str:
        level, scheme = texts
        return f"{level} ({scheme})" if scheme and study.says("level_scheme") else level

    return study.joined(("level_of_evidence", "level_scheme"), write)


def _period(texts: list[str]) -> str:
    return "–".join(text or "…" for text in texts)


def _categories(study: StudyEvidence) -> Cell:
    """Return the categories of its treatments, each once, in the order people had them."""
    text = "; ".join(dict.fromkeys(treatment.category for treatment in study.treatments))
    sources = tuple(row.source for row in study.treatments if row.source is not None)
    return Cell(text=text, value=text, sources=sources)


def _design(cells: Sequence[Cell]) -> str:
    """Write the design, and the direction of the data where the design does not name it."""
    design, direction = (cell.text for cell in cells)
    if not design or direction.casefold() in design.casefold():
        return design or direction
    return f"{design}, {direction.lower()}" if not cells[1].missing else f"{design} ({direction})"


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        Joined(key="country", heading="Country"),
        Joined(key="level_of_evidence", heading="Level of evidence"),
        Joined(
            key="study_design",
            heading="Design",
            of=("design", "direction_of_data"),
            write=_design,
        ),
        Joined(
            key="patients_units",
            heading="Patients ({units})",
            unit="n treated",
            numeric=True,
            of=("patients_treated", "units_treated"),
            write=in_brackets,
        ),
        WOMEN_SHARE,
        AGE,
        Joined(
            key="follow_up",
            heading="Follow-up",
            unit="months",
            numeric=True,
            of=(
                "follow_up_statistic",
                "follow_up_value",
                "follow_up_spread",
                "follow_up_min",
                "follow_up_max",
            ),
            write=summary_of,
        ),
        Joined(key="intervention_category", heading="Treatment"),
        Joined(key="appraisal", heading="Appraisal", unit="total / maximum"),
    ),
    once=(),
    notes=(SUMMARY_NOTE,),
)
CHARACTERISTICS = ReportDefinition(
    slug="study-characteristics",
    title="Characteristics of the included studies",
    columns=COLUMNS,
    rows=characteristics_table,
    named_by=("study",),
    source="PRISMA 2020, item 17 (study characteristics)",
    journal=JOURNAL,
)
