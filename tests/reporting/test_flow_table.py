"""Flow of the studies: every point with its numbers, in the order in which people come through."""

import pytest

from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db


def test_what_a_cohort_states_and_the_points_of_its_flow_stand_one_below_the_other(lead):
    series = hip_series(
        {"patients.eligible": 40, "patients.treated": 30, "units.treated": 31},
        patients__analysed=24,
        units__analysed="nr",
        patients__lost=4,
    )
    make_study(
        lead,
        cohorts=[series],
        flows=[
            {
                "point": "died",
                "patients": 2,
                "reason": "unrelated",
                "time": 2,
                "time.unit": "years",
            },
            {"point": "screened", "patients": 55},
        ],
    )

    rows = rows_of(lead, "flow")

    assert [(row["point"], row["patients"], row["units"]) for row in rows] == [
        ("eligible", "40", ""),
        ("screened", "55", ""),
        ("treated", "30", "31"),
        ("analysed", "24", "NR"),
        ("lost", "4", ""),
        ("died", "2", ""),
    ]
    assert (rows[-1]["reason"], rows[-1]["months"]) == ("unrelated", "24.0")
