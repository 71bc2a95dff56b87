"""Saved tables and what they are made of, for the tests of them."""

from reporting.catalogue import report_named
from reporting.services import save_table
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_form, make_study

SMOKERS = {"key": "smokers", "question": "Smokers {n}", "type": "integer"}
STUDY = {"columns": [{"key": "study"}]}
WINDOWS = [{"name": "early", "low": 0, "high": 3}, {"name": "late", "low": 6, "high": ""}]


def keys(*names):
    return [{"key": name} for name in names]


def save(lead, table="demographics", *, columns=("study", "patients"), **said):
    """Save a table under the slug ``own`` and return it as a report of now."""
    given = {"slug": "own", "name": "My table", "table": table}
    given |= {name: said.pop(name) for name in ("slug", "layout", "label") if name in said}
    chosen = [{"key": one} if isinstance(one, str) else one for one in columns]
    save_table(lead=lead, **given, spec={"columns": chosen, **said})
    return report_named(take_snapshot(lead.review), given["slug"])


def texts(lead, report):
    """Return the texts of the rows, column by column, totals too."""
    rows = report.table(take_snapshot(lead.review)).rows
    return [[row.cell(column.key).text for column in report.columns] for row in rows]


def own(lead, report, key):
    """Return the texts of one column of the rows that are no totals."""
    rows = report.table(take_snapshot(lead.review)).rows
    return [row.cell(key).text for row in rows if not row.is_total]


def notes(lead, report):
    return " ".join(report.table(take_snapshot(lead.review)).notes)


def people(lead, *numbers, **more):
    """Make a study of so many patients for each number."""
    for number in numbers:
        series = hip_series({"patients.treated": number, **more}, women=None)
        make_study(lead, cohorts=[series], label=f"Series of {number}")


def visit(instrument, months, value, **said):
    return {
        "time.kind": "scheduled_visit", "time": months, "outcome": instrument,
        "estimate.centre": "mean", "estimate.value": value, **said,
    }  # fmt: skip


def visits(lead, *results, label="Ali 2020"):
    """Make a study of two instruments with these results after its baselines."""
    make_study(
        lead,
        label=label,
        cohorts=[hip_series()],
        interventions=[{"category": "arthroscopic"}],
        outcomes=[{"instrument": "mHHS"}, {"instrument": "iHOT-12"}],
        results=list(results),
    )


def asking(lead):
    """Publish the shipped form with a question of the review's own."""
    return make_form(lead, extra_fields=[SMOKERS])
