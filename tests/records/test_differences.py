"""Where two texts differ, and which addresses may become links."""

import pytest

from records.differences import COMPARED_CHARACTERS, Piece, comparison, pieces
from records.links import is_web_address
from records.models import Record


def test_what_both_have_is_not_marked():
    assert pieces("Hip pain", "Hip pain") == [Piece("Hip pain", differs=False)]


def test_only_the_differing_characters_are_marked():
    assert pieces("12 hips", "14 hips") == [
        Piece("1", differs=False),
        Piece("2", differs=True),
        Piece(" hips", differs=False),
    ]


def test_the_pieces_of_a_text_are_the_text():
    text, other = "Open resection in nine hips", "Open resections in 9 hips: a series"
    assert "".join(piece.text for piece in pieces(text, other)) == text


def test_blank_and_very_long_texts_are_marked_as_one():
    assert pieces("", "x") == []
    assert pieces("x", "") == [Piece("x", differs=True)]
    long = "x" * (COMPARED_CHARACTERS + 1)
    assert pieces(long, "y") == [Piece(long, differs=True)]


@pytest.mark.parametrize("text", ["https://example.org/a", "HTTP://example.org"])
def test_a_web_address_is_one(text):
    assert is_web_address(text)


@pytest.mark.catalogue("I41")
@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "//example.org", "http://", "", "http://[x"]
)
def test_anything_else_is_none(text):
    assert not is_web_address(text)


def test_fields_stand_side_by_side_and_say_which_value_a_merge_shows():
    kept = Record(title="Hip pain", pmid="7", abstract="Short.")
    other = Record(title="Hip pain", abstract="A longer abstract. " * 40)
    fields = {field.label: field for field in comparison([kept, other])}
    assert list(fields) == ["Title", "PubMed", "Abstract"]
    assert not fields["Title"].differs
    assert [cell.survives for cell in fields["PubMed"].cells] == [True, False]
    assert [cell.survives for cell in fields["Abstract"].cells] == [False, True]
    assert fields["Abstract"].cells[1].note == "760 characters"
    assert fields["Abstract"].cells[1].survives_with == f"{kept.uid} {other.uid}"
