"""Characteristics of the included studies: one row a study."""

from extraction.choices import ReportKind
from extraction.copies import StudyCopy
from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import MISSING_LEGEND, Answers, of_study, percent_cell, study_cell
from reporting.totals import BASIS, Total, number_of, own_cohorts, total, total_of, total_row

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
    Column(key="patients_lost", heading="Patients lost", unit="n", numeric=True),
    Column(key="patients_lost_percent", heading="Lost", unit="% of treated", numeric=True),
    Column(key="follow_up_mean", heading="Follow-up: mean", unit="months", numeric=True),
    Column(key="follow_up_sd", heading="SD", unit="months", numeric=True),
    Column(key="follow_up_min", heading="Shortest", unit="months", numeric=True),
    Column(key="follow_up_max", heading="Longest", unit="months", numeric=True),
    Column(key="funding", heading="Funding"),
    Column(key="conflicts_of_interest", heading="Conflicts of interest"),
    Column(key="appraisal", heading="Appraisal", unit="total / maximum"),
)
SUMMED = ("patients_treated", "units_treated", "patients_analysed", "patients_lost")
FOLLOW_UP = ("follow_up_mean", "follow_up_sd", "follow_up_min", "follow_up_max")


def characteristics_table(snapshot: Snapshot) -> Table:
    """Return one row a study, and the total."""
    rows = [_row(snapshot, copy) for copy in snapshot.studies]
    if rows:
        rows.append(total_row(snapshot, **{k: total(snapshot, number_of(k)) for k in SUMMED}))
    return Table(
        rows=tuple(rows),
        notes=(
            BASIS.format(units=snapshot.units),
            "Follow-up of a study with several cohorts stands in the order of its cohorts.",
            "Appraisal is blank where none was recorded.",
            MISSING_LEGEND,
        ),
    )


def _row(snapshot: Snapshot, copy: StudyCopy) -> Row:
    study, cohorts = of_study(snapshot, copy), own_cohorts(snapshot, copy)
    sums = {key: total_of([(copy, cohorts)], number_of(key)) for key in SUMMED}
    return Row(
        key=str(copy.study.uid),
        cells={
            "study": study_cell(copy),
            "reports": _reports(copy),
            **study.cells("country", "centre", "design", "direction_of_data"),
            **study.cells("diagnostic_criteria", "eligibility", "comparator"),
            **study.cells("funding", "conflicts_of_interest"),
            "level_of_evidence": _level(study),
            "recruitment_period": study.joined(("recruitment_start", "recruitment_end"), _period),
            "intervention_category": _categories(snapshot, copy),
            **{key: _printed(cohorts, key, given) for key, given in sums.items()},
            "patients_lost_percent": _lost(sums["patients_lost"], sums["patients_treated"]),
            **{key: _listed([answers.cell(key) for answers in cohorts]) for key in FOLLOW_UP},
        },
    )


def _printed(cohorts: list[Answers], key: str, given: Total) -> Cell:
    """Return a count as printed where there is one cohort, else the sum over the cohorts."""
    return cohorts[0].cell(key) if len(cohorts) == 1 else given.summed()


def _lost(lost: Total, treated: Total) -> Cell:
    if lost.partly or treated.partly:
        return BLANK
    return percent_cell(lost.sum, treated.sum, lost.sources + treated.sources)


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


def _categories(snapshot: Snapshot, copy: StudyCopy) -> Cell:
    answers = [Answers(snapshot=snapshot, copy=copy, element=e) for e in copy.interventions]
    return _listed([answer.cell("category") for answer in answers])


def _listed(cells: list[Cell]) -> Cell:
    """Return several cells in one, each text once; a single one as it is."""
    if len(cells) == 1:
        return cells[0]
    text = "; ".join(dict.fromkeys(cell.text for cell in cells if cell.text))
    return Cell(
        text=text,
        value=text,
        sources=tuple(uid for cell in cells for uid in cell.sources),
        note=" ".join(dict.fromkeys(cell.note for cell in cells if cell.note)),
        page=", ".join(dict.fromkeys(cell.page for cell in cells if cell.page)),
    )


CHARACTERISTICS = ReportDefinition(
    slug="study-characteristics",
    title="Characteristics of the included studies",
    columns=COLUMNS,
    rows=characteristics_table,
    source="PRISMA 2020, item 17 (study characteristics)",
)
