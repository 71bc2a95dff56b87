"""Axes: where a value stands, and which values are named."""

from decimal import Decimal

import pytest

from reporting.figures.scales import Linear, Log, nice_domain, nice_step


def texts(axis, *args) -> list[str]:
    return [tick.text for tick in axis.ticks(*args)]


def test_equal_differences_are_equally_long():
    axis = Linear(low=-20, high=60, start=100, end=500)

    assert axis.at(-20) == 100
    assert axis.at(0) == 200
    assert axis.at(Decimal("32.6")) == pytest.approx(363)
    assert axis.at(60) == 500
    assert axis.at(80) == 600, "a value beyond the end stands beyond it"


def test_an_axis_may_run_backwards():
    axis = Linear(low=0, high=10, start=300, end=100)

    assert axis.at(0) == 300
    assert axis.at(2.5) == 250


def test_an_axis_without_a_span_puts_its_value_in_the_middle():
    axis = Linear(low=5, high=5, start=0, end=100)

    assert axis.at(5) == 50
    assert texts(axis) == ["5"]
    assert Log(low=2, high=2, start=0, end=100).at(2) == 50


@pytest.mark.parametrize(
    ("low", "high", "about", "said"),
    [
        (0, 100, 5, ["0", "20", "40", "60", "80", "100"]),
        (-20, 60, 5, ["−20", "0", "20", "40", "60"]),
        (0, 1, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (0.1, 0.3, 4, ["0.1", "0.15", "0.2", "0.25", "0.3"]),
        (3, 47, 5, ["10", "20", "30", "40"]),
        (-3.5, -0.4, 4, ["−3", "−2", "−1"]),
        (0, 3000, 4, ["0", "1000", "2000", "3000"]),
        (0, 0.00003, 3, ["0", "0.00001", "0.00002", "0.00003"]),
    ],
)
def test_ticks_are_multiples_of_one_two_or_five_without_noise(low, high, about, said):
    assert texts(Linear(low=low, high=high, start=0, end=1), about) == said


def test_a_tick_has_the_value_it_says():
    ticks = Linear(low=-1, high=1, start=0, end=1).ticks(4)

    assert [tick.value for tick in ticks] == [-1.0, -0.5, 0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("span", "about", "step"),
    [("100", 5, "20"), ("101", 5, "50"), ("7", 5, "2"), ("0.9", 1, "1"), ("0.05", 5, "0.01")],
)
def test_a_step_cuts_the_span_into_no_more_than_was_asked(span, about, step):
    assert nice_step(Decimal(span), about) == Decimal(step)


@pytest.mark.parametrize(("span", "about"), [("0", 5), ("-1", 5), ("1", 0)])
def test_no_span_and_no_step_are_refused(span, about):
    with pytest.raises(ValueError, match="above zero"):
        nice_step(Decimal(span), about)


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([3, 47], (0, 50)),
        ([Decimal("-2.2"), 1.4], (-3, 2)),
        ([0.12, 0.31], (0.1, 0.35)),
        ([10, 20], (10, 20)),
        ([32.6], (20, 45)),
        ([0], (-0.2, 0.2)),
    ],
)
def test_an_axis_reaches_from_tick_to_tick_around_its_values(values, ends):
    assert nice_domain(values) == pytest.approx(ends)


def test_equal_ratios_are_equally_long_on_a_logarithmic_axis():
    axis = Log(low=0.1, high=10, start=0, end=200)

    assert axis.at(0.1) == 0
    assert axis.at(1) == pytest.approx(100)
    assert axis.at(Decimal("10")) == pytest.approx(200)
    assert axis.at(2) - axis.at(1) == pytest.approx(axis.at(1) - axis.at(0.5))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.1, 10, ["0.1", "0.2", "0.5", "1", "2", "5", "10"]),
        (0.3, 4, ["0.5", "1", "2"]),
        (0.01, 100, ["0.01", "0.1", "1", "10", "100"]),
        (2, 2000, ["2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000"]),
    ],
)
def test_a_logarithmic_axis_names_one_two_and_five(low, high, said):
    assert texts(Log(low=low, high=high, start=0, end=1)) == said


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (2, 1)])
def test_a_logarithmic_axis_begins_above_zero_and_runs_forwards(low, high):
    with pytest.raises(ValueError, match="above zero"):
        Log(low=low, high=high, start=0, end=1)
