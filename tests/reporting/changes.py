"""Studies that report changes, and the forest that is made of them."""

from reporting.figures.shapes import Words
from reporting.forest.parts import parts_of
from reporting.reports.forest import FOREST
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of


def score(stem, value, sd=None, **more):
    """Return the answers of a mean, of an estimate or of a change."""
    said = {"centre": "mean", "value": value, **more}
    if sd is not None:
        said |= {"spread": "sd", "spread_value": sd}
    return {f"{stem}.{part}": given for part, given in said.items()}


def change(value, sd=None, n=10, unit="patients", kind="final_follow_up", **more):
    """Return a result with a reported mean change; parts of it are named by ``change__part``."""
    parts = {k.removeprefix("change__"): v for k, v in more.items() if k.startswith("change__")}
    others = {k.replace("__", "."): v for k, v in more.items() if not k.startswith("change__")}
    return {
        "time.kind": kind,
        "n": n,
        "n.unit": unit,
        **score("change", value, sd, **parts),
        **others,
    }


def before(value, sd=None, n=10, unit="patients", **more):
    return {
        "time.kind": "baseline", "n": n, "n.unit": unit, **score("estimate", value, sd), **more
    }  # fmt: skip


def after(value, sd=None, n=10, unit="patients", **more):
    return before(value, sd, n, unit) | {"time.kind": "final_follow_up"} | more


def study(lead, *results, label="", category="arthroscopic", outcome=None, **more):
    """Make a study of one cohort, treatment and outcome, unless more are given."""
    return make_study(
        lead,
        label=label,
        **{
            "study": {"level_of_evidence": "IV"},
            "cohorts": [hip_series()],
            "interventions": [{"category": category}],
            "outcomes": [{"instrument": "mHHS", "direction": "higher_better", **(outcome or {})}],
            "results": list(results),
            **more,
        },
    )


def forest(lead):
    return rows_of(lead, "forest")


def only(lead):
    [row] = forest(lead)
    return row


def limits(row, suffix=""):
    return row[f"low{suffix}"], row[f"high{suffix}"]


def parts(lead):
    return parts_of(take_snapshot(lead.review))


def drawn(lead, part=""):
    return FOREST.figure.draw(take_snapshot(lead.review), part)


def words(figure):
    return [shape.text for shape in figure.shapes if isinstance(shape, Words)]


def visits(*times, **more):
    return [
        change(f"{value}.0", "5", kind="scheduled_visit", time=time, **more)
        for value, time in times
    ]
