"""Events: every event as extracted, with all that is said of it."""

import pytest

from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db


def test_an_event_has_every_answer_in_a_column_of_its_own(lead):
    make_study(
        lead,
        label="Onda 2014",
        cohorts=[hip_series(label="Series")],
        interventions=[{"category": "arthroscopic", "label": "Resection"}],
        events=[
            {
                "class": "complication",
                "type": "neurapraxia",
                "scheme": "Clavien-Dindo",
                "grade": "II",
                "major": "no",
                "events": 3,
                "affected": 2,
                "of": 16,
                "of.unit": "units",
                "related": "yes",
                "treated": "observed",
                "time": 6,
                "time.unit": "weeks",
            },
            {"class": "planned_removal", "events": 4, "affected": "nr"},
        ],
    )

    kind, whole = rows_of(lead, "events")

    assert (kind["study"], kind["cohort"], kind["category"], kind["after"]) == (
        "Onda 2014",
        "Series",
        "arthroscopic",
        "Resection",
    )
    assert (kind["class"], kind["whole"], kind["type"]) == ("complication", "kind", "neurapraxia")
    assert [kind[key] for key in ("scheme", "grade", "related", "treated")] == [
        "Clavien-Dindo",
        "II",
        "yes",
        "observed",
    ]
    assert [kind[key] for key in ("events", "affected", "of", "affected_percent")] == [
        "3",
        "2",
        "16",
        "12.5",
    ]
    assert (kind["unit"], kind["time"], kind["months"]) == ("hips", "6", "1.4")
    assert (whole["class"], whole["whole"]) == ("planned_removal", "whole")
    assert (whole["events"], whole["affected"]) == ("4", "NR")
