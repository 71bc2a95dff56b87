"""Slips that are easily made: each is found, and what is like it and right is not."""

from decimal import Decimal

import pytest

from extraction.checks import scale_name
from extraction.vocabularies import Term, Vocabularies
from tests.extraction.copies import (
    codes,
    findings,
    make_cohort,
    make_element,
    make_intervention,
    make_mean,
    make_outcome,
    make_result,
    mean_of,
    the_finding,
)

SHOWN = (make_cohort(), make_outcome())
BEFORE = {"time_kind": "baseline"}
AFTER = {"time_kind": "final_follow_up"}


@pytest.mark.parametrize(
    ("label", "time", "unit", "fits"),
    [
        ("6 weeks", "6", "months", False),
        ("6 weeks", "6", "", False),
        ("6-week visit", "6", "months", False),
        ("6 weeks", "6", "weeks", True),
        ("6 weeks", "1.4", "months", True),
        ("final follow-up (mean 2.3 years)", "2.3", "months", False),
        ("final follow-up (mean 2.3 years)", "2.3", "years", True),
        ("16 weeks", "6", "months", True),
        ("6 months (24 to 28 weeks)", "6", "months", True),
        ("final follow-up", "24", "", True),
    ],
)
def test_a_time_is_in_the_unit_that_its_name_says(label, time, unit, fits):
    texts = {"time_label": label, "time": time, **({"time_unit": unit} if unit else {})}

    found = findings(*SHOWN, make_result(**texts))

    assert [one.code for one in found] == ([] if fits else ["other_unit_of_time"])
    assert all((one.key, one.severity) == ("time_unit", "warning") for one in found)


@pytest.mark.catalogue("N11")
def test_an_sd_far_below_another_of_the_same_outcome_may_be_a_standard_error():
    before = make_mean("r1", "50", "12", n="25")
    after = make_mean("r2", "86", "2.2", n="25")

    found = the_finding("sd_like_se", *SHOWN, before, after)

    assert (found.element_uid, found.key) == ("r2", "estimate.spread_value")
    assert found.severity == "warning"


def test_sds_are_compared_across_the_outcomes_of_one_instrument_by_any_of_its_names():
    same = make_outcome("o2", instrument="modified Harris Hip Score")
    other = make_outcome("o2", instrument="HOS-ADL")
    usual = make_mean("r1", "50", "12", n="25")
    small = make_mean("r2", "86", "2.2", n="25", outcome="o2")

    assert codes(*SHOWN, same, usual, small) == ["sd_like_se"]
    assert codes(*SHOWN, other, usual, small) == []


def test_a_standard_error_at_both_visits_shows_against_other_studies_of_the_instrument():
    vas = {"instrument": "VAS", "unit": "points", "range_min": "0", "range_max": "10"}
    shown = [make_cohort(), make_outcome(**vas)]
    results = [
        make_mean("r1", "7.0", "0.4", n="25", **BEFORE),
        make_mean("r2", "2.1", "0.5", n="25", **AFTER),
    ]
    scale = scale_name("VAS pain", "Points", Decimal("10.0"), Vocabularies())
    others = {scale: [Decimal(2), Decimal("2.4"), Decimal(3)]}

    assert codes(*shown, *results) == []
    found = findings(*shown, *results, other_sds=others)
    assert [(one.code, one.element_uid) for one in found] == [
        ("sd_like_se", "r1"),
        ("sd_like_se", "r2"),
    ]
    assert "other studies" in found[0].message
    longer = {scale_name("VAS pain", "points", Decimal(100), Vocabularies()): [Decimal(20)]}
    assert codes(*shown, *results, other_sds=longer) == []
    true = [make_mean("r1", "7.0", "2.2", n="25"), make_mean("r2", "2.1", "1.9", n="25")]
    assert codes(*shown, *true, other_sds=others) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("35.0", ""),
        ("35", ""),
        ("34.9", ""),
        ("-35.0", "change_sign"),
        ("30", "change_does_not_fit"),
        ("~30", ""),
    ],
)
def test_a_change_is_the_mean_after_less_the_mean_before(change, code):
    before = make_mean("r1", "50.3", n="18", **BEFORE)
    after = make_mean("r2", "85.3", n="18", **AFTER, **mean_of("change", change))

    found = findings(*SHOWN, before, after)

    assert [one.code for one in found] == ([code] if code else [])
    assert all((one.element_uid, one.key) == ("r2", "change.value") for one in found)


def test_a_change_is_compared_only_with_means_of_the_same_people_and_treatment():
    changed = {**AFTER, **mean_of("change", "30")}
    before = make_mean("r1", "50.3", n="18", **BEFORE)

    assert codes(*SHOWN, before, make_mean("r2", "85.3", n="17", **changed)) == []
    assert codes(*SHOWN, make_mean("r2", "85.3", n="18", **changed)) == []
    median = {"estimate__centre": "median"}
    assert codes(*SHOWN, before, make_mean("r2", "85.3", n="18", **changed, **median)) == []
    treatments = [make_intervention("i1"), make_intervention("i2")]
    first = make_mean("r1", "50.3", n="18", **BEFORE, result_after="i1")
    second = make_mean("r2", "85.3", n="18", **changed, result_after="i2")
    assert codes(*SHOWN, *treatments, first, second) == []


@pytest.mark.parametrize("analysed", ["24", "25"])
def test_more_analysed_and_lost_than_were_treated_is_an_error(analysed):
    cohort = make_cohort(patients_treated="24", patients_lost="4", patients_analysed=analysed)

    found = the_finding("does_not_add_up", cohort)

    assert (found.severity, found.overridable, found.key) == ("error", True, "patients_analysed")
    assert f"make {int(analysed) + 4}, not patients treated (24)" in found.message


def test_people_whom_the_flow_leaves_out_explain_that_fewer_were_analysed():
    cohort = make_cohort(patients_treated="30", patients_lost="4", patients_analysed="24")
    left = {"parent": "c1", "flow_patients": "2"}

    assert the_finding("does_not_add_up", cohort).severity == "warning"
    assert codes(cohort, make_element("flow", "f1", flow_point="converted", **left)) == []
    assert codes(cohort, make_element("flow", "f1", flow_point="enrolled", **left)) == [
        "does_not_add_up"
    ]


@pytest.mark.parametrize(
    ("within", "between", "found"),
    [
        ("0.03", "p = .03", True),
        ("p=0·03", "0.03", True),
        ("0.03", "0.04", False),
        ("nr", "nr", False),
    ],
)
def test_the_p_value_between_groups_is_not_the_one_within_a_group(within, between, found):
    result = make_result("r1", **AFTER, time="24", p_value=within)
    contrast = make_element(
        "contrast",
        "k1",
        cohort_a="c1",
        cohort_b="c2",
        contrast_outcome="o1",
        contrast_time="2",
        contrast_time_unit="years",
        contrast_p=between,
    )
    shown = [*SHOWN, make_cohort("c2", label="Other"), contrast]

    assert codes(*shown, result) == (["p_of_contrast"] if found else [])
    earlier = make_result("r1", **AFTER, time="3", p_value=within)
    assert codes(*shown, earlier) == []
    elsewhere = make_result("r1", outcome="o2", **AFTER, time="24", p_value=within)
    assert codes(*shown, make_outcome("o2", instrument="ODI"), elsewhere) == []


def test_a_long_scale_of_which_all_values_lie_in_the_lowest_tenth_is_asked_about():
    outcome = make_outcome(instrument="VAS pain", range_min="0", range_max="100")
    values = [make_mean("r1", "7.1", "1.2", n="11"), make_mean("r2", "1.9", "1.0", n="11")]

    found = the_finding("scale_of_ten", make_cohort(), outcome, *values)

    assert (found.element_uid, found.key, found.severity) == ("o1", "range_max", "warning")
    assert codes(make_cohort(), outcome, *values, make_mean("r3", "48", n="11")) == []
    short = make_outcome(instrument="VAS pain", range_min="0", range_max="10")
    assert codes(make_cohort(), short, *values) == []
    assert codes(make_cohort(), outcome) == []


def test_a_category_is_spelled_one_way_in_a_copy():
    one = make_intervention("i1", category="arthroscopic resection")
    shown = [make_cohort(), one]

    for spelling in ("Arthroscopic resection", "arthroscopic resections", "resection arthroscopic"):
        found = the_finding("spelled_two_ways", *shown, make_intervention("i2", category=spelling))
        assert (found.element_uid, found.key, found.severity) == ("i2", "category", "warning")
    for another in ("arthroscopic resection", "injection", "nr"):
        assert codes(*shown, make_intervention("i2", category=another)) == []


def test_a_category_is_on_the_list_of_the_review_where_it_has_one():
    terms = [Term("arthroscopic", ("arthroscopic resection",)), Term("injection")]
    lists = Vocabularies({"categories": terms})
    aliases = [
        make_intervention("i1", category="Arthroscopic resection"),
        make_intervention("i2", category="arthroscopic"),
    ]
    unknown = make_intervention("i3", category="shock waves")

    assert codes(make_cohort(), *aliases, vocabularies=lists) == []
    found = the_finding("unknown_category", make_cohort(), unknown, vocabularies=lists)
    assert "arthroscopic, injection" in found.message
    assert codes(make_cohort(), unknown) == []


def test_a_study_mean_lies_within_its_own_range():
    cohort = make_cohort(age__min="30", age__max="50", **mean_of("age", "51.2"))

    found = the_finding("wrong_order", cohort)

    assert (found.severity, found.key) == ("error", "age.value")


@pytest.mark.catalogue("N08")
def test_more_women_and_men_than_patients_is_an_error_that_a_reason_overrides():
    found = the_finding("does_not_add_up", make_cohort(patients_treated="7", women="5", men="3"))

    assert (found.severity, found.overridable) == ("error", True)


def test_women_and_men_make_those_whose_sex_is_given():
    series = {"patients_treated": "90", "women": "33", "men": "3"}

    assert codes(make_cohort(**series, women_of="36", women_percent="91.7")) == []
    assert codes(make_cohort(**series)) == ["does_not_add_up"]


@pytest.mark.parametrize(
    ("percent", "fits"), [("80", False), ("78", True), ("78.3", True), ("79", False), ("100", True)]
)
def test_a_percentage_alone_is_that_of_some_number(percent, fits):
    found = findings(make_cohort(patients_treated="23", women_percent=percent))

    assert [one.code for one in found] == ([] if fits else ["percentage_of_no_count"])
    assert all(one.key == "women_percent" and one.severity == "warning" for one in found)
    assert all("18 is 78.3 %" in one.message for one in found)
