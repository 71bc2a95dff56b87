"""Ovid's text with labels on lines of their own: ``<1>``, then ``Title`` above an indented value.

The labels are translated to the tags of Ovid's other format, and read as these.
"""

import re
from collections.abc import Iterator, Sequence

from records.importers import ovid, unopened
from records.importers.building import build
from records.importers.cutting import cut
from records.importers.decoding import Text
from records.importers.dialects import BLANK, Entry
from records.importers.parsed import ParsedRecord, Problem

NUMBER = r"[ \t]*<\s?[0-9]{1,9}\s?\.?\s?>[ \t]*(?=\n|\Z)"
START = re.compile(f"\n\ufeff?{NUMBER}")
NUMBER_LINE = re.compile(f"\ufeff?{NUMBER}")
LABEL_LINE = re.compile(r"(?![A-Z][A-Z0-9]{1,3} {0,3}-)[A-Za-z][A-Za-z0-9 ()/&,.'-]{1,70}:?[ \t]*$")
TITLE = re.compile(r"(?mi)^Title:?[ \t]*$")
TAGS = {
    "author": "AU",
    "authors": "AU",
    "author(s)": "AU",
    "authors full name": "FA",
    "author full name": "FA",
    "corporate author": "CA",
    "collective author": "CA",
    "title": "TI",
    "original title": "OT",
    "title in original language": "OT",
    "vernacular title": "OT",
    "source": "SO",
    "journal": "JN",
    "journal name": "JN",
    "journal title": "JN",
    "book title": "BT",
    "parent book title": "BT",
    "journal abbreviation": "JA",
    "abbreviated source": "JA",
    "year": "YR",
    "year of publication": "YR",
    "publication year": "YR",
    "volume": "VO",
    "issue": "IP",
    "issue/part": "IP",
    "page": "PG",
    "pages": "PG",
    "abstract": "AB",
    "english abstract": "AB",
    "doi": "DO",
    "digital object identifier": "DO",
    "pmid": "PM",
    "pubmed id": "PM",
    "medline pmid": "PM",
    "unique identifier": "UI",
    "accession number": "AN",
    "issn": "IS",
    "issn print": "IS",
    "issn (print)": "IS",
    "issn electronic": "EI",
    "issn (electronic)": "EI",
    "electronic issn": "EI",
    "isbn": "IB",
    "language": "LG",
    "publication type": "PT",
    "document type": "PT",
    "keyword": "KW",
    "keywords": "KW",
    "author keywords": "KW",
    "keyword heading": "KF",
    "mesh subject headings": "MH",
    "subject headings": "SH",
    "emtree heading": "SH",
    "database": "DB",
    "record owner": "OWNER",
    "status": "OWNER",
    "comments": "CM",
    "comments/corrections": "CM",
    "external resolver": "XL",
    "link to the ovid full text or citation": "UR",
    "url": "UR",
}
LISTED = frozenset({"AU", "FA", "CA", "KW", "KF", "MH", "SH", "PT"})
MEDLINE = re.compile(r"(?:From )?MEDLINE\b")
# "Hartwell JK. Osei PM.", "Hartwell J.K., Osei P.M."
NAME = r"[^\W\d_][\w'’ -]{0,60},? (?:[A-Z]\.?-?){1,5}"
LONGEST_NAMES = 20_000
NAMES_AND_STOPS = re.compile(rf"{NAME}\.(?: {NAME}\.){{1,500}}\s*")
NAMES_AND_COMMAS = re.compile(rf"{NAME}(?:, {NAME}){{1,500}}\s*")


def opens(lines: Sequence[str], at: int) -> bool:
    """Say whether a record starts on this line: its number, a label, an indented value."""
    if NUMBER_LINE.match(lines[at]) is None or at + 2 >= len(lines):
        return False
    return LABEL_LINE.match(lines[at + 1]) is not None and _is_value(lines[at + 2])


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of an Ovid file, in order, and the problems met on the way."""
    begun = False
    for chunk in cut(text, START):
        if isinstance(chunk, Problem):
            yield chunk
            continue
        line, body = chunk
        if begun or NUMBER_LINE.match(body):
            begun = True
            (line, own), *lost = unopened.parted(line, body, _is_entry)
            yield from build(ovid.draft_of(_entry(line, own)))
            yield from unopened.rejections(lost, "<1>")
        elif body.strip(BLANK):
            yield Problem(line + _blank_lines(body), "Text outside the records was skipped.")


def _is_entry(paragraph: str) -> bool:
    return TITLE.search(paragraph) is not None


def _blank_lines(body: str) -> int:
    return body[: len(body) - len(body.lstrip(BLANK))].count("\n")


def _is_value(line: str) -> bool:
    return line[:1] in (" ", "\t") and not line.isspace()


def _entry(line: int, body: str) -> Entry:
    """Return the entry with the tags of Ovid's tagged format in place of its labels."""
    entry = Entry(line, body.strip(BLANK), ovid.OVID)
    lines = body.split("\n")[1:]
    label, tag, begun = "", "", line
    values: list[str] = []
    following = [*lines[1:], ""]
    for number, (written, after) in enumerate(zip(lines, following, strict=True), line + 1):
        if not written.strip(BLANK):
            continue
        if _is_label(written, after):
            _add(entry, tag, values, begun)
            label = written.strip(" \t:").lower()
            tag, values, begun = TAGS.get(label, ""), [], number
        elif _is_value(written) and label:
            values.append(written.strip())
        elif tag and tag not in LISTED:
            reason = f"This line was taken as a part of the field “{label}” before it."
            entry.problems.append(Problem(number, reason))
            values.append(written.strip())
        else:
            reason = "This line belongs to no field and was left out of the record."
            entry.problems.append(Problem(number, reason))
    _add(entry, tag, values, begun)
    if MEDLINE.match(entry.first("OWNER")) and not entry.first("DB"):
        entry.add("DB", "MEDLINE", line)
    return entry


def _is_label(written: str, after: str) -> bool:
    if _is_value(written) or LABEL_LINE.match(written) is None:
        return False
    return written.strip(" \t:").lower() in TAGS or _is_value(after)


def _add(entry: Entry, tag: str, values: list[str], line: int) -> None:
    if not tag or not values:
        return
    if tag not in LISTED:
        entry.add(tag, " ".join(values), line)
        return
    for value in values:
        for item in _items(tag, value):
            entry.add(tag, item, line)


def _items(tag: str, value: str) -> list[str]:
    if ";" in value:
        return value.split(";")
    if tag in ("AU", "FA") and len(value) <= LONGEST_NAMES:
        if NAMES_AND_STOPS.fullmatch(value):
            return [name.removesuffix(".") for name in re.split(r"(?<=\.) (?=[^\W\d_]{2})", value)]
        if NAMES_AND_COMMAS.fullmatch(value):
            return re.split(r", (?=[^\W\d_]{2})", value)
    return [value]
