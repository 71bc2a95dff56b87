"""Selection: one of several results for one outcome is chosen by the declared rule, or none is."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from extraction.schema import shipped_form
from extraction.services import publish_form
from extraction.vocabularies import Vocabularies
from reporting.reports import REPORTS
from reporting.selection import Candidate, select
from reporting.snapshot import take_snapshot
from reviews.forms import ReviewSettingsForm
from reviews.models import Review
from reviews.selection import read_rule
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of

INSTRUMENTS = Vocabularies().instruments
WINDOW = "window: 6-24 months, nearest 12"
MEAN = {"estimate.centre": "mean", "time.kind": "scheduled_visit", "n": 10, "n.unit": "patients"}


def one(months="12", **said):
    return Candidate(uid=uuid.uuid4(), months=Decimal(months), **said)


def choice(rule, *results):
    """Return the places of the chosen and of the tied results, and why."""
    read = read_rule(rule)
    window = read.windows[0] if read.windows else None
    made = select(results, read, window=window, instruments=INSTRUMENTS)
    places = {result.uid: place for place, result in enumerate(results)}
    chosen = None if made.chosen is None else places[made.chosen]
    assert set(made.behind) == {r.uid for r in results} - {made.chosen} - set(made.tied)
    return chosen, [places[uid] for uid in made.tied], made.why


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        (WINDOW, one("6"), one("13")),
        (WINDOW, one("19"), one("6")),
        ("set: itt, per_protocol", one(analysis_set="per_protocol"), one(analysis_set="itt")),
        ("set: itt", one(analysis_set=""), one(analysis_set="itt")),
        ("adjusted: first", one(), one(adjusted=True)),
        ("adjusted: last", one(adjusted=True), one()),
        ("adjusted: first", one(adjusted=None), one(adjusted=True)),
        ("adjusted: last", one(adjusted=None), one()),
        ("instrument: mHHS, iHOT-12", one(instrument="iHOT 12"), one(instrument="mHHS")),
        (
            "instrument: mHHS",
            one(instrument="Harris hip score"),
            one(instrument="Modified Harris Hip Score"),
        ),
        ("instrument: Own scale", one(instrument=""), one(instrument="own  SCALE")),
    ],
)
def test_each_criterion_chooses_whatever_the_order_of_the_results(rule, first, second):
    assert choice(rule, first, second)[0] == 1
    assert choice(rule, second, first)[0] == 0


def test_lines_decide_in_their_order():
    late_itt, early_pp = one("24", analysis_set="itt"), one("12", analysis_set="per_protocol")

    by_time = choice(f"{WINDOW}\nset: itt", late_itt, early_pp)
    by_set = choice(f"set: itt\n{WINDOW}", late_itt, early_pp)

    assert by_time == (1, [], "by time nearest to 12 months")
    assert by_set == (0, [], "by analysis set")


def test_a_criterion_decides_only_among_those_that_are_left():
    results = (
        one(analysis_set="itt", instrument="HHS"),
        one(analysis_set="itt", instrument="mHHS"),
        one(analysis_set="per_protocol", instrument="mHHS"),
    )

    assert choice("set: itt\ninstrument: mHHS, HHS", *results) == (
        1,
        [],
        "by analysis set, then instrument",
    )


def test_a_total_goes_before_its_subscales_whatever_the_rule():
    subscale = one(is_subscale=True, analysis_set="itt", adjusted=True, instrument="mHHS")
    total = one("24", instrument="VAS")

    chosen, _, why = choice(
        f"set: itt\nadjusted: first\ninstrument: mHHS\n{WINDOW}", subscale, total
    )

    assert (chosen, why) == (1, "by a total before its subscales")
    assert choice("set: itt", subscale)[0] == 0


def test_what_the_rule_does_not_tell_apart_is_not_chosen():
    # 6 and 18 months are as far from 12; the per-protocol result has lost before.
    results = (
        one("6", analysis_set="itt"),
        one("18", analysis_set="itt"),
        one("12", analysis_set="per_protocol"),
    )

    chosen, tied, why = choice(f"set: itt\n{WINDOW}", *results)

    assert (chosen, tied) == (None, [0, 1])
    assert why == (
        "2 results that the rule does not tell apart "
        "(a total before its subscales, analysis set, time nearest to 12 months)"
    )


def test_sets_and_instruments_that_are_not_named_are_not_told_apart():
    assert choice("set: itt", one(analysis_set="other"), one(analysis_set=""))[:2] == (None, [0, 1])
    both = choice("instrument: mHHS", one(instrument="HHS"), one(instrument="VAS"))
    assert both[:2] == (None, [0, 1])


def test_a_single_result_is_chosen():
    assert choice("set: itt", one(analysis_set="per_protocol")) == (0, [], "the only one")


def test_lines_are_read_with_spaces_dashes_and_capitals():
    rule = read_rule("\r\n Window :  0.5 – 3 months\r\n\r\nSET: ITT , per_protocol\nadjusted: Last")

    [window] = rule.windows
    assert (window.low, window.high, window.nearest) == (Decimal("0.5"), Decimal(3), None)
    assert (rule.names("set"), rule.names("adjusted")) == (("itt", "per_protocol"), ("last",))
    assert rule.lines[0] == "Window : 0.5 – 3 months"
    assert read_rule(" \n").criteria == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("set: itt\nbest result", "Line 2: it begins with none of"),
        ("set itt", "Line 1: it begins with none of"),
        ("\nwindow: 6 to 24", "Line 2: a window is written"),
        ("window: -6-24 months", "Line 1: a window is written"),
        ("window: 24-6 months", "Line 1: the window ends at 6"),
        ("window: 6-24 months, nearest 36", "Line 1: 36 does not lie in 6–24 months"),
        ("window: 0-6 months\nset: itt\nwindow: 6-24 months", "Line 3: .* line 1"),
        ("set: itt\nset: per_protocol", "Line 2: “set:” stands in line 1"),
        ("set: intention to treat", "Line 1: .* is no analysis set"),
        ("set: itt, ITT", "Line 1: “ITT” stands twice"),
        ("adjusted: maybe", "Line 1: adjusted results come"),
        ("instrument: mHHS,, HHS", "Line 1: a name is missing"),
        ("instrument:", "Line 1: a name is missing"),
        ("instrument: mHHS, mhhs", "Line 1: “mhhs” stands twice"),
        ("instrument: " + "x" * 300, "Line 1: it has 312 characters"),
        ("\n".join(f"window: {n}-{n}.5 months" for n in range(21)), "at most 20"),
    ],
)
def test_a_line_that_is_not_understood_is_refused_by_its_number(text, message):
    with pytest.raises(ValidationError, match=message):
        read_rule(text)


def of_trials(lead):
    """Publish the form that asks for analysis sets."""
    publish_form(lead=lead, definition=shipped_form("two-arm-trial").as_data())


def declare(lead, rule):
    update_settings(lead=lead, changes={"selection_rule": rule}, why="Before extraction")


def result(value, months=None, unit="months", **said):
    time = {} if months is None else {"time": months, "time.unit": unit}
    return {
        **MEAN,
        **time,
        "estimate.value": value,
        **{k.replace("__", "."): v for k, v in said.items()},
    }


def study(lead, *results, outcomes=({"instrument": "mHHS", "domain": "function"},), **more):
    make_study(
        lead,
        **{
            "cohorts": [hip_series()],
            "interventions": [{"category": "arthroscopic"}],
            "outcomes": list(outcomes),
            "results": list(results),
            **more,
        },
    )


def selected(lead, table="outcomes"):
    """Return what the table says of each value after treatment, by the value."""
    column = "after" if table == "outcomes" else "as_printed"
    return {row[column]: row["selected"] for row in rows_of(lead, table) if row[column]}


@pytest.mark.django_db
def test_a_rule_that_cannot_be_read_changes_no_settings(lead):
    with pytest.raises(ValidationError, match="Line 1: adjusted"):
        declare(lead, "adjusted: yes")

    assert Review.objects.get(pk=lead.review.pk).settings.selection_rule == ""


@pytest.mark.django_db
def test_the_page_asks_why_the_rule_changes_and_not_how_lines_end(lead):
    declare(lead, f"{WINDOW}\nset: itt")
    settings = Review.objects.get(pk=lead.review.pk).settings
    names = ReviewSettingsForm.Meta.fields
    data = {name: value for name in names if (value := getattr(settings, name))}

    def errors(rule):
        form = ReviewSettingsForm({**data, "selection_rule": rule}, settings=settings)
        return set(form.errors)

    assert errors(f"{WINDOW}\r\nset: itt") == set()
    assert errors(WINDOW) == {"why"}
    assert errors("set:") == {"selection_rule", "why"}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["outcomes", "results-long"])
def test_the_table_marks_the_chosen_one_and_keeps_the_alternatives(lead, table):
    of_trials(lead)
    declare(lead, f"{WINDOW}\nset: itt, per_protocol")
    study(
        lead,
        {**MEAN, "time.kind": "baseline", "estimate.value": "50"},
        result("70", 6, set="itt"),
        result("81", 1, "years", set="per_protocol"),
        result("80", 12, set="itt"),
        result("85", 36, set="itt"),
        result("86", set="itt"),
    )

    found = selected(lead, table)

    assert {key: found[key] for key in ("70", "80", "81", "85", "86")} == {
        "70": "alternative",
        "80": "chosen",
        "81": "alternative",
        "85": "alternative",
        "86": "alternative",
    }
    assert found.get("50", "") == ""
    text = "\n".join(row["note"] for row in rows_of(lead, table))
    for said in (
        "Behind by time nearest to 12 months",
        "Behind by analysis set",
        "outside every window",
        "no time is given",
        "Chosen by time nearest to 12 months, then analysis set",
    ):
        assert said in text
    printed = REPORTS[table].table(take_snapshot(lead.review)).notes
    assert any(f"then: {WINDOW}; set: itt, per_protocol." in note for note in printed)


@pytest.mark.django_db
def test_each_window_each_treatment_cohort_and_domain_has_a_choice_of_its_own(lead):
    declare(lead, "window: 0-3 months\nwindow: 6-24 months, nearest 12")
    study(
        lead,
        result("1", 3, after=0),
        result("2", 12, after=0),
        result("3", 12, after=1),
        result("4", 12, after=0, outcome=1),
        result("5", 12, after=0, cohort=1),
        cohorts=[hip_series(), hip_series(kind="subgroup", part_of=0, counts="no")],
        interventions=[{"category": "injection"}, {"category": "arthroscopic"}],
        outcomes=[
            {"instrument": "mHHS", "domain": "function"},
            {"instrument": "VAS", "domain": "pain"},
        ],
    )

    assert set(selected(lead).values()) == {"chosen"}
    assert len(selected(lead)) == 5


@pytest.mark.django_db
def test_a_total_is_chosen_before_its_subscale_and_instruments_by_their_names(lead):
    declare(lead, "instrument: mHHS, iHOT-12")
    study(
        lead,
        result("10", 12, outcome=1),
        result("60", 12, outcome=2),
        result("80", 12, outcome=0),
        outcomes=[
            {"instrument": "Modified Harris hip score", "domain": "function"},
            {"instrument": "mHHS", "label": "Gait", "part_of": 0},
            {"instrument": "iHOT12", "domain": "function"},
        ],
    )

    assert selected(lead) == {"10": "alternative", "60": "alternative", "80": "chosen"}


@pytest.mark.django_db
def test_outcomes_without_a_domain_do_not_compete_and_a_tie_is_printed(lead):
    declare(lead, "adjusted: first")
    study(
        lead,
        result("5", 12),
        result("6", 12, outcome=1),
        result("7", 24, outcome=1),
        outcomes=[{"instrument": "VAS"}, {"instrument": "NRS", "domain": "other"}],
    )

    assert selected(lead) == {"5": "chosen", "6": "choice open", "7": "choice open"}
    notes = [row["note"] for row in rows_of(lead, "outcomes") if row["selected"] == "choice open"]
    assert all("2 results that the rule does not tell apart" in note for note in notes)


@pytest.mark.django_db
def test_a_result_without_a_value_is_never_chosen(lead):
    of_trials(lead)
    declare(lead, "set: itt")
    empty = {**result("NR", 12, set="itt"), "estimate.centre": None}
    study(lead, empty, result("80", 12, set="per_protocol"))

    rows = {row["set"]: row for row in rows_of(lead, "outcomes") if row["set"]}

    assert rows["Per protocol"]["selected"] == "chosen"
    assert rows["Intention to treat"]["selected"] == "alternative"
    assert "Not eligible: no value" in rows["Intention to treat"]["note"]


@pytest.mark.django_db
def test_without_a_rule_and_before_it_was_declared_nothing_is_chosen(lead):
    study(lead, result("80", 12), result("70", 6))
    assert set(selected(lead).values()) == {""}
    before = take_snapshot(lead.review).instant
    declare(lead, WINDOW)

    def cells(snapshot):
        return {
            row.cell("after").text: row.cell("selected").text
            for row in REPORTS["outcomes"].table(snapshot).rows
            if row.cell("after").text
        }

    assert cells(take_snapshot(lead.review)) == {"80": "chosen", "70": "alternative"}
    assert cells(take_snapshot(lead.review, before)) == {"80": "", "70": ""}


@pytest.mark.django_db
def test_an_analysis_set_that_no_form_offers_is_named(lead):
    of_trials(lead)
    declare(lead, "set: itt, itr")
    study(lead, result("80", 12))

    notes = REPORTS["outcomes"].table(take_snapshot(lead.review)).notes

    assert "The rule names analysis sets that no form offers: itr." in notes
