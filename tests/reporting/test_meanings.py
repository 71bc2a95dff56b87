"""Reports ask for what an answer means, never for the key a form gives the question."""

import ast
import re
from pathlib import Path

import reporting
from extraction.schema import SHIPPED_FORMS, library, shipped_form
from extraction.services import publish_form
from reporting.reports import ALL_REPORTS, REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from tests.factories import make_lead
from tests.reporting.factories import hip_series, make_study

# They print the keys themselves: what was asked, and every answer to it.
OF_KEYS = {"codebook", "further-data", "values-long"}
# They are of records, and say when and as what each was imported.
OF_RECORDS = {"import-ledger", "records"}
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def keys_that_are_no_meaning() -> set[str]:
    """Return the keys of shipped questions that are no meaning, so that naming one is a slip."""
    keys = {key for slug in SHIPPED_FORMS for key in shipped_form(slug).by_key}
    return keys - {row["means"] for row in library()["questions"]}


def test_no_report_names_a_field_key():
    keys = keys_that_are_no_meaning()
    columns = {column.key for report in ALL_REPORTS for column in report.columns}
    folder = Path(reporting.__file__).parent
    named = {
        (path.name, node.value)
        for path in folder.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in keys - columns
    }

    assert {"patients_treated", "event_count", "cohort_kind"} <= keys
    # A claim names the kind of cohort it is about: a field of its own.
    assert {text for _, text in named} <= {"cohort_kind"}, named


def renamed_form() -> dict[str, object]:
    """Return the shipped form with every key of a question replaced by another."""
    data = shipped_form().as_data()
    fields = [{**field, "key": f"q{n}"} for n, field in enumerate(data["fields"])]
    return {**data, "fields": fields, "checks": []}


def everything(lead: Membership) -> None:
    """Make a study that says something in every group that a case series asks about."""
    mean = {"estimate.centre": "mean", "n": 10, "n.unit": "patients", "after": 0}
    make_study(
        lead,
        label="A series",
        study={"design": "Case series", "level_of_evidence": "IV", "country": "Nowhere"},
        cohorts=[
            hip_series({"bmi.value": 24, "side.right": 7, "side.left": 5, "women.of": 10}),
            hip_series({"patients.lost": 1, "follow_up.at_least": 24}, kind="subgroup", part_of=0),
        ],
        interventions=[{"category": "arthroscopic", "injections": 1, "guidance": "CT"}],
        procedures=[{"name": "Labral repair", "n": 2, "of": 12}],
        outcomes=[{"instrument": "mHHS", "range.low": 0, "range.high": 100, "mcid": 8}],
        results=[
            {"time.kind": "baseline", **mean, "estimate.value": 50},
            {"time.kind": "final_follow_up", **mean, "estimate.value": 80, "mcid.n": 7},
        ],
        events=[
            {"class": "complication", "events": 2, "affected": 1, "of": 12, "of.unit": "units"},
            {"class": "revision", "type": "Again", "events": 1, "of": 12, "of.unit": "units"},
        ],
        activities=[{"kind": "sport", "any": 8, "assessed": 10, "time.value": 5}],
        satisfactions=[{"satisfied": 9, "of": 10, "of.unit": "patients", "again": 8}],
        flows=[{"point": "died", "patients": 1}],
        contrasts=[{"cohort_a": 0, "cohort_b": 1, "measure": "MD", "estimate": 2, "p": "NS"}],
    )


def texts_of(lead: Membership) -> dict[str, list[list[str]]]:
    """Return what every report prints."""
    snapshot = take_snapshot(lead.review)
    return {
        slug: [
            [UID.sub("uid", row.cell(column.key).text) for column in report.columns]
            for row in report.table(snapshot).rows
        ]
        for slug, report in REPORTS.items()
        if slug not in OF_KEYS | OF_RECORDS
    }


def test_reports_print_the_same_whatever_keys_a_form_gives_its_questions(lead):
    other = make_lead()
    publish_form(lead=other, definition=renamed_form())
    everything(lead)
    everything(other)

    printed = texts_of(lead)

    assert texts_of(other) == printed
    assert next(row for row in printed["summary"] if row[0] == "complications")[1] == "1/12"


def test_every_row_has_a_key_of_its_own(lead):
    everything(lead)
    make_study(lead, label="Silent", cohorts=[hip_series()], interventions=[{"category": "open"}])
    snapshot = take_snapshot(lead.review)

    for slug, report in REPORTS.items():
        keys = [row.key for row in report.table(snapshot).rows]
        assert len(set(keys)) == len(keys), slug
