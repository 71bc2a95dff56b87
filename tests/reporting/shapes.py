"""Three studies that together print every shape of number a journal layout joins."""

from typing import Any

from reporting.definitions import Snapshot
from reporting.layouts import JOURNAL, laid_out
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from tests.reporting.factories import hip_series, make_study


def estimate(visit: str, value: str, n: int, unit: str = "units", **more: Any) -> dict[str, Any]:
    """Return the answers of a result with its mean and SD."""
    return {
        "time.kind": visit,
        "estimate.centre": "mean",
        "estimate.value": value,
        "estimate.spread": "sd",
        "estimate.spread_value": "9.5",
        "n": n,
        "n.unit": unit,
        **more,
    }


def median(visit: str, value: str, low: str, high: str) -> dict[str, Any]:
    """Return the answers of a result with its median and quartiles."""
    return {
        "time.kind": visit,
        "estimate.centre": "median",
        "estimate.value": value,
        "estimate.spread": "iqr",
        "estimate.spread_low": low,
        "estimate.spread_high": high,
        "n": 29,
        "n.unit": "units",
    }


def make_every_shape(lead: Membership) -> Snapshot:
    """Make studies that print every shape of number and codes of missing ones; return them."""
    make_study(
        lead,
        label="Plain 2019",
        study={"design": "Case series", "direction": "retrospective", "country": "Norway"},
        cohorts=[
            hip_series(
                {"patients.treated": 26, "units.treated": 29, "women": 7, "age.value": "41.7"},
                age__spread_value="11.2",
                age__min=18,
                age__max=65,
                patients__lost=1,
                side__right=15,
                side__left=14,
                patients__bilateral=3,
                bmi__centre="mean",
                bmi__value="24.1",
                bmi__spread="sd",
                bmi__spread_value="3.2",
            )
        ],
        interventions=[{"category": "arthroscopic", "label": "Resection"}],
        procedures=[{"name": "Labral repair", "n": 2, "of": 29}, {"name": "Bursectomy"}],
        outcomes=[{"instrument": "mHHS", "range.low": 0, "range.high": 100}, {"label": "Pain"}],
        results=[
            estimate("baseline", "58.4", 29),
            estimate("final_follow_up", "49.1", 26, "patients", p="<0.05", time=24),
            median("baseline", "58", "49", "66") | {"outcome": 1},
            median("final_follow_up", "91", "84", "96") | {"outcome": 1, "mcid.n": 20},
        ],
        events=[
            {"class": "complication", "events": 2, "affected": 2, "of": 29, "of.unit": "units"},
            {"class": "revision", "events": 0, "of": 29, "of.unit": "units"},
        ],
        activities=[{"kind": "sport", "assessed": 19, "any": 14, "of.unit": "patients"}],
        satisfactions=[{"satisfied": 18, "of": 26, "of.unit": "patients"}],
        flows=[{"point": "enrolled", "patients": 30, "units": "nr", "reason": "Two refused"}],
    )
    make_study(
        lead,
        label="Arms 2020",
        cohorts=[
            hip_series({"women": 12, "patients.treated": 15}, kind="arm", label="Open"),
            hip_series(
                {"women": 9, "patients.treated": 11, "follow_up.value": "30.0"},
                kind="arm",
                label="Closed",
                age__centre="median",
                age__value="44",
                age__spread="iqr",
                age__spread_value=None,
                age__spread_low=36,
                age__spread_high=51,
            ),
        ],
        interventions=[{"category": "injection", "cohorts": [0], "order": 1}],
        outcomes=[{"instrument": "mHHS"}],
        results=[
            estimate("baseline", "50.0", 15, "patients"),
            estimate(
                "final_follow_up",
                "45.5",
                15,
                "patients",
                **{
                    "change.centre": "mean",
                    "change.value": "-4.5",
                    "change.spread": "ci95",
                    "change.spread_low": "-7.0",
                    "change.spread_high": "-2.0",
                    "change.p": "0.01",
                },
            ),
        ],
        contrasts=[
            {
                "cohort_a": 0,
                "cohort_b": 1,
                "outcome": 0,
                "measure": "MD",
                "estimate": "-3.5",
                "low": "-7.0",
                "high": "0.0",
                "p": "NS",
            },
            {"cohort_a": 0, "cohort_b": 1, "event_class": "any_reoperation", "measure": "p_only"},
        ],
    )
    codes = dict.fromkeys(("patients.treated", "units.treated", "women"), "nr")
    ages = dict.fromkeys(("age.value", "age.spread_value", "follow_up.value"), "uc")
    make_study(
        lead,
        label="Silent 2021",
        cohorts=[hip_series({**codes, **ages, "follow_up.min": "nr", "follow_up.max": "nr"})],
        interventions=[{"category": "arthroscopic", "drug_and_dose": "nr", "injections": "nr"}],
        outcomes=[{"instrument": "mHHS"}],
        results=[{"time.kind": "final_follow_up", "estimate.value": "nr", "n": "nr"}],
        events=[{"class": "complication", "events": "nr", "affected": "nr", "of": "nr"}],
    )
    return take_snapshot(lead.review)


def journal_of(snapshot: Snapshot, slug: str) -> list[dict[str, str]]:
    """Return the rows of a journal layout as texts by column."""
    definition = laid_out(REPORTS[slug], JOURNAL)
    return [
        {column.key: row.cell(column.key).text for column in definition.columns}
        for row in definition.table(snapshot).rows
    ]
