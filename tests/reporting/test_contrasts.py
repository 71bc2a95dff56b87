"""Contrasts: a difference between two cohorts, as its report states it."""

import pytest

from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db


def test_a_contrast_names_both_cohorts_and_keeps_the_words_of_p(lead):
    make_study(
        lead,
        label="Onda 2014",
        cohorts=[hip_series(label="Open", kind="arm"), hip_series(label="Closed", kind="arm")],
        outcomes=[{"instrument": "mHHS"}],
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
                "time": 12,
                "adjusted_for": "age",
            },
            {"cohort_a": 0, "cohort_b": 1, "event_class": "revision", "measure": "p_only"},
        ],
    )

    first, second = rows_of(lead, "contrasts")

    assert [first[key] for key in ("study", "cohort_a", "cohort_b", "outcome")] == [
        "Onda 2014",
        "Open",
        "Closed",
        "mHHS",
    ]
    assert [first[key] for key in ("measure", "estimate", "low", "high", "p")] == [
        "MD",
        "-3.5",
        "-7.0",
        "0.0",
        "NS",
    ]
    assert (first["months"], first["adjusted_for"]) == ("12", "age")
    assert (second["event_class"], second["measure"], second["estimate"]) == (
        "revision",
        "p_only",
        "",
    )
