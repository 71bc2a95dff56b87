"""Codebook: what every form in use asks, question by question."""

import pytest

from extraction.services import publish_form
from tests.reporting.factories import hip_series, make_form, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db
OWN = {
    "key": "smokers",
    "question": "Smokers",
    "group": "cohort",
    "section": "people",
    "type": "integer",
    "unit": "units",
    "guidance": "At the time of surgery.",
    "required": True,
}


def test_a_question_has_its_meaning_type_options_and_definition(lead):
    version = make_form(lead, [OWN])

    rows = {row["key"]: row for row in rows_of(lead, "codebook")}

    assert rows["smokers"]["form"] == "orthopaedic-case-series"
    assert [rows["smokers"][key] for key in ("version", "group", "meaning", "type", "unit")] == [
        "1",
        "cohort",
        "",
        "integer",
        "hips",
    ]
    assert (rows["smokers"]["required"], rows["smokers"]["definition"]) == (
        "yes",
        "At the time of surgery.",
    )
    assert rows["cohort_kind"]["meaning"] == "kind"
    assert "whole_series = " in rows["cohort_kind"]["options"]
    assert rows["age"]["type"] == "summary"
    assert (rows["age.value"]["meaning"], rows["age.value"]["type"]) == ("age.value", "decimal")
    assert rows["age"]["definition"]
    cells = {
        cell for spec in version.spec.fields for cell in (spec.key, *(p.key for p in spec.cells))
    }
    assert set(rows) == cells


def test_the_last_version_and_those_of_final_copies_are_in_use(lead):
    make_form(lead)
    make_study(lead, cohorts=[hip_series()])
    publish_form(lead=lead, extra_fields=[OWN])
    publish_form(lead=lead, extra_fields=[OWN, {**OWN, "key": "drinkers"}])

    rows = rows_of(lead, "codebook")

    assert {row["version"] for row in rows} == {"1", "3"}
