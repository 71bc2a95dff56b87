"""What a lead may choose for a saved table: read strictly, refused by place, times compared."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from reporting.saved_spec import read_spec, spec_of
from reporting.windows import TimeWindow, gaps_of, gaps_text, window_of
from reviews.audit import canonical


def spec(**said):
    return spec_of({"columns": [{"key": "study"}], **said})


def window(name, low, high=""):
    return {"name": name, "low": low, "high": high}


def refused(**said) -> str:
    with pytest.raises(ValidationError) as refusal:
        spec(**said)
    assert refusal.value.code == "spec_not_read"
    return refusal.value.messages[0]


def test_a_spec_is_read_back_from_what_is_kept():
    made = spec(
        columns=[
            {"key": "study", "heading": " Author,  year "},
            {"meaning": "cohort.age.value"},
        ],
        grouped_by="treatment",
        sorted_by=[{"key": "study", "descending": True}],
        windows=[window("late", 6), window("early", 0, "1.5"), window("mid", 1.5, 6)],
        shown_windows=["late"],
        rows={"instrument": ["mHHS"]},
    )

    assert read_spec(canonical(made.as_data())) == made
    assert [one.heading for one in made.columns] == ["Author, year", ""]
    assert [one.name for one in made.columns] == ["study", "cohort-age-value"]
    assert [(one.name, one.low, one.high) for one in made.windows] == [
        ("early", Decimal(0), Decimal("1.5")),
        ("mid", Decimal("1.5"), Decimal(6)),
        ("late", Decimal(6), None),
    ]
    assert [one.name for one in made.shown] == ["late"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"columns": []}, "columns: the table has none"),
        ({"columns": [{"key": "n"}, {"key": "p"}, {"key": "n"}]}, "number 3: “n” stands in"),
        ({"columns": [{"key": "n", "meaning": "result.n"}]}, "number 1: name either"),
        ({"columns": [{"heading": "Age"}]}, "number 1: name either"),
        ({"columns": [{"meaning": "smokers"}]}, "“group.question”"),
        ({"columns": [{"key": "Study name"}]}, "cannot be the key of a column"),
        ({"columns": [{"key": "n", "width": "3"}]}, "number 1: not understood: width"),
        ({"columns": "study"}, "columns must be a list"),
        ({"columns": [{"key": "n", "heading": "x" * 201}]}, "heading has 201 characters"),
        ({"colums": []}, "not understood: colums"),
        ({"grouped_by": "country"}, "grouped_by: 'country' is none of"),
        ({"grouped_by": "window"}, "there are no windows"),
        ({"sorted_by": [{"key": "n"}, {"key": "n"}]}, "sorted_by, number 2: “n” stands twice"),
        ({"sorted_by": [{"key": "n", "descending": "yes"}]}, "must be true or false"),
        ({"windows": [window("", 0, 6)]}, "windows, number 1: name is missing"),
        ({"windows": [window("a", 6, 6)]}, "“a” ends at 6 and begins at 6"),
        ({"windows": [window("a", 6, 3)]}, "“a” ends at 3 and begins at 6"),
        ({"windows": [window("a", "")]}, "“a” has no month to begin with"),
        ({"windows": [window("a", -1, 3)]}, "low is a number of months"),
        ({"windows": [window("a", 0, high=True)]}, "high is a number of months"),
        ({"windows": [window("a", 0, "1e3")]}, "high is a number of months"),
        ({"windows": [window("a", 0, 3), window("A", 3, 6)]}, "number 2: “A” stands twice"),
        ({"shown_windows": ["late"]}, "there is no window “late”; there are none"),
        ({"rows": ["mHHS"]}, "rows: it must be an object"),
        ({"rows": {"instrument": []}}, "rows, “instrument”: name at least one"),
        ({"rows": {"instrument": "mHHS"}}, "rows, “instrument”: it must be a list"),
        ({"rows": {"instrument": ["mHHS", "MHHS "]}}, "“MHHS” stands twice"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(said, words):
    assert words in refused(**said)


@pytest.mark.parametrize("written", ["", "[]", "{", "null", '{"columns": 1}', "[" * 100_000])
def test_what_is_no_spec_at_all_is_refused(written):
    with pytest.raises(ValidationError, match=r"spec|columns"):
        read_spec(written)


def test_windows_that_overlap_are_refused_both_named_with_their_times():
    said = refused(windows=[window("late", 6), window("mid", 3, 12), window("early", 0, 3)])

    assert said == (
        "windows: “mid” (3 to 12 months) and “late” (more than 6 months) share 6 to 12 months."
    )


def test_windows_that_meet_do_not_overlap_and_leave_no_gap():
    made = spec(windows=[window("early", 0, 3), window("mid", 3, 12), window("late", 12)])

    assert gaps_of(made.windows) == []
    assert gaps_text(made.windows) == ""


def test_every_gap_is_named():
    made = spec(windows=[window("early", 1, 3), window("mid", 6, 12), window("two", 24, 36)])

    assert gaps_text(made.windows) == (
        "No window holds 0 to 1 months, 3 to 6 months, 12 to 24 months or more than 36 months"
    )


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("0", "early"), ("3", "early"), ("3.0", "early"), ("3.1", "mid"), ("~6", "mid"),
        ("12", "mid"), ("12.01", "late"), ("≥12", None), ("≥12.5", "late"), (">12", "late"),
        ("≥24", "late"), ("≥ 24", "late"), ("≤3", "early"), ("<3", "early"), ("<12", None),
        ("", None), ("NR", None), ("-1", None), ("12–24", None), ("12; 24", None),
    ],
)  # fmt: skip
def test_a_time_lies_above_the_beginning_of_its_window_up_to_its_end(printed, name):
    windows = spec(
        windows=[window("early", 0, 3), window("mid", 3, 12), window("late", 12)]
    ).windows

    found = window_of(windows, printed)

    assert (found.name if found else None) == name


EDGES = st.lists(st.integers(0, 500), min_size=2, max_size=8, unique=True).map(sorted)


@given(EDGES, st.lists(st.booleans(), min_size=8, max_size=8), st.integers(0, 600))
def test_a_time_lies_in_one_window_or_in_one_gap_and_never_in_two(edges, kept, month):
    pairs = [*pairwise(edges), (edges[-1], None)]
    windows = [
        TimeWindow(name=str(n), low=Decimal(low), high=None if high is None else Decimal(high))
        for n, (low, high) in enumerate(pairs)
        if kept[n % 8]
    ]
    gaps = [TimeWindow(name="gap", low=low, high=high) for low, high in gaps_of(windows)]

    holding = [one for one in [*windows, *gaps] if one.holds(Decimal(month))]

    # Without any window nothing is asked of times. What begins above 0 leaves 0 to the gap there.
    assert len(holding) == (1 if windows else 0)
