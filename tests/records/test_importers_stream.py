"""Reading in pieces: where a piece ends changes nothing, and no more than an entry is held."""

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.importers import decoding, open_file, parsed, read_file
from records.importers.decoding import Text, coding_of

FILES = Path(__file__).parent / "files" / "tagged"
NAMES = sorted(path.name for path in FILES.iterdir())
ODD = "TY  - JOUR\nTI  - Naïve “hips” 漢字 😀\r\nAB  - one\rtwo\n\rER  - \n" * 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("piece", [1, 2, 3, 61])
def test_where_a_piece_ends_changes_nothing(name, piece, monkeypatch):
    data = (FILES / name).read_bytes()
    whole = read_file(data)
    monkeypatch.setattr(decoding, "PIECE", piece)

    assert read_file(data) == whole


@pytest.mark.catalogue("I05")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_characters_and_line_ends_are_not_torn_by_the_end_of_a_piece(encoding, monkeypatch):
    data = ("\ufeff" + ODD if encoding == "utf-16-be" else ODD).encode(encoding)
    whole = read_file(data)
    for piece in (*range(1, 9), 13):
        monkeypatch.setattr(decoding, "PIECE", piece)
        assert read_file(data) == whole
    assert whole.records[2].title == "Naïve “hips” 漢字 😀"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120), st.integers(1, 7))
def test_damage_is_replaced_the_same_whatever_the_pieces(damage, piece):
    data = b"TY  - JOUR\nTI  - na\xc3\xafve " + damage + b"\nER  - \n" + "ü\n".encode() * 90
    with pytest.MonkeyPatch.context() as patch:
        found = coding_of(io.BytesIO(data))
        whole = list(Text(io.BytesIO(data), found).lines())
        patch.setattr(decoding, "PIECE", piece)
        assert list(Text(io.BytesIO(data), found).lines()) == whole


@pytest.mark.catalogue("I12")
def test_an_entry_beyond_the_cap_is_rejected_with_its_line_and_the_others_kept(monkeypatch):
    monkeypatch.setattr(parsed, "MAX_ENTRY", 2_000)
    monkeypatch.setattr(decoding, "PIECE", 512)
    entry = "TY  - JOUR\nTI  - {}\nER  - \n"
    long_line = entry.format("x" * 10_000)
    long_entry = entry.format("One\nAB  - a" + "\nb" * 40_000)
    text = entry.format("One") + long_line + entry.format("Two") + long_entry + entry.format("Six")
    found = read_file(text.encode())

    assert [record.title for record in found.records] == ["One", "Two", "Six"]
    assert found.found == 5
    rejected = [problem.line for problem in found.problems if problem.rejected]
    assert rejected == [4, 10]
    assert any("longer than 2,000" in problem.reason for problem in found.problems)


def test_an_entry_of_too_many_lines_is_rejected(monkeypatch):
    monkeypatch.setattr(parsed, "MAX_ENTRY_LINES", 60_000)
    text = (
        "TY  - JOUR\nTI  - One\nAB  - " + "a\n" * 60_001 + "ER  - \nTY  - JOUR\nTI  - Two\nER  - \n"
    )
    found = read_file(text.encode())

    assert [record.title for record in found.records] == ["Two"]
    assert [(p.line, p.rejected) for p in found.problems] == [(1, True)]


class Endless(io.RawIOBase):
    """A file of many records, made as they are read."""

    RECORD = b"TY  - JOUR\nTI  - A title of a record\nAB  - " + b"words " * 300 + b"\nER  - \n\n"
    COUNT = 2_000

    def __init__(self, tail=b""):
        self.at, self.tail = 0, tail
        self.size = len(self.RECORD) * self.COUNT

    def seek(self, at, whence=0):
        self.at = at
        return at

    def read(self, size=-1):
        start = self.at % len(self.RECORD)
        left = self.size - self.at
        if left <= 0:
            found = self.tail[-left : size - left]
        else:
            found = (self.RECORD * (size // len(self.RECORD) + 2))[start : start + min(size, left)]
        self.at += len(found)
        return found


def peak_of(stream):
    """Return the records of a stream and the most bytes that reading them held."""
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_file(stream))
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_file_is_read_in_pieces_however_long_it_is():
    count, peak = peak_of(Endless())

    assert count == 2_000
    assert peak < 2_500_000


@pytest.mark.catalogue("I12")
def test_a_line_without_an_end_is_not_held_whole(monkeypatch):
    monkeypatch.setattr(parsed, "MAX_ENTRY", 1_000_000)
    monkeypatch.setattr(Endless, "COUNT", 10)
    count, peak = peak_of(Endless(tail=b"TY  - JOUR\nTI  - " + b"x" * 30_000_000))

    assert count == 12
    assert peak < 45_000_000


@pytest.mark.catalogue("I54")
def test_text_without_any_record_is_read_in_pieces_too(monkeypatch):
    monkeypatch.setattr(parsed, "MAX_ENTRY", 10_000)
    found = read_file(b"TY  - JOUR\nTI  - One\nER  - \n" + b"nothing at all\n" * 20_000)

    assert found.found == 1
    assert [problem.rejected for problem in found.problems] == [True]
