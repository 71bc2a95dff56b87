"""Characteristics of the included studies: one row a study."""

from collections.abc import Callable, Sequence
from functools import reduce

from extraction.choices import ReportKind
from extraction.copies import StudyCopy
from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.descriptive import Described, described
from reporting.evidence import Cohort, StudyEvidence, evidence_of
from reporting.late import late_notes
from reporting.people import (
    BASIS,
    LOST,
    NOT_COUNTED,
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
from reporting.quantities import PATIENTS, UNITS

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
)
SUMMED = {
    "patients_treated": counted("patients.treated", PATIENTS),
    "units_treated": counted("units.treated", UNITS),
    "patients_analysed": counted("patients.analysed", PATIENTS),
    "units_analysed": counted("units.analysed", UNITS),
    "patients_lost": LOST,
}
FOLLOW_UP: dict[str, Callable[[Described], Cell]] = {
    "follow_up_statistic": lambda given: given.statistic,
    "follow_up_value": lambda given: given.value,
    "follow_up_spread": lambda given: given.spread,
    "follow_up_min": lambda given: given.lowest,
    "follow_up_max": lambda given: given.highest,
}


def characteristics_table(snapshot: Snapshot) -> Table:
    """Return one row a study, the total, and a subtotal by category of treatment."""
    rows = [_row(snapshot, study) for study in evidence_of(snapshot)]
    return Table(
        rows=(*rows, *total_rows(snapshot, SUMMED)),
        notes=(
            BASIS.format(units=snapshot.units),
            "Follow-up of a study with several cohorts stands in the order of its cohorts; "
            "“–” keeps the place of one that reports none.",
            "Appraisal is blank where none was recorded.",
            *late_notes(snapshot),
            MISSING_LEGEND,
        ),
    )


def _row(snapshot: Snapshot, study: StudyEvidence) -> Row:
    about, cohorts = study.answers, own_cohorts(study)
    follow_up = [described(cohort.answers, "follow_up") for cohort in cohorts]
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
            **{
                column: in_places([choose(given) for given in follow_up])
                for column, choose in FOLLOW_UP.items()
            },
        },
    )


def _count(cohorts: Sequence[Cohort], means: str) -> Cell:
    """Return a count as printed where there is one cohort, else the sum over the cohorts."""
    numbers = [cohort.answers.number(means) for cohort in cohorts]
    given = [number for number in numbers if number is not None]
    if len(cohorts) == 1 or not given:
        return in_places([cohort.answers.cell(means) for cohort in cohorts])
    silent = [c.name for c, number in zip(cohorts, numbers, strict=True) if number is None]
    total = reduce(EXACT.add, given)
    return Cell(
        text=plain(total),
        value=total,
        sources=tuple(uid for cohort in cohorts for uid in cohort.answers.uids(means)),
        formula=" + ".join(map(plain, given)),
        note=f"Not given for: {', '.join(silent)}." if silent else "",
    )


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


CHARACTERISTICS = ReportDefinition(
    slug="study-characteristics",
    title="Characteristics of the included studies",
    columns=COLUMNS,
    rows=characteristics_table,
    source="PRISMA 2020, item 17 (study characteristics)",
)
