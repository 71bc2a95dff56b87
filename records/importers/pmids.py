"""PubMed's list of PMIDs: numbers and nothing else; each gives a record without a title."""

import re
from collections.abc import Iterator, Sequence

from records.importers.building import SHOWN, Draft, build
from records.importers.decoding import Text
from records.importers.identifiers import normalise_pmid
from records.importers.parsed import ParsedRecord, Problem

BETWEEN = re.compile(r"[\s,;\"]+")
HEADING = re.compile("\ufeff?\\s*[\"']?(?:PMIDs?|PubMed IDs?)[\"']?\\s*:?\\s*$", re.IGNORECASE)
LABEL = re.compile(r"\bPMID[ \t]*:?[ \t]*(?=[0-9])", re.IGNORECASE)
# "39999991[uid] OR 39999992[uid]".
OF_A_SEARCH = re.compile(r"\[(?:uid|pmid)\]|\bOR\b", re.IGNORECASE)
# Shorter numbers are as well years, postal codes or a running number.
SURE = 6


def shows(lines: Sequence[str]) -> bool:
    """Say whether these lines are a list of PubMed numbers: nine of ten, and most of them long."""
    numbers = lines[1:] if HEADING.match(lines[0]) else lines
    written = [piece for line in numbers for piece in _pieces(line)]
    found = [number for number in map(normalise_pmid, written) if number]
    sure = sum(len(number) >= SURE for number in found)
    return bool(found) and len(found) * 10 >= len(written) * 9 and sure * 2 > len(found)


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield a record for each number of a list, in order, and a problem for what is none."""
    begun = False
    for line, written in text.lines():
        if not begun and HEADING.match(written):
            begun = True
            continue
        for piece in _pieces(written):
            begun = True
            yield from _record(line, piece)


def _record(line: int, piece: str) -> Iterator[ParsedRecord | Problem]:
    number = normalise_pmid(piece)
    if number:
        fields = {"source_record_id": number, "pmid": number}
        yield from build(Draft(line=line, raw=piece, fields=fields))
    else:
        reason = f"“{piece[:SHOWN]}” is not a PubMed number and was not imported."
        yield Problem(line, reason, rejected=True)


def _pieces(line: str) -> list[str]:
    text = OF_A_SEARCH.sub(" ", line.strip("\ufeff\u200b\x1a \t"))
    pieces = [piece.rstrip(".") for piece in BETWEEN.split(LABEL.sub("", text))]
    if any(map(normalise_pmid, pieces)):
        return [piece for piece in pieces if piece]
    # A line of words is one thing that is no number, however many words it has.
    return [text.strip()] if text.strip() else []
