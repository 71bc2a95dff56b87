import pytest

from extraction.copies import read_copy
from extraction.wording import Names
from tests.extraction.factories import World, add, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(definition=None)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, ""),
        (
            {"centre": "mean", "value": "24.5", "spread": "sd", "spread_value": "3"},
            "Mean 24.5 months; SD 3",
        ),
        (
            {"centre": "median", "value": "6", "min": "4", "max": "8", "unit": "weeks"},
            "Median 6 weeks; lowest 4 weeks; highest 8 weeks",
        ),
        ({"value": "24.5"}, "value 24.5 months"),
        (
            {"centre": "none", "spread": "none", "min": "12"},
            "no centre; no spread; lowest 12 months",
        ),
        (
            {"centre": "mean", "spread": "ci95", "spread_low": "20", "spread_high": "nr"},
            "Mean; 95 % CI; lower limit 20 months; upper limit Not reported",
        ),
        ({"n": "9", "unit": "years"}, "number 9; in years"),
    ],
)
def test_a_summary_statistic_is_said_part_by_part_in_the_unit_it_was_printed_in(world, parts, said):
    answers = {f"follow_up.{part}": text for part, text in parts.items()}
    add(world.first, world.a, "cohort", label="All", **answers)
    copy = read_copy(world.a)
    spec = copy.form.field("follow_up")
    assert Names(copy, "hips").said(spec, copy.cohorts[0].cells) == said


def test_a_part_is_called_after_what_it_belongs_to_only_where_that_is_not_seen(world):
    cohort = add(world.first, world.a, "cohort", label="All")
    outcome = add(world.first, world.a, "outcome", instrument="mHHS")
    add(world.first, world.a, "event", of=(cohort,), event_class="revision", event_type="Early")
    add(world.first, world.a, "result", of=(cohort, outcome), time_kind="baseline")
    copy = read_copy(world.a)
    names = Names(copy, "hips")
    called = {e.group: (names.of(e.uid), names.beside(e)) for e in copy.elements}
    assert called["event"] == ("Revision: Early · All", "Revision: Early")
    assert called["result"] == ("mHHS · All · Baseline", "All · Baseline")
