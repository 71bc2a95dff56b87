import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.alignment import propose as proposed
from extraction.schema import (
    CopyAnswers,
    ElementAnswers,
    load_form,
    read_answer,
    shipped_form,
    shipped_instruments,
)
from extraction.vocabularies import Term, Vocabularies, are_opposites

FORM = shipped_form()


def make_element(group, uid, *, of="", across="", form=FORM, **texts):
    """Make an element; of a summary statistic, ``estimate__value`` is the part ``value``."""
    answers = {}
    for name, text in texts.items():
        key = name.replace("__", ".")
        answer = read_answer(form.by_cell[key], text)
        if answer is not None:
            answers[key] = answer
    return ElementAnswers(uid, group, answers, of, across)


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
            intervention_label=label_case("Ultrasound-guided injection"),
            category="injection",
            cohorts=f"{seat}-inj",
        ),
        make_element(
            "intervention",
            f"{seat}-i2",
            intervention_label=label_case("Endoscopic lesser trochanter resection"),
            category="arthroscopic lesser trochanter resection",
            cohorts=f"{seat}-op",
        ),
        make_element("outcome", f"{seat}-mhhs", instrument=label_case("mHHS")),
        make_element("outcome", f"{seat}-vas", instrument=label_case("VAS pain")),
        *[
            make_element(
                "result",
                f"{seat}-{cohort}-{outcome}-{kind}-{months}",
                of=f"{seat}-{cohort}",
                across=f"{seat}-{outcome}",
                time_kind=kind,
                time=months,
            )
            for cohort, outcome, kind, months in (
                ("inj", "vas", "baseline", "0"),
                ("inj", "vas", "scheduled_visit", "3"),
                ("inj", "vas", "scheduled_visit", "12"),
                ("op", "mhhs", "baseline", "0"),
                ("op", "mhhs", "final_follow_up", "24"),
            )
        ],
        *make_events(seat, label_case),
        make_element(
            "procedure", f"{seat}-proc", of=f"{seat}-i2", procedure_name=label_case("Bursectomy")
        ),
        make_element("activity", f"{seat}-sport", of=f"{seat}-op", activity_kind="sport"),
        make_element("activity", f"{seat}-work", of=f"{seat}-op", activity_kind="work"),
        make_element(
            "level", f"{seat}-good", of=f"{seat}-op-mhhs-final_follow_up-24", level_rank="1"
        ),
        make_element(
            "level", f"{seat}-poor", of=f"{seat}-op-mhhs-final_follow_up-24", level_rank="2"
        ),
    ]


def make_events(seat, label_case=str):
    """All complications of one arm, and two kinds of them."""
    of = f"{seat}-op"
    kinds = [("all", ""), ("palsy", "Sciatic neurapraxia"), ("blood", "Haematoma")]
    return [
        make_element(
            "event",
            f"{seat}-{name}",
            of=of,
            event_class="complication",
            event_type=label_case(kind),
        )
        for name, kind in kinds
    ]


def propose(a, b, form=FORM, **options):
    return proposed(form, CopyAnswers({}, a), CopyAnswers({}, b), **options)


def uids(pairs):
    return [(pair.a_uid, pair.b_uid) for pair in pairs]


@pytest.mark.catalogue("N29")
@given(st.randoms(use_true_random=False))
def test_the_same_elements_in_any_order_are_aligned_in_the_same_way(shuffler):
    a, b = make_copy("a"), make_copy("b", label_case=str.upper)
    straight = propose(a, b)
    shuffler.shuffle(a)
    shuffler.shuffle(b)

    shuffled = propose(a, b)

    assert shuffled == straight
    assert all(pair.a_uid[1:] == pair.b_uid[1:] for pair in shuffled)


@pytest.mark.catalogue("N29")
def test_every_element_of_both_copies_stands_in_exactly_one_pair():
    a, b = make_copy("a")[1:], make_copy("b")[:-2]

    pairs = propose(a, b)

    assert sorted(pair.a_uid for pair in pairs if pair.a_uid) == sorted(one.uid for one in a)
    assert sorted(pair.b_uid for pair in pairs if pair.b_uid) == sorted(one.uid for one in b)


@pytest.mark.catalogue("N30")
def test_an_extra_arm_stands_alone_with_its_results():
    a, b = make_copy("a"), make_copy("b")
    extra = make_cohort("b-third", "Physiotherapy alone", patients_treated="40")
    visit = make_element(
        "result", "b-extra", of="b-third", across="b-vas", time_kind="baseline", time="0"
    )

    pairs = propose(a, [*b, extra, visit])

    alone = [pair for pair in pairs if pair.a_uid is None]
    assert uids(alone) == [(None, "b-third"), (None, "b-extra")]
    assert {pair.why for pair in alone} == {"only in copy B"}
    assert len([pair for pair in pairs if pair.a_uid and pair.b_uid]) == len(a)


@pytest.mark.catalogue("N30")
def test_an_element_that_only_the_first_person_listed_stands_alone():
    pairs = propose(make_copy("a"), [])

    assert {pair.b_uid for pair in pairs} == {None}
    assert {pair.why for pair in pairs} == {"only in copy A"}


def test_the_only_cohort_of_both_copies_is_proposed_however_it_is_called():
    a = make_element("cohort", "a", label="Whole series", patients_treated="12")
    b = make_element("cohort", "b", label="Trochanteric resection", patients_treated="14")

    pairs = propose([a], [b])

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

    assert uids(propose(a, b)) == [("a1", "b2"), ("a2", "b1")]


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

    assert (("a", "b") in uids(propose([a], [b]))) == same


def test_a_result_is_never_matched_across_outcomes():
    a, b = make_copy("a"), make_copy("b")
    moved = [
        make_element("result", "b-x", of="b-op", across="b-vas", time_kind="baseline", time="0")
        if element.uid == "b-op-mhhs-baseline-0"
        else element
        for element in b
    ]

    pairs = uids(propose(a, moved))

    assert ("a-op-mhhs-baseline-0", None) in pairs
    assert (None, "b-x") in pairs


def test_a_visit_that_one_person_called_the_final_one_is_still_proposed_and_says_so():
    shared = {"time": "12", "n": "20", "estimate__value": "86.1"}
    frame = [
        [make_cohort(f"{s}-c", "Series"), make_element("outcome", f"{s}-o", instrument="mHHS")]
        for s in "ab"
    ]
    a = make_element("result", "a", of="a-c", across="a-o", time_kind="scheduled_visit", **shared)
    b = make_element("result", "b", of="b-c", across="b-o", time_kind="final_follow_up", **shared)

    pairs = propose([*frame[0], a], [*frame[1], b])

    assert (pairs[-1].a_uid, pairs[-1].b_uid) == ("a", "b")
    assert "different kind of time point" in pairs[-1].why


def test_scores_are_decimals_from_0_to_1():
    pairs = propose(make_copy("a"), make_copy("b"))

    assert {pair.score for pair in pairs} == {"1.00"}


def pair_up(group, one, other, **options):
    """Say whether two elements that belong to paired cohorts and outcomes are paired."""
    frame = [
        [
            make_cohort(f"{s}-c", "Series"),
            make_element("outcome", f"{s}-o", instrument="WOMAC"),
            make_element("intervention", f"{s}-i", intervention_label="Injection"),
            make_element("intervention", f"{s}-j", intervention_label="Open resection"),
        ]
        for s in "ab"
    ]
    of = {"outcome": {}, "intervention": {}, "contrast": {}}.get(group, {"of": "{}-c"})
    of = {"of": "{}-c", "across": "{}-o"} if group == "result" else of
    made = [
        make_element(
            group,
            seat,
            **{name: place.format(seat) for name, place in of.items()},
            **{key: text.replace("@", f"{seat}-") for key, text in answers.items()},
        )
        for seat, answers in (("a", one), ("b", other))
    ]
    return ("a", "b") in uids(propose([*frame[0], made[0]], [*frame[1], made[1]], **options))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("VAS", "VAS pain", True),
        ("Visual analog scale", "VAS pain", True),
        ("iHOT-12", "iHOT12", True),
        ("iHOT 12", "International Hip Outcome Tool, 12 items", True),
        ("mHHS", "modified HHS", True),
        ("HHS", "modified Harris Hip Score", False),
        ("Harris Hip Score", "mHHS", False),
        ("Merle d'Aubigné-Postel", "Merle d’Aubigne Postel", True),
        ("External rotation", "Internal rotation", False),
        ("external-rotation", "EXTERNAL ROTATION", True),
        ("Hip flexion", "Hip extension", False),
        ("Abductor strength, left", "Abductor strength, right", False),
        ("Flexion and extension", "Flexion", False),
        ("VAS pain at rest", "VAS pain in activity", False),
        ("Strength of the dominant leg", "Strength of the non-dominant leg", False),
    ],
)
def test_names_of_one_thing_pair_and_opposites_never_do(one, other, same):
    assert pair_up("outcome", {"instrument": one}, {"instrument": other}) == same


def test_opposites_never_pair_whichever_question_says_them():
    angle = {"instrument": "Goniometer", "unit": "degrees", "domain": "range_of_motion"}
    one, other = ({**angle, "outcome_label": f"{s} rotation"} for s in ("External", "Internal"))
    left, right = make_cohort("a", "Left hips"), make_cohort("b", "Right hips")

    assert pair_up("outcome", one, one)
    assert not pair_up("outcome", one, other)
    assert not pair_up("outcome", one, {"instrument": "Internal rotation"})
    assert uids(propose([left], [right])) == [("a", None), (None, "b")]


def test_two_outcomes_without_a_name_never_pair():
    said = {"unit": "points", "domain": "pain", "range_min": "0", "range_max": "10"}

    assert not pair_up("outcome", said, said)
    assert not pair_up("outcome", {}, {})
    assert not pair_up("outcome", {**said, "instrument": "nr"}, {**said, "instrument": "nr"})
    assert pair_up("outcome", {**said, "outcome_label": "Pain"}, {**said, "outcome_label": "pain"})


def test_a_subscale_is_told_by_its_version_and_an_unknown_instrument_by_what_it_measures():
    hagos = {"instrument": "HAGOS"}
    assert pair_up("outcome", {**hagos, "instrument_version": "Pain"}, hagos)
    assert not pair_up(
        "outcome",
        {**hagos, "instrument_version": "Pain"},
        {**hagos, "instrument_version": "Symptoms"},
    )
    mri = {"instrument": "MRI"}
    assert not pair_up(
        "outcome",
        {**mri, "outcome_label": "Ischiofemoral space"},
        {**mri, "outcome_label": "Oedema"},
    )


def test_the_reviews_own_names_are_used():
    words = Vocabularies(
        {
            "instruments": [Term("Bern hip value", ("Subjektiver Hüftwert",))],
            "categories": [Term("injection", ("infiltration",)), Term("open decompression")],
        }
    )
    outcomes = {"instrument": "Bern hip value"}, {"instrument": "subjektiver hüftwert"}
    treatments = (
        {"intervention_label": "Steroid", "category": "Infiltration"},
        {"intervention_label": "Betamethasone", "category": "injection"},
    )

    assert pair_up("outcome", *outcomes, vocabularies=words)
    assert not pair_up("outcome", *outcomes)
    assert pair_up("intervention", *treatments, vocabularies=words)
    assert not pair_up("intervention", *treatments)


COMPLICATION = {"event_class": "complication"}
PALSY = {**COMPLICATION, "event_type": "Sciatic neurapraxia", "event_count": "1"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (COMPLICATION, COMPLICATION, True),
        (PALSY, {**PALSY, "event_type": "sciatic  neurapraxia", "event_count": "2"}, True),
        (COMPLICATION, {"event_class": "revision"}, False),
        ({**COMPLICATION, "event_count": "1"}, PALSY, False),
        (COMPLICATION, {**COMPLICATION, "severity_grade": "II"}, False),
        (COMPLICATION, {**COMPLICATION, "event_major": "yes"}, False),
        (COMPLICATION, {**COMPLICATION, "event_time": "6"}, False),
        (PALSY, {**PALSY, "event_type": "Haematoma"}, False),
        (PALSY, {**COMPLICATION, "severity_grade": "II", "event_count": "1"}, False),
        (
            {**COMPLICATION, "severity_grade": "I"},
            {**COMPLICATION, "severity_grade": "II"},
            False,
        ),
        ({**COMPLICATION, "event_after": "@i"}, {**COMPLICATION, "event_after": "@i"}, True),
        ({**COMPLICATION, "event_after": "@i"}, {**COMPLICATION, "event_after": "@j"}, False),
        ({**COMPLICATION, "event_after": "@i"}, {**COMPLICATION, "event_after": "nr"}, True),
    ],
)
def test_a_class_as_a_whole_pairs_with_a_whole_and_a_kind_with_that_kind(one, other, same):
    assert pair_up("event", one, other) == same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"time": "6", "time_unit": "weeks"}, {"time": "1.4"}, True),
        ({"time": "3"}, {"time": "12"}, False),
        ({"time": "12"}, {"time": "12", "time_unit": "weeks"}, False),
        ({"time_label": "3 months"}, {"time_label": "12 months"}, False),
        ({"time_label": "3 months"}, {"time_label": "3 months"}, True),
        ({"time": "12", "result_after": "@i"}, {"time": "12", "result_after": "@j"}, False),
    ],
)
def test_scheduled_visits_at_other_times_or_after_other_treatments_are_other_visits(
    one, other, same
):
    visit = {"time_kind": "scheduled_visit", "n": "20"}

    assert pair_up("result", {**visit, **one}, {**visit, **other}) == same


@pytest.mark.parametrize(
    ("group", "one", "other", "same"),
    [
        ("activity", {"activity_kind": "sport"}, {"activity_kind": "sport"}, True),
        ("activity", {"activity_kind": "sport"}, {"activity_kind": "work"}, False),
        ("flow", {"flow_point": "died"}, {"flow_point": "died"}, True),
        ("flow", {"flow_point": "died"}, {"flow_point": "withdrawn"}, False),
        (
            "survival",
            {"survival_endpoint": "Revision", "survival_time": "5", "survival_time_unit": "years"},
            {"survival_endpoint": "revision", "survival_time": "60"},
            True,
        ),
        (
            "survival",
            {"survival_endpoint": "Revision", "survival_time": "60"},
            {"survival_endpoint": "Revision", "survival_time": "120"},
            False,
        ),
        (
            "contrast",
            {"contrast_outcome": "@o", "cohort_a": "@c", "contrast_measure": "MD"},
            {"contrast_outcome": "@o", "cohort_a": "@c", "contrast_measure": "MD"},
            True,
        ),
        (
            "contrast",
            {"contrast_outcome": "@o", "cohort_a": "@c", "contrast_time": "3"},
            {"contrast_outcome": "@o", "cohort_a": "@c", "contrast_time": "12"},
            False,
        ),
    ],
)
def test_other_groups_are_told_by_what_makes_them_that_thing(group, one, other, same):
    assert pair_up(group, one, other) == same


def test_what_belongs_to_an_element_pairs_within_its_pair_only():
    a, b = make_copy("a"), make_copy("b")
    swapped = [
        make_element("procedure", "b-proc", of="b-i1", procedure_name="Bursectomy")
        if element.uid == "b-proc"
        else element
        for element in b
    ]

    pairs = uids(propose(a, swapped))

    assert {("a-proc", None), (None, "b-proc")} <= set(pairs)


def test_the_only_cohort_left_to_pair_is_not_the_only_one_of_both_copies():
    a = [make_cohort("a1", "Injection"), make_cohort("a2", "Revision cases")]
    b = [make_cohort("b1", "Injection"), make_cohort("b2", "Healthy controls")]

    pairs = propose(a, b, free={"a2", "b2"}, partners={"a1": "b1"})

    assert uids(pairs) == [("a2", None), (None, "b2")]


OWN_FORM = load_form(
    {
        "slug": "migraine",
        "title": "Migraine",
        "version": 1,
        "groups": [
            {"key": "cohort", "name": "Cohort", "plural": "Cohorts"},
            {"key": "outcome", "name": "Outcome", "plural": "Outcomes"},
            {"key": "rescue", "name": "Rescue drug", "plural": "Rescue drugs", "of": ["cohort"]},
            {
                "key": "consent",
                "name": "Consent",
                "plural": "Consents",
                "of": ["cohort"],
                "repeats": False,
            },
        ],
        "sections": [
            {"key": key, "title": key, "group": key}
            for key in ("cohort", "outcome", "rescue", "consent")
        ],
        "fields": [
            {"key": key, "question": key, "group": group, "section": group, "type": kind}
            for key, group, kind in (
                ("arm", "cohort", "text"),
                ("measure", "outcome", "text"),
                ("days", "outcome", "integer"),
                ("drug", "rescue", "text"),
                ("dose", "rescue", "decimal"),
                ("route", "rescue", "text"),
                ("asked", "consent", "yesno"),
            )
        ],
    }
)


def own(group, uid, **answers):
    return make_element(group, uid, form=OWN_FORM, **answers)


def test_outcomes_of_own_questions_pair_by_their_answers_and_never_while_these_are_blank():
    a = [own("outcome", "a1", measure="Monthly migraine days"), own("outcome", "a2")]
    b = [own("outcome", "b2"), own("outcome", "b1", measure="monthly migraine days")]

    assert set(uids(propose(a, b, OWN_FORM))) == {("a1", "b1"), ("a2", None), (None, "b2")}


def test_any_group_of_a_leads_own_pairs_by_its_answers():
    frame = [[own("cohort", f"{seat}-c", arm="Erenumab")] for seat in "ab"]
    drugs = [("Sumatriptan", "50"), ("Sumatriptan", "100"), ("Ibuprofen", "400")]
    a, b = (
        [
            own("rescue", f"{seat}{n}", of=f"{seat}-c", drug=drug, dose=dose, route="oral")
            for n, (drug, dose) in enumerate(drugs)
        ]
        for seat in "ab"
    )

    pairs = uids(propose([*frame[0], *a], [*frame[1], *b[::-1]], OWN_FORM))

    assert set(pairs[1:]) == {("a0", "b0"), ("a1", "b1"), ("a2", "b2")}
    assert uids(propose([*frame[0], a[0]], [*frame[1], b[2]], OWN_FORM))[1:] == [
        ("a0", None),
        (None, "b2"),
    ]


def test_what_an_element_has_one_of_pairs_whatever_is_said_of_it():
    frame = [[own("cohort", f"{seat}-c", arm="Erenumab")] for seat in "ab"]
    a = own("consent", "a", of="a-c", asked="yes")
    b = own("consent", "b", of="b-c", asked="no")

    pair = propose([*frame[0], a], [*frame[1], b], OWN_FORM)[-1]

    assert (pair.a_uid, pair.b_uid, pair.why) == ("a", "b", "the only consent in both copies")


def test_every_name_of_a_shipped_instrument_stands_for_that_one():
    words = Vocabularies().instruments

    for one in shipped_instruments():
        for name in (one.key, one.name, *one.aliases):
            assert words.term(name) == one.name


@given(st.text(max_size=20), st.text(max_size=20))
def test_opposites_are_opposite_both_ways_and_nothing_is_its_own(one, other):
    assert are_opposites(one, other) == are_opposites(other, one)
    assert not are_opposites(one, one)
