"""Further data: what a review asks of its own accord prints, always."""

import pytest

from tests.reporting.factories import hip_series, make_form, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db
OWN = [
    {
        "key": "smokers",
        "question": "Smokers",
        "group": "cohort",
        "section": "people",
        "type": "integer",
        "unit": "patients",
    },
    {
        "key": "registry",
        "question": "Name of the registry",
        "group": "study",
        "section": "design",
        "type": "text",
    },
    {
        "key": "version_angle",
        "question": "Femoral version",
        "group": "cohort",
        "section": "imaging",
        "type": "summary",
        "unit": "degrees",
    },
]


def test_every_answer_without_a_meaning_has_a_row_and_no_other_has(lead):
    make_form(lead, OWN)
    make_study(
        lead,
        label="Onda 2014",
        study={"registry": "Hip registry", "country": "Nowhere"},
        cohorts=[
            hip_series(
                {"version_angle.value": "21.5", "version_angle.centre": "mean"},
                label="Series",
                smokers="nr",
            )
        ],
    )

    rows = rows_of(lead, "further-data")

    assert [(row["group"], row["element"], row["key"], row["value"]) for row in rows] == [
        ("study", "", "registry", "Hip registry"),
        ("cohort", "Series", "smokers", "NR"),
        ("cohort", "Series", "version_angle.centre", "Mean"),
        ("cohort", "Series", "version_angle.value", "21.5"),
    ]
    assert (rows[0]["question"], rows[0]["page"]) == ("Name of the registry", "4")
    assert (rows[1]["missing"], rows[3]["unit"]) == ("nr", "degrees")
