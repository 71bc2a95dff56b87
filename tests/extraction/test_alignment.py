import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.alignment import propose
from extraction.schema import CopyAnswers, ElementAnswers, read_answer, shipped_form

FORM = shipped_form()


def make_element(level, uid, *, cohort="", outcome="", **texts):
    answers = {key: read_answer(FORM.field(key), text) for key, text in texts.items()}
    return ElementAnswers(uid, level, answers, cohort, outcome)


def make_cohort(uid, label, **texts):
    return make_element("cohort", uid, **{"label": label, "cohort_kind": "arm", **texts})


def make_copy(seat, *, label_case=str):
    """One copy of a study with two arms, two outcomes and five results; uids start with a seat."""
    return [
        make_cohort(f"{seat}-inj", label_case("Injection"), patients_treated="15"),
        make_cohort(f"{seat}-op", label_case("Endoscopic resection"), patients_treated="9"),
        make_element(
            "intervention",
            f"{seat}-i1",
            name=label_case("Ultrasound-guided injection"),
            category="injection",
            cohorts=f"{seat}-inj",
        ),
        make_element(
            "intervention",
            f"{seat}-i2",
            name=label_case("Endoscopic lesser trochanter resection"),
            category="arthroscopic lesser trochanter resection",
            cohorts=f"{seat}-op",
        ),
        make_element("outcome", f"{seat}-mhhs", instrument=label_case("mHHS")),
        make_element("outcome", f"{seat}-vas", instrument=label_case("VAS pain")),
        *[
            make_element(
                "result",
                f"{seat}-{cohort}-{outcome}-{kind}-{months}",
                cohort=f"{seat}-{cohort}",
                outcome=f"{seat}-{outcome}",
                time_kind=kind,
                months=months,
            )
            for cohort, outcome, kind, months in (
                ("inj", "vas", "baseline", "0"),
                ("inj", "vas", "scheduled_visit", "3"),
                ("inj", "vas", "scheduled_visit", "12"),
                ("op", "mhhs", "baseline", "0"),
                ("op", "mhhs", "final_follow_up", "24"),
            )
        ],
    ]


def copies(a, b):
    return CopyAnswers({}, a), CopyAnswers({}, b)


def uids(pairs):
    return [(pair.a_uid, pair.b_uid) for pair in pairs]


@pytest.mark.catalogue("N29")
@given(st.randoms(use_true_random=False))
def test_the_same_elements_in_any_order_are_aligned_in_the_same_way(shuffler):
    a, b = make_copy("a"), make_copy("b", label_case=str.upper)
    straight = propose(*copies(a, b))
    shuffler.shuffle(a)
    shuffler.shuffle(b)

    shuffled = propose(*copies(a, b))

    assert shuffled == straight
    assert all(pair.a_uid[1:] == pair.b_uid[1:] for pair in shuffled)


@pytest.mark.catalogue("N29")
def test_every_element_of_both_copies_stands_in_exactly_one_pair():
    a, b = make_copy("a")[1:], make_copy("b")[:-2]

    pairs = propose(*copies(a, b))

    assert sorted(pair.a_uid for pair in pairs if pair.a_uid) == sorted(one.uid for one in a)
    assert sorted(pair.b_uid for pair in pairs if pair.b_uid) == sorted(one.uid for one in b)


@pytest.mark.catalogue("N30")
def test_an_extra_arm_stands_alone_with_its_results():
    a, b = make_copy("a"), make_copy("b")
    extra = make_cohort("b-third", "Physiotherapy alone", patients_treated="40")
    visit = make_element(
        "result", "b-extra", cohort="b-third", outcome="b-vas", time_kind="baseline", months="0"
    )

    pairs = propose(*copies(a, [*b, extra, visit]))

    alone = [pair for pair in pairs if pair.a_uid is None]
    assert uids(alone) == [(None, "b-third"), (None, "b-extra")]
    assert {pair.why for pair in alone} == {"only in copy B"}
    assert len([pair for pair in pairs if pair.a_uid and pair.b_uid]) == len(a)


@pytest.mark.catalogue("N30")
def test_an_element_that_only_the_first_person_listed_stands_alone():
    pairs = propose(*copies(make_copy("a"), []))

    assert {pair.b_uid for pair in pairs} == {None}
    assert {pair.why for pair in pairs} == {"only in copy A"}


def test_the_only_cohort_of_both_copies_is_proposed_however_it_is_called():
    a = make_element("cohort", "a", label="Whole series", patients_treated="12")
    b = make_element("cohort", "b", label="Trochanteric resection", patients_treated="14")

    pairs = propose(*copies([a], [b]))

    assert uids(pairs) == [("a", "b")]
    assert pairs[0].why == "the only cohort in both copies"


def test_arms_are_told_apart_by_their_numbers_where_the_names_do_not_help():
    a = [
        make_cohort("a1", "Group 1", patients_treated="15", women="14"),
        make_cohort("a2", "Group 2", patients_treated="9", women="8"),
    ]
    b = [
        make_cohort("b1", "Group B", patients_treated="9", women="8"),
        make_cohort("b2", "Group A", patients_treated="15", women="14"),
    ]

    assert uids(propose(*copies(a, b))) == [("a1", "b2"), ("a2", "b1")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mHHS", "modified Harris Hip Score", True),
        ("mHHS", "Modified Harris hip score", True),
        ("mHHS", "HHS", False),
        ("iHOT-12", "iHOT-33", False),
        ("HOS-ADL", "HOS-SSS", False),
        ("mHHS", "mHSS (unknown)", False),
        ("Ischiofemoral space", "ischiofemoral  space", True),
        ("Rotation at 90 degrees", "Rotation at 0 degrees", False),
    ],
)
def test_instruments_are_the_same_by_name_or_alias_and_not_by_likeness_of_letters(one, other, same):
    a = make_element("outcome", "a", instrument=one)
    b = make_element("outcome", "b", instrument=other)

    assert (("a", "b") in uids(propose(*copies([a], [b])))) == same


def test_a_result_is_never_matched_across_outcomes():
    a, b = make_copy("a"), make_copy("b")
    moved = [
        make_element(
            "result", "b-x", cohort="b-op", outcome="b-vas", time_kind="baseline", months="0"
        )
        if element.uid == "b-op-mhhs-baseline-0"
        else element
        for element in b
    ]

    pairs = uids(propose(*copies(a, moved)))

    assert ("a-op-mhhs-baseline-0", None) in pairs
    assert (None, "b-x") in pairs


def test_a_visit_that_one_person_called_the_final_one_is_still_proposed_and_says_so():
    shared = {"months": "12", "n": "20", "mean": "86.1"}
    frame = [
        [make_cohort(f"{s}-c", "Series"), make_element("outcome", f"{s}-o", instrument="mHHS")]
        for s in "ab"
    ]
    a = make_element(
        "result", "a", cohort="a-c", outcome="a-o", time_kind="scheduled_visit", **shared
    )
    b = make_element(
        "result", "b", cohort="b-c", outcome="b-o", time_kind="final_follow_up", **shared
    )

    pairs = propose(*copies([*frame[0], a], [*frame[1], b]))

    assert (pairs[-1].a_uid, pairs[-1].b_uid) == ("a", "b")
    assert "different kind of time point" in pairs[-1].why


def test_scores_are_decimals_from_0_to_1():
    pairs = propose(*copies(make_copy("a"), make_copy("b")))

    assert {pair.score for pair in pairs} == {"1.00"}
