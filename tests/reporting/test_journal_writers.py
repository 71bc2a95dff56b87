"""How cells are joined: shares, summaries, brackets, and what is missing."""

from decimal import Decimal

import pytest

from reporting.definitions import Cell
from reporting.layouts import (
    in_brackets,
    in_statistic,
    join,
    percent_of,
    share,
    summary_in_words,
    summary_of,
)


def said(*texts):
    return [Cell(text=text) for text in texts]


@pytest.mark.parametrize(
    ("count", "printed_as"),
    [
        ("7/26", "7/26 (27 %)"),
        ("1/300", "1/300 (0.3 %)"),
        ("0/26", "0/26 (0 %)"),
        ("26/26", "26/26 (100 %)"),
        ("1/200", "1/200 (0.5 %)"),
        ("1/1000", "1/1000 (0.1 %)"),
        ("1/10000", "1/10000 (< 0.1 %)"),
        ("9999/10000", "9999/10000 (> 99.9 %)"),
        ("98/99", "98/99 (99 %)"),
        ("1/99", "1/99 (1 %)"),
        ("25/200", "25/200 (12.5 %)"),
        ("5/8", "5/8 (63 %)"),
        ("0/300", "0/300 (0.0 %)"),
    ],
)
def test_a_percentage_is_rounded_by_its_whole_and_never_makes_a_part_none_or_all(count, printed_as):
    n, of = map(int, count.split("/"))
    exact = Decimal(n) * 100 / Decimal(of)
    percent = Cell(text="as the full layout rounds it", exact=exact)

    assert share([Cell(text=count), percent]) == printed_as


def test_no_part_of_any_whole_is_0_or_100_per_cent():
    for of in (*range(2, 130), 999, 1999, 20000):
        for n in (1, of // 2, of - 1):
            percent = percent_of(Decimal(n) * 100 / Decimal(of), f"{n}/{of}")
            assert percent not in ("0", "0.0", "100", "100.0") or n in (0, of)


def test_a_share_without_a_percentage_is_the_count_and_the_other_way_round():
    assert share(said("19/26", "")) == "19/26"
    assert share(said("", "73")) == "73 %"
    assert share(said("NR", "")) == "NR"


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (("mean (SD)", "41.7", "11.2", "18", "65"), "41.7 (11.2; 18–65)"),
        (("mean (range)", "41.7", "", "18", "65"), "41.7 (18–65)"),
        (("mean", "41.7", "", "", ""), "41.7"),
        (("mean", "46", "NR", "NR", "NR"), "46 (NR)"),
        (("mean (SD)", "12", "12", "", ""), "12 (12)"),
        (("mean (SE)", "41.7", "1.2", "18", "65"), "mean 41.7 (SE 1.2; range 18–65)"),
        (("median (IQR)", "41", "36–47", "", ""), "median 41 (IQR 36–47)"),
        (("median (range)", "41", "", "18", "65"), "median 41 (range 18–65)"),
        (("not named (SD)", "41", "9", "", ""), "41 (SD 9; statistic not stated)"),
        (("not named", "41", "", "", ""), "41 (statistic not stated)"),
        (("range", "", "", "18", "65"), "range 18–65"),
        (("range", "NR", "", "18", "65"), "NR (range 18–65)"),
        (("range", "", "", "18", ""), "range 18–…"),
        (("mean (SD)", "48.0", "12.0", "≥ 24", ""), "48.0 (12.0; ≥ 24)"),
        (("mean (range)", "0.5", "", "-3", "5"), "0.5 (-3 to 5)"),
        (("", "NR", "NR", "NR", "NR"), "NR"),
        (
            ("mean (SD); –; median (IQR)", "24; –; 30", "4; –; 28–33", "", ""),
            "24 (4); –; median 30 (IQR 28–33)",
        ),
        (("mean (SD); mean (SD)", "24; 30", "4; 5", "NR", "NR"), "24 (4; NR); 30 (5; NR)"),
        (
            ("mean (spread, unclear which)", "24", "4", "", ""),
            "mean 24 (spread, unclear which: 4)",
        ),
    ],
)
def test_a_summary_says_its_words_unless_it_is_a_mean_with_sd_and_range(texts, written):
    assert summary_of(said(*texts)) == written


@pytest.mark.parametrize(
    ("statistic", "text", "written"),
    [
        ("mean (SD)", "58.4 (12.0)", "58.4 (12.0)"),
        ("mean (SD; range)", "58.4 (12.0; 30–80)", "58.4 (12.0; 30–80)"),
        ("mean (95 % CI)", "30 (25–35)", "mean 30 (95 % CI 25–35)"),
        ("median (IQR; range)", "58 (49–66; 30–80)", "median 58 (IQR 49–66; range 30–80)"),
        ("median", "2", "median 2"),
        ("range", "22–61", "range 22–61"),
        ("IQR; range", "22–61; 10–80", "IQR 22–61; range 10–80"),
        ("statistic not stated", "24", "24 (statistic not stated)"),
        ("n/N", "21/23", "21/23"),
        ("n by level", "good 3; poor 1", "good 3; poor 1"),
        ("per cent", "96", "96 %"),
        ("", "NR", "NR"),
        ("mean", "", ""),
    ],
)
def test_an_estimate_keeps_to_the_same_rule(statistic, text, written):
    assert in_statistic(said(statistic, text)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mean 24.1 (SD 3.2; range 18–30)", "24.1 (3.2; 18–30)"),
        ("mean 24.1", "24.1"),
        ("mean 24.1 (SE 3.2)", "mean 24.1 (SE 3.2)"),
        ("median 24 (range 18–30)", "median 24 (range 18–30)"),
        ("range 6–60", "range 6–60"),
        ("NR", "NR"),
    ],
)
def test_a_summary_in_words_loses_those_that_the_note_says(text, written):
    assert summary_in_words(said(text)) == written


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (("26", "29"), "26 (29)"),
        (("26", ""), "26"),
        (("", "29"), "– (29)"),
        (("26", "NR"), "26 (NR)"),
        (("26", "NR", "NR"), "26 (NR)"),
        (("5", "5", "5"), "5 (5; 5)"),
        (("mHHS (Byrd)", "0–100"), "mHHS (Byrd; 0–100)"),
    ],
)
def test_brackets_are_never_doubled_and_a_code_is_said_once(texts, written):
    assert in_brackets(said(*texts)) == written


def test_what_is_missing_for_one_reason_is_missing_and_for_two_is_text():
    both = join([Cell(text="NR", missing="nr")] * 2, in_brackets)
    differ = join([Cell(text="NR", missing="nr"), Cell(text="NA", missing="na")], in_brackets)

    assert (both.text, both.missing) == ("NR", "nr")
    assert (differ.text, differ.missing) == ("NR (NA)", "")


def test_a_blank_with_a_note_joins_to_a_blank_with_the_note():
    cell = join([Cell(note="Left out: one."), Cell(note="Left out: one.")], in_brackets)

    assert cell == Cell(note="Left out: one.")
