from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extraction.checks import CopyAnswers, ElementAnswers, required_blanks
from extraction.checks.running import RULES as RUNNING
from extraction.schema.check_rules import RULES as DECLARED
from tests.extraction.copies import (
    FORM,
    codes,
    findings,
    make_cohort,
    make_element,
    make_event,
    make_mean,
    make_outcome,
    make_result,
    mean_of,
    the_finding,
)

COUNT = st.integers(min_value=1, max_value=500)


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
        age__min="18",
        age__max="57",
        complications_assessed="yes",
        **mean_of("age", "35.8", "11.7"),
    )
    outcome = make_outcome(range_min="0", range_max="100")
    before = make_mean("r1", "46.1", "12.3", time_kind="baseline", n="18")
    after = make_mean("r2", "90.4", "8.8", time_kind="final_follow_up", n="18", p_value="<0.001")
    event = make_event(event_count="1", affected="1", event_of="18", event_of_unit="units")

    assert findings(cohort, outcome, before, after, event) == []


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
        cohort, make_event(affected="3", event_of="2", event_of_unit="units")
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
    cohort = make_cohort(patients_treated="16", units_treated="18")

    assert codes(cohort, make_event(event_of="18", event_of_unit="units")) == []
    found = the_finding(
        "more_than_cohort", cohort, make_event(event_of="18", event_of_unit="patients")
    )
    assert (found.element_uid, found.key) == ("e1", "event_of")
    assert "patients treated (16)" in found.message


def test_those_asked_about_an_activity_are_patients_unless_it_is_said_otherwise():
    cohort = make_cohort(patients_treated="16", units_treated="18")
    sport = {"parent": "c1", "activity_kind": "sport", "activity_assessed": "17"}

    assert "more_than_cohort" in codes(cohort, make_element("activity", "a1", **sport))
    assert codes(cohort, make_element("activity", "a1", **sport, activity_unit="units")) == []


@pytest.mark.catalogue("N18")
def test_a_denominator_without_a_unit_is_asked_about():
    satisfaction = make_element("satisfaction", "s1", parent="c1", satisfied_of="20")

    found = the_finding("unit_missing", make_cohort(), satisfaction)

    assert (found.element_uid, found.key) == ("s1", "satisfied_unit")
    assert "patients or hips?" in found.message


@pytest.mark.catalogue("N07")
def test_no_patients_at_all_is_a_warning_to_confirm():
    found = the_finding("zero", make_cohort(patients_treated="0"))

    assert found.severity == "warning"


@pytest.mark.catalogue("N20")
@pytest.mark.parametrize("text", ["nr", "na", "unclear"])
def test_a_missing_number_is_not_zero_and_is_checked_against_nothing(text):
    assert codes(make_cohort(patients_treated=text, women="5", units_treated="3")) == []


# --- P values and scales


@pytest.mark.catalogue("N14")
def test_a_p_value_of_zero_asks_for_a_smaller_than_sign():
    shown = [make_cohort(), make_outcome()]

    found = the_finding("p_zero", *shown, make_result(p_value="0.000"))

    assert found.severity == "error"
    assert "<0.001" in found.message
    assert "p_zero" in codes(*shown, make_result(p_value="<0"))
    assert "p_zero" in codes(*shown, make_result(p_value="p = ·000"))
    for words in ("<0.001", ".03", "NS", "p < 0·05", ">0.05", "1.0", "3.2e-5", "< 5 %", "p"):
        assert codes(*shown, make_result(p_value=words)) == []


@pytest.mark.catalogue("N14")
def test_a_p_value_above_one_is_an_error():
    shown = [make_cohort(), make_outcome()]

    assert the_finding("p_above_one", *shown, make_result(p_value="p=1.2")).severity == "error"


@pytest.mark.catalogue("N14")
def test_a_p_value_below_zero_is_an_error():
    shown = [make_cohort(), make_outcome()]

    for words in ("-0.1", "p = −0.03", "<–.5"):
        assert the_finding("p_below_zero", *shown, make_result(p_value=words)).severity == "error"
    assert codes(*shown, make_result(p_value="p-0.03")) == []


def test_a_result_lies_within_the_scale_of_its_instrument():
    outcome = make_outcome(range_min="0", range_max="10")

    found = the_finding("outside_scale", make_cohort(), outcome, make_mean("r1", "48.2"))

    assert (found.key, found.overridable) == ("estimate.value", True)
    assert "(10)" in found.message
    assert codes(make_cohort(), outcome, make_mean("r1", "7.1")) == []


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
    wrong = make_element("intervention", "i1", intervention_label="X", cohorts="o1")
    assert codes(make_outcome(), wrong) == ["unknown_reference"]


def test_a_result_belongs_to_a_cohort_and_an_outcome_of_its_copy():
    lost = ElementAnswers("r1", "result", {}, "gone", "o1")

    assert codes(make_outcome(), lost) == ["without_place"]


# --- the whole


@pytest.mark.catalogue("N21")
def test_required_fields_left_blank_are_listed_in_the_order_of_the_form():
    copy = CopyAnswers({}, [make_cohort(cohort_kind="arm")])

    found = required_blanks(FORM, copy, unit_label="hips")

    assert [(one.element_uid, one.key) for one in found] == [
        ("c1", "counts_towards_totals"),
        ("c1", "patients_treated"),
    ]
    assert found[0].message == "Counts towards totals is blank in “Series”"


@pytest.mark.catalogue("N21")
def test_a_missing_code_fills_a_required_field():
    cohort = make_cohort(cohort_kind="arm", counts_towards_totals="yes", patients_treated="nr")

    assert required_blanks(FORM, CopyAnswers({}, [cohort]), unit_label="hips") == []


@pytest.mark.catalogue("N33")
def test_only_errors_can_be_overridden():
    shown = findings(
        make_cohort(patients_treated="7", women="8", men="1", age__min="9", age__max="8")
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
        st.sampled_from([spec.key for spec in FORM.cells_of("cohort") if spec.type.is_number]),
        st.decimals(min_value=0, max_value=100, places=1).map(lambda number: f"{number:f}"),
    )
)
def test_no_set_of_numbers_breaks_the_checks(texts):
    whole = {
        key.replace(".", "__"): text.split(".")[0] if FORM.by_cell[key].type == "integer" else text
        for key, text in texts.items()
    }

    for found in findings(make_cohort(**whole)):
        assert found.message
        assert found.severity in {"error", "warning"}
