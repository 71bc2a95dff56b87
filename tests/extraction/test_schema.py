import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.numbers import parse_number
from extraction.schema import (
    MAX_TEXT,
    Answer,
    AnswerRefused,
    FieldSpec,
    FieldType,
    FormRefused,
    MissingCode,
    load_form,
    read_answer,
    shipped_form,
    shipped_instruments,
)

FORM = shipped_form()


def make_field(kind="text", **fields):
    defaults = {"key": "thing", "question": "Thing", "level": "cohort", "section": "cohort"}
    return FieldSpec(type=FieldType(kind), **{**defaults, **fields})


def make_form_data(**fields):
    row = {"key": "label", "question": "Label", "level": "cohort", "section": "cohort"}
    return {
        "slug": "small",
        "title": "Small",
        "version": 1,
        "sections": [{"key": "cohort", "title": "Cohort", "level": "cohort"}],
        "fields": [{**row, "type": "text"}],
        "checks": [],
        **fields,
    }


def make_row(**fields):
    return {
        "key": "label",
        "question": "Label",
        "level": "cohort",
        "section": "cohort",
        "type": "text",
        **fields,
    }


def refused(spec, text):
    with pytest.raises(AnswerRefused) as caught:
        read_answer(spec, text)
    return caught.value


# --- the form


def test_the_shipped_form_loads_and_has_every_level():
    assert {spec.level for spec in FORM.fields} == {
        "study",
        "cohort",
        "intervention",
        "outcome",
        "result",
    }
    assert all(FORM.sections_at(level) for level in ("study", "cohort", "result"))
    assert FORM.field("p_value").qualifier
    assert [spec.key for spec in FORM.in_section("setting")][:2] == ["country", "centre"]


def test_nothing_in_the_shipped_form_belongs_to_one_condition():
    text = json.dumps(FORM.as_data()).lower()

    assert not any(word in text for word in ("ischio", "quadratus", "trochanter", "hip "))


@pytest.mark.catalogue("N24")
def test_a_form_written_out_and_read_back_is_the_same_form():
    assert load_form(json.loads(json.dumps(FORM.as_data()))) == FORM


def test_a_reviews_own_fields_follow_the_shipped_ones_and_are_checked_like_them():
    extra = [
        {"key": "space_mean", "question": "Space: mean", "type": "decimal", "unit": "mm"},
        {"key": "space_sd", "question": "Space: SD", "type": "decimal", "unit": "mm"},
    ]

    form = shipped_form(extra)

    assert [spec.key for spec in form.in_section("imaging")] == ["space_mean", "space_sd"]
    assert load_form(form.as_data()) == form


def test_a_label_uses_the_reviews_own_unit():
    assert FORM.field("units_treated").label("hips") == "Hips treated"
    assert FORM.field("concomitant_n").label("hips") == "Hips with a concomitant procedure"
    assert FORM.field("patients_treated").label("hips") == "Patients treated"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (make_form_data(colour="red"), "not understood: colour"),
        (make_form_data(version=0), "version"),
        (make_form_data(version=True), "version"),
        (make_form_data(fields=[]), "no fields"),
        (make_form_data(fields=[make_row(), make_row()]), "used twice"),
        (make_form_data(fields=[make_row(key="Label")]), "snake_case"),
        (make_form_data(fields=[make_row(level="planet")]), "not a level"),
        (make_form_data(fields=[make_row(section="other")]), "no section 'other'"),
        (make_form_data(fields=[make_row(type="float")]), "not a type"),
        (make_form_data(fields=[make_row(type="choice")]), "choices"),
        (make_form_data(fields=[make_row(type="reference")]), "refers_to"),
        (make_form_data(fields=[make_row(unit="mm")]), "belong to numbers"),
        (make_form_data(fields=[make_row(required="yes")]), "true or false"),
        (make_form_data(fields=[make_row(type="decimal", minimum="1,5")]), "differently"),
        (make_form_data(fields=[make_row(type="decimal", minimum="2", maximum="1")]), "above"),
        (make_form_data(checks=[{"rule": "magic"}]), "no such rule"),
        (
            make_form_data(
                checks=[
                    {
                        "rule": "at_most",
                        "level": "cohort",
                        "severity": "error",
                        "fields": ["label", "ghost"],
                    }
                ]
            ),
            "no field 'ghost'",
        ),
        (
            make_form_data(
                checks=[
                    {"rule": "at_most", "level": "cohort", "severity": "x", "fields": ["label"]}
                ]
            ),
            "not a severity",
        ),
    ],
)
def test_a_form_that_is_not_understood_is_refused_by_name(data, words):
    with pytest.raises(FormRefused, match=words):
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


# --- numbers


@pytest.mark.catalogue("N07")
@pytest.mark.parametrize(("text", "code"), [("-3", "below_minimum"), ("2.5", "not_whole")])
def test_a_negative_or_broken_number_of_patients_is_refused(text, code):
    assert refused(FORM.field("patients_treated"), text).code == code


@pytest.mark.catalogue("N11")
def test_a_negative_standard_deviation_is_refused():
    assert refused(FORM.field("sd"), "−1").code == "below_minimum"


@pytest.mark.catalogue("N14")
@pytest.mark.parametrize(("text", "code"), [("1.2", "above_maximum"), ("-0.1", "below_minimum")])
def test_a_p_value_outside_0_to_1_is_refused(text, code):
    assert refused(FORM.field("p_value"), text).code == code


@pytest.mark.catalogue("N16")
def test_a_negative_follow_up_is_refused():
    assert refused(FORM.field("follow_up_mean"), "-6").code == "below_minimum"


@pytest.mark.catalogue("N18")
def test_another_unit_is_refused_by_name_and_never_converted():
    question = refused(FORM.field("follow_up_mean"), "4 years")

    assert question.code == "unit_in_number"
    assert "months" in question.message
    assert "years" in question.message


@pytest.mark.catalogue("N18")
def test_the_unit_is_part_of_the_answer():
    answer = read_answer(FORM.field("follow_up_mean"), "27.60")

    assert answer == Answer(text="27.60", number="27.60", unit="months")


@pytest.mark.catalogue("N02")
def test_a_question_about_a_number_keeps_its_readings():
    assert refused(FORM.field("age_mean"), "34,4").readings == ("34.4",)


@pytest.mark.catalogue("N04")
def test_a_qualifier_is_taken_only_where_the_form_says_so():
    assert read_answer(FORM.field("p_value"), "<0.001").qualifier == "<"
    assert refused(FORM.field("age_mean"), "<40").code == "qualifier_not_allowed"


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
@given(st.sampled_from([spec.key for spec in FORM.fields]), st.text(max_size=60))
def test_whatever_is_accepted_reads_back_from_its_own_text_to_the_same_answer(key, text):
    spec = FORM.field(key)
    try:
        answer = read_answer(spec, text)
    except AnswerRefused:
        return
    if answer is not None:
        assert read_answer(spec, answer.text) == answer
