import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.numbers import parse_number
from extraction.schema import (
    MAX_TEXT,
    SHIPPED_FORMS,
    Answer,
    AnswerRefused,
    FieldSpec,
    FieldType,
    FormRefused,
    MissingCode,
    check_words,
    library,
    library_question,
    load_form,
    meanings,
    read_answer,
    read_json,
    shipped_form,
    shipped_instruments,
)
from extraction.schema.check_rules import RULES
from extraction.schema.drafting import library_form
from extraction.schema.shipped import library_sections

FORM = shipped_form()


def make_field(kind="text", **fields):
    defaults = {"key": "thing", "question": "Thing", "group": "cohort", "section": "cohort"}
    return FieldSpec(type=FieldType(kind), **{**defaults, **fields})


def make_row(**fields):
    return {
        "key": "label",
        "question": "Label",
        "group": "cohort",
        "section": "cohort",
        "type": "text",
        **fields,
    }


def make_group(key="cohort", **fields):
    return {"key": key, "name": key.title(), "plural": f"{key.title()}s", **fields}


def make_form_data(**fields):
    return {
        "slug": "small",
        "title": "Small",
        "version": 1,
        "groups": [make_group()],
        "sections": [{"key": "cohort", "title": "Cohort", "group": "cohort"}],
        "fields": [make_row()],
        "checks": [],
        **fields,
    }


def make_check(**fields):
    return {"rule": "at_most", "group": "cohort", "severity": "error", **fields}


def refused(spec, text):
    with pytest.raises(AnswerRefused) as caught:
        read_answer(spec, text)
    return caught.value


# --- the form


@pytest.mark.parametrize("slug", SHIPPED_FORMS)
def test_every_form_that_ships_loads_and_asks_something_of_each_of_its_groups(slug):
    form = shipped_form(slug)

    assert {spec.group for spec in form.fields} == {group.key for group in form.groups}
    assert all(form.sections_of(group.key) for group in form.groups)
    assert form.checks


def test_the_form_that_ships_has_the_groups_of_a_case_series():
    assert [group.key for group in FORM.groups if group.is_study] == ["study"]
    assert {group.key for group in FORM.groups} >= {
        "cohort", "flow", "intervention", "procedure", "outcome", "result", "event", "activity",
        "satisfaction", "level", "survival", "contrast",
    }  # fmt: skip
    assert FORM.group("result").parents == ("cohort", "outcome")
    assert [spec.key for spec in FORM.in_section("setting")][:1] == ["country"]


def test_a_summary_statistic_is_one_question_with_parts():
    age = FORM.meaning("cohort", "age")

    assert [cell.key for cell in age.cells][:3] == ["age.centre", "age.value", "age.spread"]
    assert FORM.by_cell["age.value"].unit == "years"
    assert FORM.meaning("cohort", "age.value") == FORM.by_cell["age.value"]
    assert "unit" not in {cell.key.partition(".")[2] for cell in age.cells}
    follow_up = FORM.meaning("cohort", "follow_up")
    assert follow_up.cells[-1].key == f"{follow_up.key}.unit"


def test_the_library_has_a_heading_for_every_question_and_all_of_it_is_a_form():
    listed = [(one.group, means) for one in library_sections() for means in one.questions]

    assert sorted(listed) == sorted(meanings())
    form = library_form()
    assert {(spec.group, spec.means) for spec in form.fields} == set(meanings())
    assert len(form.checks) == len(library()["checks"])
    assert all(one.definition and one.source and one.tables for one in meanings().values())


def test_every_check_has_words_for_a_lead():
    form = library_form()

    assert set(check_words.SENTENCES) == set(RULES)
    for check in form.checks:
        assert check_words.check_words(check, form, "hips").endswith(".")


def test_a_question_that_the_library_lacks_is_refused_by_name():
    with pytest.raises(FormRefused, match="'shoe_size' in group 'cohort'"):
        library_question("cohort", "shoe_size", "people")
    with pytest.raises(FormRefused, match="no shipped form"):
        shipped_form("astrology")


def test_nothing_in_the_shipped_form_belongs_to_one_condition():
    text = json.dumps(FORM.as_data()).lower()

    assert not any(word in text for word in ("ischio", "quadratus", "trochanter", "hip "))


@pytest.mark.catalogue("N24")
@pytest.mark.parametrize("slug", SHIPPED_FORMS)
def test_a_form_written_out_and_read_back_is_the_same_form(slug):
    form = shipped_form(slug)

    assert load_form(read_json(json.dumps(form.as_data()).encode())) == form


def test_a_reviews_own_fields_follow_the_shipped_ones_and_are_checked_like_them():
    extra = [
        {"key": "space_mean", "question": "Space: mean", "type": "decimal", "unit": "mm"},
        {"key": "space_sd", "question": "Space: SD", "type": "decimal", "unit": "mm"},
    ]

    form = shipped_form(extra_fields=extra)

    assert [spec.key for spec in form.in_section("imaging")] == ["space_mean", "space_sd"]
    assert load_form(form.as_data()) == form


def test_a_label_uses_the_reviews_own_unit():
    assert FORM.field("units_treated").label("hips") == "Hips treated"
    assert FORM.field("patients_treated").label("hips") == "Patients treated"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "must be an object"),
        ("form", "must be an object"),
        ({}, "no fields"),
        (make_form_data(colour="red"), "the form: not understood: colour"),
        (make_form_data(version=0), "version"),
        (make_form_data(version=True), "version"),
        (make_form_data(version=10**30), "version"),
        (make_form_data(slug="Small Form"), "slug"),
        (make_form_data(slug=["small"]), "slug is missing"),
        (make_form_data(title="x" * 201), "title has 201 characters"),
        (make_form_data(title="a\x00b"), "title holds a character"),
        (make_form_data(fields=[]), "no fields"),
        (make_form_data(fields={"key": "label"}), "fields must be a list"),
        (make_form_data(fields=[1]), "fields must be a list of objects"),
        (make_form_data(fields=None), "fields must be a list"),
        (make_form_data(fields=[make_row()] * 1001), "at most 1000"),
        (make_form_data(fields=[make_row(), make_row()]), "field label: the key is used twice"),
        (make_form_data(fields=[make_row(key="Label")]), "snake_case"),
        (make_form_data(fields=[make_row(), make_row(key=7)]), "field number 2: key is missing"),
        (make_form_data(fields=[make_row(group="planet")]), "'planet' is not a group"),
        (make_form_data(fields=[make_row(group={"a": 1})]), "field 'label': group is missing"),
        (make_form_data(fields=[make_row(section="other")]), "no section 'other'"),
        (make_form_data(fields=[make_row(type="float")]), "not a type"),
        (make_form_data(fields=[make_row(question="  ")]), "question is missing"),
        (make_form_data(fields=[make_row(question="\ud800")]), "question holds a character"),
        (make_form_data(fields=[make_row(type="decimal", unit="x" * 41)]), "unit has 41"),
        (make_form_data(fields=[make_row(type="choice")]), "choices"),
        (make_form_data(fields=[make_row(type="choice", choices=[{"key": "a"}])]), "label is miss"),
        (make_form_data(fields=[make_row(type="choice", choices=["a"])]), "choices must be a list"),
        (make_form_data(fields=[make_row(type="reference")]), "refers_to"),
        (make_form_data(fields=[make_row(unit="mm")]), "belong to numbers"),
        (make_form_data(fields=[make_row(required="yes")]), "true or false"),
        (make_form_data(fields=[make_row(type="decimal", minimum="1,5")]), "differently"),
        (make_form_data(fields=[make_row(type="decimal", minimum=1.5)]), "minimum must be a text"),
        (make_form_data(fields=[make_row(type="decimal", minimum="2", maximum="1")]), "above"),
        (make_form_data(fields=[make_row(type="summary", required=True)]), "cannot be required"),
        (make_form_data(fields=[make_row(duration=True)]), "duration belongs to summary"),
        (make_form_data(fields=[make_row(vocabulary="planets")]), "'planets' is not a vocabulary"),
    ],
)
def test_a_form_that_is_not_understood_is_refused_with_its_place(data, words):
    with pytest.raises(FormRefused, match=words):
        load_form(data)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([make_row(means="shoe_size")], "field 'label': there is no meaning 'shoe_size'"),
        ([make_row(means="instrument")], "no meaning 'instrument' in group 'cohort'"),
        ([make_row(means="age")], "is of type summary"),
        ([make_row(means="women", type="integer")], "is in patients"),
        ([make_row(means="part_of", type="reference", refers_to="trial")], "names elements of"),
        ([make_row(means="follow_up", type="summary", unit="months")], "is a duration"),
        (
            [make_row(means="kind", type="choice", choices=[{"key": "herd", "label": "Herd"}])],
            "herd is none of the options of 'kind'",
        ),
        (
            [make_row(means="label"), make_row(key="name", means="label")],
            "group 'cohort', meaning label: is asked twice",
        ),
    ],
)
def test_a_meaning_that_is_unknown_of_another_kind_or_asked_twice_is_refused(fields, words):
    groups = [make_group(), make_group("trial")]
    with pytest.raises(FormRefused, match=words):
        load_form(make_form_data(groups=groups, fields=fields))


def test_one_meaning_may_stand_in_two_groups():
    data = make_form_data(
        groups=[make_group(), make_group("intervention")],
        sections=[
            {"key": "cohort", "title": "Cohort", "group": "cohort"},
            {"key": "care", "title": "Care", "group": "intervention"},
        ],
        fields=[
            make_row(means="label"),
            make_row(key="name", means="label", group="intervention", section="care"),
        ],
    )

    assert load_form(data).meaning("intervention", "label").key == "name"


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([make_group("visit", of=["ward"])], "group 'visit': there is no group 'ward'"),
        ([make_group("visit", of=["visit"])], "group 'visit': it belongs to itself"),
        (
            [make_group("a", of=["c"]), make_group("b", of=["a"]), make_group("c", of=["b"])],
            "group 'a': it belongs to itself through others",
        ),
        ([make_group("a"), make_group("b", of=["a"], across="b")], "'b': it belongs to itself"),
        ([make_group("a"), make_group("b", of=["a"], across="x")], "'b': there is no group 'x'"),
        ([make_group("a"), make_group("b", of=["a"], across="a")], "group a: is belonged to twice"),
        ([make_group("a"), make_group("b", across="a")], "belongs to a first one too"),
        ([make_group("a", repeats=False), make_group("b", of=["a"])], "is the study itself"),
        ([make_group("a"), make_group("a")], "group a: the key is used twice"),
        ([make_group("x" * 41)], "at most 40"),
        ([make_group("a", of="b")], "of must be a list"),
        ([make_group("a", of=[["b"]])], "of must be a list"),
        ([make_group("event")], "belongs to cohort"),
        ([make_group("cohort", repeats=False)], "kept for a group that belongs to the study"),
        ([make_group("outcome"), make_group("result", of=["outcome"])], "cohort and outcome"),
    ],
)
def test_a_group_without_its_place_is_refused(groups, words):
    sections = [{"key": "all", "title": "All", "group": groups[0]["key"]}]
    fields = [make_row(group=groups[0]["key"], section="all")]
    with pytest.raises(FormRefused, match=words):
        load_form(make_form_data(groups=groups, sections=sections, fields=fields))


@pytest.mark.parametrize("where", ["refers_to", "section", "check"])
def test_a_reference_to_a_group_that_is_not_there_is_refused_by_name(where):
    changes = {
        "refers_to": {"fields": [make_row(type="reference", refers_to="ghost")]},
        "section": {"sections": [{"key": "cohort", "title": "Cohort", "group": "ghost"}]},
        "check": {"checks": [make_check(group="ghost", fields=["label", "label"])]},
    }
    with pytest.raises(FormRefused, match="'ghost'"):
        load_form(make_form_data(**changes[where]))


NUMBERS = [make_row(), *(make_row(key=key, type="integer") for key in ("part", "whole"))]


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ({"rule": "magic"}, "check number 1: there is no such rule: 'magic'"),
        ({"rule": ["at_most"]}, "no such rule"),
        (make_check(fields=["part", "ghost"]), "no field 'ghost'"),
        (make_check(fields=["part"]), "must be 2 names"),
        (make_check(fields="part"), "list of names"),
        (make_check(fields=["part", "label"]), "'label' is of type text"),
        (make_check(fields=["part", "whole"], severity="x"), "not a severity"),
        (make_check(fields=["part", "whole"], colour="red"), "not understood: colour"),
        (make_check(rule="dates_ordered", fields=["part", "whole"]), "compares date"),
        (make_check(rule="sums_to", parts=["part"]), "whole is missing"),
    ],
)
def test_a_check_that_cannot_be_made_is_refused_with_its_number(check, words):
    with pytest.raises(FormRefused, match=words):
        load_form(make_form_data(fields=NUMBERS, checks=[check]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "line 1, column 1"),
        (b"{\n  oops", "line 2"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1, "a": 2}', "one object holds a: stands twice"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"version": ' + b"9" * 5000 + b"}", "too many digits"),
        (b"\xff\xfe", "not UTF-8"),
        (b" " * 2_000_001, "2,000,000 bytes"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(data, words):
    with pytest.raises(FormRefused, match=words):
        read_json(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "slug",
                        "title",
                        "version",
                        "groups",
                        "sections",
                        "fields",
                        "checks",
                        "key",
                        "name",
                        "plural",
                        "of",
                        "group",
                        "type",
                        "means",
                        "rule",
                        "choices",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    ),
    st.sampled_from(["groups", "sections", "fields", "checks", "title", "slug", "version"]),
)
def test_wrong_types_anywhere_are_refused_and_never_break(value, name):
    for data in (value, make_form_data(**{name: value}), make_form_data(**{name: [value]})):
        with suppress(FormRefused):
            load_form(data)


def test_the_instruments_that_ship_have_a_range_a_direction_and_names_of_their_own():
    instruments = shipped_instruments()
    names = [name for one in instruments for name in (one.name, *one.aliases)]

    assert len(names) == len(set(names))
    assert {"mHHS", "iHOT-33", "VAS pain", "WOMAC"} <= set(names)
    for one in instruments:
        assert parse_number(one.range_min).value < parse_number(one.range_max).value
        assert one.direction in {"higher_better", "lower_better", "none"}


# --- missing, blank and zero


@pytest.mark.catalogue("N20")
def test_not_reported_blank_zero_and_not_applicable_are_four_states():
    women = FORM.field("women")

    answers = [read_answer(women, text) for text in ("nr", "", "0", "n/a")]

    assert answers[1] is None
    assert [answer.missing for answer in answers if answer] == [
        "not_reported",
        "",
        "not_applicable",
    ]
    assert answers[2] == Answer(text="0", number="0", unit="patients")


@pytest.mark.catalogue("N20")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nr", MissingCode.NOT_REPORTED),
        ("NR", MissingCode.NOT_REPORTED),
        (" Not  Reported ", MissingCode.NOT_REPORTED),
        ("na", MissingCode.NOT_APPLICABLE),
        ("not applicable", MissingCode.NOT_APPLICABLE),
        ("uc", MissingCode.UNCLEAR),
        ("Unclear", MissingCode.UNCLEAR),
        ("ca", MissingCode.CONTACT_AUTHOR),
        ("contact_author", MissingCode.CONTACT_AUTHOR),
    ],
)
@pytest.mark.parametrize("key", ["women", "design", "level_of_evidence", "recruitment_start"])
def test_every_kind_of_field_takes_a_missing_code_by_two_letters_or_its_words(key, text, code):
    answer = read_answer(FORM.field(key), text)

    assert answer is not None
    assert answer.missing == code
    assert answer.number == ""


@pytest.mark.parametrize("text", ["nrs", "n.r", "not reported by the authors", "nr 5"])
def test_a_longer_text_is_no_missing_code(text):
    answer = read_answer(make_field(), text)

    assert answer == Answer(text=text)


def test_what_everything_else_hangs_on_cannot_be_missing():
    assert refused(FORM.field("counts_towards_totals"), "nr").code == "missing_not_allowed"


def test_a_spread_that_the_report_leaves_unclear_is_an_answer_not_a_missing_code():
    answer = read_answer(FORM.by_cell["age.spread"], "Unclear")

    assert (answer.text, answer.missing) == ("unclear", "")


# --- numbers


@pytest.mark.catalogue("N07")
@pytest.mark.parametrize(("text", "code"), [("-3", "below_minimum"), ("2.5", "not_whole")])
def test_a_negative_or_broken_number_of_patients_is_refused(text, code):
    assert refused(FORM.field("patients_treated"), text).code == code


@pytest.mark.catalogue("N11")
def test_a_negative_standard_deviation_is_refused():
    assert refused(FORM.by_cell["estimate.spread_value"], "−1").code == "below_minimum"


@pytest.mark.parametrize(("text", "code"), [("1.2", "above_maximum"), ("-0.1", "below_minimum")])
def test_a_number_outside_the_limits_of_its_question_is_refused(text, code):
    probability = make_field("decimal", minimum="0", maximum="1")

    assert refused(probability, text).code == code


@pytest.mark.catalogue("N16")
def test_a_negative_follow_up_is_refused():
    assert refused(FORM.by_cell["follow_up.value"], "-6").code == "below_minimum"


@pytest.mark.catalogue("N18")
def test_another_unit_is_refused_by_name_and_never_converted():
    question = refused(FORM.by_cell["age.value"], "4 months")

    assert question.code == "unit_in_number"
    assert "months" in question.message
    assert "years" in question.message


@pytest.mark.catalogue("N18")
def test_the_unit_is_part_of_the_answer():
    answer = read_answer(FORM.by_cell["age.value"], "27.60")

    assert answer == Answer(text="27.60", number="27.60", unit="years")


@pytest.mark.catalogue("N02")
def test_a_question_about_a_number_keeps_its_readings():
    assert refused(FORM.by_cell["age.value"], "34,4").readings == ("34.4",)


@pytest.mark.catalogue("N04")
def test_a_qualifier_is_taken_only_where_the_form_says_so():
    assert read_answer(make_field("decimal", qualifier=True), "<0.001").qualifier == "<"
    assert refused(FORM.by_cell["age.value"], "<40").code == "qualifier_not_allowed"


# --- choices, yes and no, references


@pytest.mark.catalogue("N24")
@pytest.mark.parametrize("text", ["IV", "iv", "Level IV", " level  iv "])
def test_a_choice_is_taken_by_key_or_label_and_kept_by_key(text):
    assert read_answer(FORM.field("level_of_evidence"), text) == Answer(text="IV")


def test_a_choice_that_is_not_offered_is_refused_with_the_options():
    assert "Level II" in refused(FORM.field("level_of_evidence"), "VI").message


def test_several_choices_are_kept_once_each_in_the_order_of_the_form():
    form = load_form(
        make_form_data(
            fields=[
                make_row(
                    type="choices",
                    choices=[{"key": "a", "label": "Alpha"}, {"key": "b", "label": "Beta"}],
                )
            ]
        )
    )

    answer = read_answer(form.field("label"), "b; Alpha; b;")

    assert answer == Answer(text="a; b")
    assert answer.parts == ("a", "b")
    assert refused(form.field("label"), ";").code == "unknown_choice"
    assert refused(form.field("label"), "a; c").code == "unknown_choice"


def test_yes_and_no_are_the_only_answers_to_a_yes_or_no_question():
    spec = FORM.field("counts_towards_totals")

    assert read_answer(spec, "Y") == Answer(text="yes")
    assert read_answer(spec, "No") == Answer(text="no")
    assert refused(spec, "maybe").code == "not_yes_or_no"


def test_references_are_kept_once_each_in_one_order():
    spec = FORM.field("cohorts")

    assert read_answer(spec, "b2; a1;b2") == Answer(text="a1; b2")
    assert refused(spec, "a1; <script>").code == "not_a_reference"
    assert refused(FORM.field("part_of"), "a1; b2").code == "not_a_reference"


# --- dates


@pytest.mark.catalogue("N17")
@pytest.mark.parametrize("text", ["2013", "2013-02", "2012-02-29"])
def test_a_date_is_kept_with_the_precision_of_the_report(text):
    assert read_answer(FORM.field("recruitment_start"), text) == Answer(text=text)


@pytest.mark.catalogue("N17")
@pytest.mark.parametrize(
    ("text", "code", "readings"),
    [
        ("31/02", "no_such_date", ()),
        ("31/02/2013", "no_such_date", ()),
        ("2013-02-29", "no_such_date", ()),
        ("2023-13-01", "no_such_date", ()),
        ("2023-00", "no_such_date", ()),
        ("1/2/03", "ambiguous", ("2003-02-01", "2003-01-02")),
        ("13/02/2013", "ambiguous", ("2013-02-13",)),
        ("02/2013", "ambiguous", ("2013-02",)),
        ("2013/02/01", "ambiguous", ("2013-02-01",)),
        ("1899", "year_out_of_range", ()),
        ("May 2013", "not_a_date", ()),
        ("２０１３", "not_a_date", ()),
    ],
)
def test_a_date_that_does_not_exist_or_reads_two_ways_is_refused_with_a_question(
    text, code, readings
):
    question = refused(FORM.field("recruitment_start"), text)

    assert (question.code, question.readings) == (code, readings)
    assert "YYYY" in question.message or code == "year_out_of_range"


# --- texts


@pytest.mark.catalogue("N26")
def test_a_text_above_the_cap_is_refused_and_one_at_the_cap_is_kept():
    assert refused(make_field(), "a" * (MAX_TEXT + 1)).code == "too_long"
    assert refused(make_field(), "a" * 5_000_000).code == "too_long"
    assert len(read_answer(make_field(), "a" * MAX_TEXT).text) == MAX_TEXT


@pytest.mark.catalogue("N26")
def test_a_script_in_a_note_is_kept_as_the_plain_text_it_is():
    assert read_answer(make_field(), "<script>alert(1)</script>").text.startswith("<script>")


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\x1bb"])
def test_characters_that_a_database_cannot_keep_are_refused(text):
    assert refused(make_field(), text).code == "bad_character"


def test_a_text_is_kept_in_one_unicode_form_with_plain_line_ends():
    answer = read_answer(make_field(), "  Bohórquez\r\nline\N{LINE SEPARATOR}two ")

    assert answer == Answer(text="Bohórquez\nline\ntwo")


@pytest.mark.catalogue("N35")
@given(st.sampled_from(sorted(FORM.by_cell)), st.text(max_size=60))
def test_whatever_is_accepted_reads_back_from_its_own_text_to_the_same_answer(key, text):
    spec = FORM.by_cell[key]
    try:
        answer = read_answer(spec, text)
    except AnswerRefused:
        return
    if answer is not None:
        assert read_answer(spec, answer.text) == answer
