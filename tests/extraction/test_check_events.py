"""What a class of events says as a whole, and what its kinds say."""

import pytest

from tests.extraction.copies import (
    codes,
    findings,
    make_cohort,
    make_event,
    make_intervention,
    the_finding,
)

COHORT = make_cohort(patients_treated="20", units_treated="23")
OF = {"event_of": "23", "event_of_unit": "units"}


@pytest.mark.parametrize("classes", ["complications", "reoperations"])
def test_assessed_without_any_event_of_the_class_is_a_warning(classes):
    found = the_finding("assessed_without_event", make_cohort(**{f"{classes}_assessed": "yes"}))

    assert (found.severity, found.key) == ("warning", f"{classes}_assessed")
    assert "0 events" in found.message


def test_an_event_with_zero_answers_that_the_class_was_assessed():
    cohort = make_cohort(complications_assessed="yes", reoperations_assessed="yes")
    none = make_event("e1", event_count="0", affected="0", **OF)

    assert codes(cohort, none) == ["assessed_without_event"]
    assert codes(cohort, none, make_event("e2", "conversion", event_count="0", **OF)) == []
    removal = make_event("e2", "planned_removal", event_count="0", **OF)
    assert "assessed_without_event" in codes(cohort, none, removal)


def test_events_of_the_arms_are_events_of_the_series():
    series = make_cohort(complications_assessed="yes")
    arm = make_cohort("c2", part_of="c1")
    event = make_event(event_count="0", **OF)

    assert codes(series, arm, event) == []
    assert "assessed_without_event" not in codes(make_cohort("c0", complications_assessed="nr"))


def test_events_that_nobody_looked_for_are_a_warning():
    cohort = make_cohort(complications_assessed="no")

    assert codes(cohort, make_event(event_count="2", affected="2", **OF)) == ["events_not_assessed"]
    assert codes(cohort, make_event(event_count="0", **OF)) == []


def test_a_class_stands_once_as_a_whole_for_a_cohort_and_a_treatment():
    one, other = (make_event(uid, event_count="1", **OF) for uid in ("e1", "e2"))

    found = the_finding("two_wholes", COHORT, one, other)

    assert (found.severity, found.overridable) == ("error", False)
    assert (found.element_uid, found.key) == ("e2", "event_class")
    assert codes(COHORT, one, make_event("e2", "revision", event_count="1", **OF)) == []
    for told_apart in ("event_type", "severity_grade", "event_time"):
        assert (
            codes(COHORT, one, make_event("e2", event_count="1", **{told_apart: "1"}, **OF)) == []
        )


def test_a_whole_after_the_only_treatment_is_the_one_that_names_none():
    only = make_intervention("i1")
    unnamed = make_event("e1", event_count="1", **OF)
    named = make_event("e2", event_count="1", event_after="i1", **OF)

    assert codes(COHORT, only, unnamed, named) == ["two_wholes"]
    second = make_intervention("i2")
    assert codes(COHORT, only, second, unnamed, named) == []


def test_a_whole_has_no_fewer_events_than_its_kinds_along_one_axis():
    whole = make_event("e1", event_count="3", affected="3", **OF)
    types = [
        make_event(f"t{n}", event_type=name, event_count=n, affected="1", **OF)
        for n, name in (("1", "Infection"), ("2", "Delayed union"))
    ]
    grades = [
        make_event(f"g{n}", severity_grade=name, event_count=n, affected="1", **OF)
        for n, name in (("1", "I"), ("2", "II"))
    ]

    assert codes(COHORT, whole, *types, *grades) == []
    more = make_event("t3", event_type="Fracture", event_count="1", affected="1", **OF)
    found = the_finding("fewer_than_kinds", COHORT, whole, *types, more)
    assert (found.element_uid, found.key, found.overridable) == ("e1", "event_count", True)
    assert "make 4" in found.message


def test_a_whole_affects_no_fewer_than_its_largest_kind():
    whole = make_event("e1", event_count="5", affected="2", **OF)
    kind = make_event("e2", event_type="Infection", event_count="3", affected="3", **OF)

    found = the_finding("fewer_than_largest_kind", COHORT, whole, kind)

    assert (found.element_uid, found.key) == ("e1", "affected")
    patients = make_event(
        "e2", event_type="X", event_count="3", affected="3", event_of="20", event_of_unit="patients"
    )
    assert codes(COHORT, whole, patients) == []


def test_nobody_affected_by_events_and_more_affected_than_events_are_errors():
    none = findings(COHORT, make_event(event_count="2", affected="0", **OF))
    many = findings(COHORT, make_event(event_count="1", affected="2", **OF))

    assert [(f.code, f.key, f.overridable) for f in none] == [("nobody_affected", "affected", True)]
    assert [(f.code, f.key) for f in many] == [("more_than_possible", "affected")]


@pytest.mark.parametrize(("includes", "fits"), [("yes", False), ("no", True), ("nr", True)])
def test_planned_removal_is_compared_with_any_reoperation_only_where_it_is_counted(includes, fits):
    cohort = make_cohort(units_treated="23", includes_planned_removal=includes)
    whole = make_event("e1", "any_reoperation", event_count="1", affected="1", **OF)
    removal = make_event("e2", "planned_removal", affected="9", **OF)

    found = findings(cohort, whole, removal)

    assert [one.code for one in found] == ([] if fits else ["above_any_reoperation"])
    assert all("Planned removal (9)" in one.message for one in found)


def test_any_reoperation_is_no_less_than_what_it_is_the_whole_of():
    whole = make_event("e1", "any_reoperation", event_count="2", affected="2", **OF)
    one = make_event("e2", "revision", event_count="1", affected="1", **OF)
    two = make_event("e3", "conversion", event_count="2", affected="2", **OF)
    crossed = make_event("e4", "crossover", event_count="9", affected="9", **OF)

    assert codes(COHORT, whole, one, crossed) == []
    assert codes(COHORT, whole, two) == []
    assert codes(COHORT, whole, one, two) == ["above_any_reoperation"]
    three = make_event("e3", "conversion", event_type="Total", affected="3", **OF)
    assert codes(COHORT, whole, three) == ["above_any_reoperation"]
