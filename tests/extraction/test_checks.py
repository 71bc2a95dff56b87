from datetime import date
from decimal import Decimal
from statistics import stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extraction.checks import CopyAnswers, ElementAnswers, check_copy, required_blanks
from extraction.checks.running import RULES as RUNNING
from extraction.checks.sd_bounds import Impossible, sd_bounds
from extraction.schema import read_answer, shipped_form
from extraction.schema.check_rules import RULES as DECLARED

FORM = shipped_form(
    [
        {"key": "space_mean", "question": "Space: mean", "type": "decimal", "unit": "mm"},
        {"key": "space_min", "question": "Space: lowest", "type": "decimal", "unit": "mm"},
        {"key": "space_max", "question": "Space: highest", "type": "decimal", "unit": "mm"},
    ]
)
COUNT = st.integers(min_value=1, max_value=500)


def make_element(level, uid, *, cohort="", outcome="", **texts):
    answers = {
        key: answer
        for key, text in texts.items()
        if (answer := read_answer(FORM.field(key), text)) is not None
    }
    return ElementAnswers(uid, level, answers, cohort, outcome)


def make_cohort(uid="c1", **texts):
    return make_element("cohort", uid, **{"label": "Series", **texts})


def make_outcome(uid="o1", **texts):
    return make_element("outcome", uid, **{"instrument": "mHHS", **texts})


def make_result(uid="r1", **texts):
    return make_element("result", uid, cohort="c1", outcome="o1", **texts)


def findings(*elements, study=None, units_per_patient=2, today=None):
    answers = {key: read_answer(FORM.field(key), text) for key, text in (study or {}).items()}
    return check_copy(
        FORM,
        CopyAnswers(answers, elements),
        units_per_patient=units_per_patient,
        unit_label="hips",
        today=today,
    )


def codes(*elements, **options):
    return [finding.code for finding in findings(*elements, **options)]


def the_finding(code, *elements, **options):
    found = [one for one in findings(*elements, **options) if one.code == code]
    assert len(found) == 1, [one.code for one in findings(*elements, **options)]
    return found[0]


def test_every_rule_a_form_may_declare_is_one_that_runs():
    assert set(DECLARED) == set(RUNNING)


def test_a_copy_that_fits_gives_no_finding():
    cohort = make_cohort(
        cohort_kind="whole_series",
        counts_towards_totals="yes",
        patients_treated="16",
        units_treated="18",
        bilateral_patients="2",
        patients_analysed="16",
        patients_lost="0",
        women="15",
        men="1",
        women_percent="94",
        age_mean="35.8",
        age_sd="11.7",
        age_min="18",
        age_max="57",
        complications_events="1",
        complications_affected="1",
        complications_total="18",
        complications_unit="units",
    )
    outcome = make_outcome(range_min="0", range_max="100")
    before = make_result("r1", n="18", n_unit="units", mean="46.1", sd="12.3")
    after = make_result("r2", n="18", n_unit="units", mean="90.4", sd="8.8", p_value="<0.001")

    assert findings(cohort, outcome, before, after) == []


# --- counts


@pytest.mark.catalogue("N08")
def test_more_women_than_patients_is_an_error_that_names_both_values():
    found = the_finding("more_than_possible", make_cohort(patients_treated="20", women="21"))

    assert (found.severity, found.element_uid, found.key) == ("error", "c1", "women")
    assert found.message == "Women (21) more than patients treated (20)"
    assert found.overridable


@pytest.mark.catalogue("N08")
def test_women_and_men_that_do_not_make_the_patients_are_a_warning_with_all_values():
    found = the_finding("does_not_add_up", make_cohort(patients_treated="7", women="5", men="1"))

    assert found.severity == "warning"
    assert found.message == "Women (5) and men (1) make 6, not patients treated (7)"


@pytest.mark.catalogue("N08")
@given(COUNT, COUNT)
def test_women_are_refused_exactly_when_they_outnumber_the_patients(women, patients):
    found = codes(make_cohort(patients_treated=str(patients), women=str(women)))

    assert ("more_than_possible" in found) == (women > patients)


@pytest.mark.catalogue("N09")
def test_fewer_hips_than_patients_is_an_error_that_a_reason_overrides():
    found = the_finding(
        "units_fewer_than_patients", make_cohort(patients_treated="52", units_treated="40")
    )

    assert (found.severity, found.overridable) == ("error", True)
    assert found.message == "Hips treated (40) fewer than patients treated (52)"


@pytest.mark.catalogue("N09")
def test_more_hips_than_two_for_each_patient_is_an_error_that_no_reason_overrides():
    found = the_finding("units_too_many", make_cohort(patients_treated="10", units_treated="21"))

    assert (found.severity, found.overridable) == ("error", False)
    assert "more than 2 for each of patients treated (10)" in found.message


@pytest.mark.catalogue("N09")
@given(COUNT, COUNT, st.integers(min_value=1, max_value=10))
def test_units_stand_between_the_patients_and_the_most_they_can_have(patients, units, most):
    found = codes(
        make_cohort(patients_treated=str(patients), units_treated=str(units)),
        units_per_patient=most,
    )

    assert ("units_fewer_than_patients" in found) == (units < patients)
    assert ("units_too_many" in found) == (units > patients * most)


def test_bilateral_patients_have_to_explain_the_extra_hips():
    series = {"patients_treated": "16", "units_treated": "18"}

    assert "bilateral_do_not_fit" in codes(make_cohort(**series, bilateral_patients="3"))
    assert codes(make_cohort(**series, bilateral_patients="2")) == []


@pytest.mark.catalogue("N10")
def test_more_affected_than_there_are_is_an_error():
    cohort = make_cohort(patients_treated="9", units_treated="9")

    assert "more_than_possible" in codes(
        make_cohort(complications_affected="3", complications_total="2", complications_unit="na")
    )
    assert "more_than_possible" in codes(
        cohort, make_outcome(), make_result(n="9", n_unit="units", events="10")
    )


@pytest.mark.catalogue("N10")
@pytest.mark.parametrize(
    ("percent", "fits"), [("96", True), ("95.7", True), ("95.65", True), ("95", False)]
)
def test_a_percentage_has_to_be_the_rounding_of_its_count(percent, fits):
    found = findings(make_cohort(patients_treated="23", women="22", women_percent=percent))

    assert [one.code for one in found] == ([] if fits else ["percentage_does_not_fit"])
    assert all("95.7 %" in one.message for one in found)


@pytest.mark.catalogue("N10")
@given(COUNT, COUNT, st.integers(min_value=0, max_value=3))
def test_the_rounded_percentage_of_a_count_always_fits(women, patients, decimals):
    assume(women <= patients)
    step = Decimal(1).scaleb(-decimals)
    percent = (Decimal(100 * women) / patients).quantize(step)

    assert "percentage_does_not_fit" not in codes(
        make_cohort(patients_treated=str(patients), women=str(women), women_percent=f"{percent:f}")
    )


def test_a_denominator_is_checked_against_the_unit_it_counts():
    series = {"patients_treated": "16", "units_treated": "18"}
    total = {"complications_total": "18"}

    assert codes(make_cohort(**series, **total, complications_unit="units")) == []
    found = the_finding(
        "more_than_cohort", make_cohort(**series, **total, complications_unit="patients")
    )
    assert "patients treated (16)" in found.message


@pytest.mark.catalogue("N18")
def test_a_denominator_without_a_unit_is_asked_about():
    found = the_finding("unit_missing", make_cohort(satisfaction_total="20"))

    assert "patients or hips?" in found.message


@pytest.mark.catalogue("N07")
def test_no_patients_at_all_is_a_warning_to_confirm():
    found = the_finding("zero", make_cohort(patients_treated="0"))

    assert found.severity == "warning"


@pytest.mark.catalogue("N20")
@pytest.mark.parametrize("text", ["nr", "na", "unclear"])
def test_a_missing_number_is_not_zero_and_is_checked_against_nothing(text):
    assert codes(make_cohort(patients_treated=text, women="5", units_treated="3")) == []


# --- spread


@pytest.mark.catalogue("N12")
@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"age_min": "30", "age_mean": "29"}, "Age: lowest (30) above age: mean (29)"),
        ({"age_mean": "50", "age_max": "49"}, "Age: mean (50) above age: highest (49)"),
        ({"age_min": "60", "age_max": "20"}, "Age: lowest (60) above age: highest (20)"),
        ({"age_median": "20", "age_q1": "21"}, "Age: first quartile (21) above age: median (20)"),
        ({"age_q3": "60", "age_max": "59"}, "Age: third quartile (60) above age: highest (59)"),
    ],
)
def test_numbers_of_one_measure_in_the_wrong_order_are_an_error(texts, words):
    assert the_finding("wrong_order", make_cohort(**texts)).message == words


@pytest.mark.catalogue("N12")
def test_a_reviews_own_measures_are_checked_like_the_shipped_ones():
    assert codes(make_cohort(space_min="12", space_mean="11.9")) == ["wrong_order"]


def test_a_bound_that_a_qualifier_leaves_open_is_not_called_wrong():
    assert codes(make_cohort(follow_up_min="≥24", follow_up_mean="30")) == []
    assert codes(make_cohort(follow_up_min="≥24", follow_up_mean="20")) == ["wrong_order"]
    assert codes(make_cohort(follow_up_min="~24", follow_up_mean="20")) == []


@pytest.mark.catalogue("N11")
def test_an_sd_of_zero_is_a_warning():
    assert the_finding("sd_zero", make_cohort(age_sd="0")).severity == "warning"


@pytest.mark.catalogue("N11")
def test_an_sd_that_number_mean_and_range_exclude_is_a_warning_with_the_bounds():
    series = {"patients_treated": "17", "age_min": "24", "age_max": "60", "age_mean": "38.5"}

    assert codes(make_cohort(**series, age_sd="10.2")) == []
    found = the_finding("sd_outside_bounds", make_cohort(**series, age_sd="2.5"))
    assert found.severity == "warning"
    assert "standard error" in found.message
    assert "sd_outside_bounds" in codes(make_cohort(**series, age_sd="20"))


@pytest.mark.catalogue("N11")
def test_a_mean_that_no_values_of_this_range_have_is_a_warning():
    assert codes(make_cohort(patients_treated="8", age_min="0", age_max="100", age_mean="95")) == [
        "mean_outside_bounds"
    ]


@pytest.mark.catalogue("N11")
def test_an_sd_far_below_another_of_the_same_outcome_may_be_a_standard_error():
    shown = [make_cohort(), make_outcome()]
    before = make_result("r1", n="25", n_unit="na", mean="50", sd="12")
    after = make_result("r2", n="25", n_unit="na", mean="86", sd="2.2")

    found = the_finding("sd_like_se", *shown, before, after)

    assert (found.element_uid, found.severity) == ("r2", "warning")


@pytest.mark.catalogue("N11")
@pytest.mark.parametrize(
    ("counts", "low", "high", "mean", "least", "most"),
    [
        ([17], "24.0000000", "60.0000000", None, "6.363961", "18.521847"),
        ([17], "24.0000000", "60.0000000", "38.5000000", "6.498878", "17.909495"),
        ([12], "0.0000000", "10.0000000", "1.2000000", "2.774167", "3.046309"),
        ([2], "3.0000000", "9.0000000", "6.0000000", "4.242641", "4.242641"),
    ],
)
def test_sd_bounds_are_those_of_the_closed_form(counts, low, high, mean, least, most):
    found = sd_bounds(
        counts=counts,
        low=Decimal(low),
        high=Decimal(high),
        mean=Decimal(mean) if mean else None,
    )

    assert [float(bound) for bound in found] == pytest.approx([float(least), float(most)], abs=2e-6)


@pytest.mark.catalogue("N11")
def test_sd_bounds_refuse_a_mean_that_cannot_be():
    with pytest.raises(Impossible):
        sd_bounds(counts=[8], low=Decimal(0), high=Decimal(100), mean=Decimal(95))


@pytest.mark.catalogue("N11")
@given(
    st.lists(
        st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(min_value=0, max_value=100)),
        min_size=2,
        max_size=40,
    ),
    st.sampled_from([1, 2, 3]),
)
def test_the_sd_of_real_values_always_lies_within_the_bounds_of_their_rounded_summary(
    values, decimals
):
    low, high, mean = (
        Decimal(str(round(value, decimals)))
        for value in (min(values), max(values), sum(values) / len(values))
    )
    least, most = sd_bounds(counts=[len(values)], low=low, high=high, mean=mean)

    assert float(least) - 1e-9 <= stdev(values) <= float(most) + 1e-9


@pytest.mark.catalogue("N13")
def test_an_interval_is_ordered_and_holds_its_estimate():
    shown = [make_cohort(), make_outcome()]

    assert codes(*shown, make_result(ci_low="9", ci_high="5")) == ["wrong_order"]
    assert codes(*shown, make_result(mean="12", ci_low="5", ci_high="9")) == [
        "estimate_outside_interval"
    ]
    assert codes(*shown, make_result(mean="7", ci_low="5", ci_high="9")) == []


@pytest.mark.catalogue("N13")
@pytest.mark.parametrize(("sd", "fits"), [("10.0", True), ("2.0", False), ("50.0", False)])
def test_an_interval_has_to_have_the_width_that_sd_and_number_give(sd, fits):
    shown = [make_cohort(), make_outcome()]
    result = make_result(n="25", n_unit="na", mean="50", sd=sd, ci_low="45.9", ci_high="54.1")

    assert codes(*shown, result) == ([] if fits else ["interval_does_not_fit"])


@pytest.mark.catalogue("N14")
def test_a_p_value_of_zero_asks_for_a_smaller_than_sign():
    shown = [make_cohort(), make_outcome()]

    found = the_finding("p_zero", *shown, make_result(p_value="0.000"))

    assert found.severity == "error"
    assert "<0.001" in found.message
    assert "p_zero" in codes(*shown, make_result(p_value="<0"))
    assert codes(*shown, make_result(p_value="<0.001")) == []


def test_a_result_lies_within_the_scale_of_its_instrument():
    outcome = make_outcome(range_min="0", range_max="10")

    found = the_finding("outside_scale", make_cohort(), outcome, make_result(mean="48.2"))

    assert found.overridable
    assert "highest possible (10)" in found.message
    assert codes(make_cohort(), outcome, make_result(mean="7.1")) == []


# --- dates


@pytest.mark.catalogue("N16")
@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2015", "2013", False),
        ("2013-05", "2013", True),
        ("2013-05", "2013-04-30", False),
        ("2013", "nr", True),
    ],
)
def test_recruitment_cannot_start_after_it_ends(start, end, fits):
    found = codes(study={"recruitment_start": start, "recruitment_end": end})

    assert found == ([] if fits else ["wrong_order"])


@pytest.mark.catalogue("N16")
def test_a_date_that_has_not_come_yet_is_a_warning():
    study = {"recruitment_end": "2027-01"}

    found = the_finding("in_the_future", study=study, today=date(2026, 11, 22))

    assert (found.severity, found.element_uid) == ("warning", None)
    assert codes(study=study) == []


# --- cohorts among each other


@pytest.mark.catalogue("N19")
def test_arms_that_do_not_make_the_series_are_a_warning_naming_both():
    whole = make_cohort("c1", patients_treated="26")
    arms = [
        make_cohort(uid, label=uid, cohort_kind="arm", part_of="c1", patients_treated=n)
        for uid, n in (("c2", "15"), ("c3", "12"))
    ]

    found = the_finding("arms_do_not_add_up", whole, *arms)

    assert (found.severity, found.element_uid) == ("warning", "c1")
    assert "15 + 12 = 27" in found.message
    assert "26" in found.message


def test_a_part_cannot_be_larger_than_its_whole():
    whole = make_cohort("c1", patients_treated="20", units_treated="23")
    part = make_cohort("c2", label="Part", part_of="c1", patients_treated="21")

    found = the_finding("part_larger_than_whole", whole, part)

    assert (found.element_uid, found.key) == ("c2", "patients_treated")
    assert found.message == (
        "“Part”: Patients treated (21) more than 20 in “Series”, which it is part of"
    )


def test_a_cohort_that_counts_inside_one_that_counts_would_count_a_person_twice():
    whole = make_cohort("c1", counts_towards_totals="yes")
    middle = make_cohort("c2", label="Middle", part_of="c1", counts_towards_totals="no")
    inner = make_cohort("c3", label="Inner", part_of="c2", counts_towards_totals="yes")

    found = the_finding("counted_twice", whole, middle, inner)

    assert (found.severity, found.element_uid, found.overridable) == ("error", "c3", False)
    assert codes(whole, middle) == []


def test_a_later_phase_of_the_same_people_has_to_say_whose_phase_it_is():
    phase = make_cohort(cohort_kind="sequential_phase", counts_towards_totals="yes")

    assert codes(phase) == ["part_of_missing"]


def test_references_have_to_name_what_is_in_the_copy_and_not_go_round():
    assert codes(make_cohort("c1", part_of="gone")) == ["unknown_reference"]
    assert codes(make_cohort("c1", part_of="c1")) == ["circular_reference"]
    circle = [make_cohort("c1", part_of="c2"), make_cohort("c2", part_of="c1")]
    assert codes(*circle) == ["circular_reference", "circular_reference"]
    wrong = make_element("intervention", "i1", name="X", cohorts="o1")
    assert codes(make_outcome(), wrong) == ["unknown_reference"]


def test_a_result_belongs_to_a_cohort_and_an_outcome_of_its_copy():
    lost = ElementAnswers("r1", "result", {}, "gone", "o1")

    assert codes(make_outcome(), lost) == ["result_without_place"]


# --- the whole


@pytest.mark.catalogue("N21")
def test_required_fields_left_blank_are_listed_in_the_order_of_the_form():
    copy = CopyAnswers({}, [make_cohort(cohort_kind="arm")])

    found = required_blanks(FORM, copy, unit_label="hips")

    assert [(one.element_uid, one.key) for one in found] == [
        (None, "design"),
        ("c1", "counts_towards_totals"),
    ]
    assert found[1].message == "Counts towards totals is blank in “Series”"


@pytest.mark.catalogue("N21")
def test_a_missing_code_fills_a_required_field():
    copy = CopyAnswers({"design": read_answer(FORM.field("design"), "nr")}, [])

    assert required_blanks(FORM, copy, unit_label="hips") == []


@pytest.mark.catalogue("N33")
def test_only_errors_can_be_overridden():
    shown = findings(
        make_cohort(patients_treated="7", women="8", men="1", age_min="9", age_max="8")
    )

    assert shown
    assert all(one.severity == "error" for one in shown if one.overridable)


@pytest.mark.catalogue("N06")
def test_numbers_of_forty_digits_are_compared_exactly():
    big = "9" * 40
    less = "9" * 39 + "8"

    assert codes(make_cohort(patients_treated=less, women=big)) == ["more_than_possible"]
    assert "more_than_possible" not in codes(make_cohort(patients_treated=big, women=less))


@given(
    st.dictionaries(
        st.sampled_from([spec.key for spec in FORM.at_level("cohort") if spec.type.is_number]),
        st.decimals(min_value=0, max_value=100, places=1).map(lambda number: f"{number:f}"),
    )
)
def test_no_set_of_numbers_breaks_the_checks(texts):
    whole = {
        key: text.split(".")[0] if FORM.field(key).type == "integer" else text
        for key, text in texts.items()
    }

    for found in findings(make_cohort(**whole)):
        assert found.message
        assert found.severity in {"error", "warning"}
