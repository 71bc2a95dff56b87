from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.numbers import NumberRefused, parse_number


def refused(text, **options):
    with pytest.raises(NumberRefused) as caught:
        parse_number(text, **options)
    return caught.value


@pytest.mark.catalogue("N01")
@pytest.mark.parametrize(
    "text", ["NaN", "nan", "inf", "-inf", "+Infinity", "∞", "1e309", "1e-400", "1E5", "1.5e3"]
)
def test_what_is_not_finite_or_has_an_exponent_is_refused(text):
    assert refused(text).code in {"not_finite", "exponent"}


@pytest.mark.catalogue("N02")
@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,5", ("1.5",)),
        ("1,500", ("1.500", "1500")),
        ("0,500", ("0.500",)),
        ("1.234,5", ("1234.5",)),
        ("1,234.5", ("1234.5",)),
        ("1.234.567", ("1234567",)),
        ("1 234", ("1234",)),
        ("1\N{NARROW NO-BREAK SPACE}234,5", ("1234.5",)),
        ("1\N{THIN SPACE}23", ()),
        ("0\N{THIN SPACE}123", ()),
        ("12\N{NO-BREAK SPACE}15", ()),
        ("1,234·5", ("1234.5",)),
        ("1'234", ("1234",)),
        ("1’234", ("1234",)),
        ("-1,5", ("-1.5",)),
        ("12 15", ()),
        ("1,2,3", ()),
    ],
)
def test_a_separator_that_countries_read_differently_is_asked_about_and_never_guessed(
    text, readings
):
    question = refused(text)

    assert question.code == "ambiguous"
    assert question.readings == readings
    assert all(reading in question.message for reading in readings)


@pytest.mark.catalogue("N03")
@pytest.mark.parametrize(
    "text", ["１２", "١٢", "1_000", "0x1F", "1２", "twelve", "--1", "1.2.", "."]
)
def test_only_plain_ascii_digits_are_a_number(text):
    assert refused(text).message


@pytest.mark.catalogue("N03")
@pytest.mark.parametrize("text", [" 5", "5 ", "\t5\n", "\N{NO-BREAK SPACE}5"])
def test_space_around_a_number_is_trimmed(text):
    assert parse_number(text).canonical == "5"


@pytest.mark.catalogue("N04")
@pytest.mark.parametrize(
    ("text", "qualifier", "canonical"),
    [
        ("<0.001", "<", "0.001"),
        ("< .001", "<", "0.001"),
        ("≥5", "≥", "5"),
        (">=5", "≥", "5"),
        ("<=5", "≤", "5"),
        (">5", ">", "5"),
        ("~5", "~", "5"),
        ("≈5", "~", "5"),
        ("5", "", "5"),
    ],
)
def test_a_qualifier_is_read_apart_where_the_field_allows_one(text, qualifier, canonical):
    parsed = parse_number(text, qualifier_allowed=True)

    assert (parsed.qualifier, parsed.canonical, parsed.as_printed) == (qualifier, canonical, text)


@pytest.mark.catalogue("N04")
def test_a_qualifier_is_refused_where_the_field_allows_none_and_the_reading_is_shown():
    question = refused("<0.001")

    assert question.code == "qualifier_not_allowed"
    assert "less than 0.001" in question.message


@pytest.mark.catalogue("N04")
@pytest.mark.parametrize(
    ("text", "code", "parts"),
    [
        ("12 (3.4)", "several_numbers", ("12", "3.4")),
        ("12±3", "several_numbers", ("12", "3")),
        ("12-15", "several_numbers", ("12", "15")),
        ("12–15", "several_numbers", ("12", "15")),
        ("5/12", "several_numbers", ("5", "12")),
        ("5%", "unit_in_number", ("5",)),
        ("4 years", "unit_in_number", ("4",)),
        ("25 kg/m²", "unit_in_number", ("25",)),
    ],
)
def test_more_than_one_number_is_refused_with_its_parts_shown(text, code, parts):
    question = refused(text)

    assert (question.code, question.readings) == (code, parts)
    assert all(part in question.message for part in parts)


@pytest.mark.catalogue("N04")
def test_a_printed_minus_sign_is_a_minus():
    assert parse_number("−3.5").canonical == "-3.5"
    assert parse_number("-3.5").canonical == "-3.5"
    assert parse_number("−3.5").as_printed == "−3.5"


@pytest.mark.catalogue("N04")
@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1·5", "1.5"),
        ("0·001", "0.001"),
        ("·5", "0.5"),
        ("1∙5", "1.5"),
        ("1⋅5", "1.5"),
        ("–0.5", "-0.5"),
        ("–0·5", "-0.5"),
        ("−0.5", "-0.5"),
        ("‐0.5", "-0.5"),
        ("–\N{THIN SPACE}0.5", "-0.5"),
        ("n=12", "12"),
        ("n = 12", "12"),
        ("N\N{THIN SPACE}=\N{THIN SPACE}12", "12"),
        ("p = 0·03", "0.03"),
        ("P=.04", "0.04"),
        ("1\N{NO-BREAK SPACE}234", "1234"),
        ("1\N{THIN SPACE}234\N{THIN SPACE}567", "1234567"),
        ("1\N{NARROW NO-BREAK SPACE}234.5", "1234.5"),
        ("–12\N{THIN SPACE}345", "-12345"),
        ("\N{THIN SPACE}12\N{NO-BREAK SPACE}", "12"),
        ("\N{ZERO WIDTH SPACE}12\N{WORD JOINER}", "12"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}12", "12"),
    ],
)
def test_what_journals_print_is_read_and_kept_as_printed(text, canonical):
    parsed = parse_number(text)

    assert parsed.canonical == canonical
    assert parsed.as_printed == text.strip()


@pytest.mark.catalogue("N04")
@pytest.mark.parametrize(
    ("text", "qualifier", "canonical"),
    [
        ("p<0.05", "<", "0.05"),
        ("P < .001", "<", "0.001"),
        ("p\N{THIN SPACE}<\N{THIN SPACE}0·001", "<", "0.001"),
        ("p ≤ 0.05", "≤", "0.05"),
        ("p>=0.05", "≥", "0.05"),
        ("n≥12", "≥", "12"),
        ("<\N{NO-BREAK SPACE}–0.5", "<", "-0.5"),
    ],
)
def test_a_letter_before_a_qualifier_says_no_more_than_the_field_does(text, qualifier, canonical):
    parsed = parse_number(text, qualifier_allowed=True)

    assert (parsed.qualifier, parsed.canonical) == (qualifier, canonical)
    assert refused(text).code == "qualifier_not_allowed"


@pytest.mark.parametrize(
    "text", ["n", "p", "n=", "n12", "p 0.05", "x=12", "nn=12", "n=n=12", "n==12", "—0.5", "- 5"]
)
def test_other_letters_and_signs_are_not_passed_over(text):
    assert refused(text, qualifier_allowed=True).message


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("79%", "79"), ("79 %", "79"), ("79·5\N{THIN SPACE}%", "79.5"), ("–3%", "-3"), ("79", "79")],
)
def test_the_sign_of_the_unit_is_nothing_where_the_unit_is_per_cent(text, canonical):
    parsed = parse_number(text, unit="%")

    assert (parsed.canonical, parsed.as_printed) == (canonical, text)


@pytest.mark.parametrize("text", ["%", "79%%", "7%9", "79 years", "1,5%", "19/24 (79%)"])
def test_nothing_else_is_passed_over_where_the_unit_is_per_cent(text):
    assert refused(text, unit="%").message


def test_a_middle_dot_never_parts_thousands():
    assert refused("1·234", integer=True).readings == ()
    assert parse_number("12·0", integer=True).canonical == "12"


@pytest.mark.catalogue("N05")
@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("00012", "12"),
        ("1.", "1"),
        (".5", "0.5"),
        ("+5", "5"),
        ("12.0", "12.0"),
        ("000.50", "0.50"),
    ],
)
def test_odd_forms_become_canonical_and_the_original_is_kept(text, canonical):
    parsed = parse_number(text)

    assert (parsed.canonical, parsed.as_printed) == (canonical, text)


@pytest.mark.catalogue("N06")
def test_numbers_beyond_the_cap_are_refused():
    assert refused("1" * 400).code == "too_long"
    assert refused("1" * 41).code == "too_many_digits"
    assert refused("0." + "0" * 41).code == "too_many_digits"


@pytest.mark.catalogue("N06")
def test_thirty_decimals_are_kept_exactly():
    text = "0.123456789012345678901234567890"

    assert str(parse_number(text).value) == text


@pytest.mark.catalogue("N07")
@pytest.mark.parametrize("text", ["2.5", "0.1", "12.01"])
def test_half_a_patient_is_refused(text):
    assert refused(text, integer=True).code == "not_whole"


def test_a_point_that_may_separate_thousands_is_asked_about_where_only_a_whole_number_will_do():
    assert refused("1.234", integer=True).readings == ("1234",)


@pytest.mark.parametrize(("text", "canonical"), [("52.0", "52"), ("52.", "52"), ("-0.0", "0")])
def test_a_whole_number_may_be_printed_with_zeros_after_the_point(text, canonical):
    assert parse_number(text, integer=True).canonical == canonical


def test_nothing_is_not_a_number():
    assert refused("  ").code == "empty"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9)))
def test_every_plain_decimal_reads_as_itself(number):
    if len(number.as_tuple().digits) > 40:
        return
    assert parse_number(f"{number:f}").value == number


@given(st.text(max_size=30) | st.text("0123456789.,·–-−<>=npNP% \u00a0\u2009\u200b()", max_size=12))
def test_any_text_is_either_refused_in_words_or_read_as_a_stable_finite_number(text):
    try:
        parsed = parse_number(text, qualifier_allowed=True)
    except NumberRefused as question:
        said = question.message
    else:
        said = parsed.as_printed
        assert parsed.value.is_finite()
        assert parsed.canonical.isascii()
        assert parse_number(parsed.canonical).canonical == parsed.canonical
    assert said


@pytest.mark.catalogue("N35")
@given(
    st.from_regex(
        r"(?:[npNP] ?(?=[=<>]))?(?:= ?|[<>≤≥~] ?)?[-–−]?[0-9]{0,20}[.·]?[0-9]{1,19}", fullmatch=True
    ).filter(lambda text: not text.startswith("="))
)
def test_an_accepted_number_reads_back_from_its_printed_text_to_the_same(text):
    parsed = parse_number(text, qualifier_allowed=True)

    assert parse_number(parsed.as_printed, qualifier_allowed=True) == parsed
    assert Decimal(parsed.canonical) == parsed.value
