"""Telling what format a file has, by its content and never by its name."""

import re
from collections.abc import Iterator
from itertools import islice

from records.importers import (
    bibtex_cutting,
    cochrane,
    csl_json,
    delimited,
    ebsco_xml,
    endnote_tagged,
    html_table,
    ictrp_xml,
    nbib,
    noteexpress,
    ovid,
    ovid_labelled,
    pmids,
    pubmed_text,
    refworks,
    ris,
    wos,
)
from records.importers.decoding import Text
from records.importers.parsed import FileRefused

SNIFFED_LINES = 5_000
SNIFFED_TEXT = 1_000_000
# Of one line, where every piece of it would be looked at.
SNIFFED_LINE = 100_000
STARTS = (
    ("ris", ris.starts),
    ("nbib", nbib.starts),
    ("ovid", ovid.starts),
    ("wos", wos.starts),
    ("endnote", endnote_tagged.starts),
    ("noteexpress", noteexpress.starts),
)
# Formats of which one line does not tell enough: the lines below it count too.
OPENINGS = (
    ("pubmed-text", pubmed_text.opens),
    ("refworks", refworks.opens),
    ("cochrane", cochrane.opens),
    ("ovid-text", ovid_labelled.opens),
)
ROOT = re.compile(r"<([A-Za-z][\w:.-]{0,60})")
PUBMED_ROOTS = re.compile(r"Pubmed|MedlineCitation|DeleteCitation", re.IGNORECASE)
ENDNOTE_ROOTS = re.compile(r"xml$|records?$", re.IGNORECASE)
# What stands before the first element of an XML file; the bounds keep the search linear.
BEFORE_ROOT = re.compile(r"\s*(?:<\?[^>]{0,500}>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,500}>)", re.S)
WEB_PAGE = (
    "The file looks like a web page without a table of records, which is not read;"
    " save it as RIS or CSV."
)
OTHERS = (
    ("<!doctype html", "a web page"),
    ("<", "XML"),
    ("{", "JSON"),
    ("[", "JSON"),
)


def head_of(text: Text) -> list[str]:
    """Return the first lines of a file that are not blank.

    Raises:
        FileRefused: there is none.
    """
    lines = list(islice(_sniffed(text), SNIFFED_LINES))
    if not lines:
        raise FileRefused("The file holds nothing but white space.")
    return lines


def _sniffed(text: Text) -> Iterator[str]:
    size = 0
    for _, line in text.lines():
        if line.strip("\ufeff \t\x1a"):
            # A file may be one line: no more of that is looked at than of many.
            yield line[:SNIFFED_TEXT]
            size += len(line)
            if size > SNIFFED_TEXT:
                return


def detect(lines: list[str], *, mapped: bool = False) -> str:
    """Return the format that the first lines of a text show.

    Raises:
        FileRefused: they show none that is read here; a known other format is named.
    """
    first = lines[0].strip("\ufeff \t").lower()
    if found := _structured_format(lines, first, mapped=mapped):
        return found
    rows = [line for line in lines if not delimited.SEPARATOR_LINE.match(line)]
    at = delimited.header_among(rows)
    if at == 0:
        return delimited.format_of(rows[0])
    if found := _format_of_entries(rows[:at]):
        return found
    if at is not None:
        return delimited.format_of(rows[at])
    if found := _without_start(lines):
        return found
    if mapped and rows:
        return delimited.format_of(rows[0])
    for opening, name in OTHERS:
        if first.startswith(opening):
            reason = f"The file looks like {name}, which is not read; save it as RIS or CSV."
            raise FileRefused(reason)
    reason = (
        "The file shows no format of references,"
        " and is no table with a column for the title either."
    )
    raise FileRefused(reason)


def _structured_format(lines: list[str], first: str, *, mapped: bool) -> str:
    if first.startswith("<"):
        return _marked_format(lines, mapped=mapped)
    if not csl_json.is_json(lines):
        return ""
    if not csl_json.starts(lines):
        raise FileRefused(csl_json.NO_CSL)
    return "csl-json"


def _format_of_entries(lines: list[str]) -> str:
    for at, line in enumerate(lines):
        for name, starts in STARTS:
            if starts(line):
                return name
        if bibtex_cutting.starts(line):
            return "bibtex"
        for name, opens in OPENINGS:
            if opens(lines, at):
                return name
    return ""


def _without_start(lines: list[str]) -> str:
    """Return the format of a file whose entries begin with no sign of their own, or ``""``."""
    if sum(nbib.OWN_TAGS.match(line) is not None for line in lines) > 1:
        return "nbib"
    if endnote_tagged.is_untyped(lines):
        return "endnote"
    return "pmids" if pmids.shows([line[:SNIFFED_LINE] for line in lines]) else ""


def _marked_format(lines: list[str], *, mapped: bool) -> str:
    """Return the format of a file that begins with a tag, or ``""``.

    Raises:
        FileRefused: it is a web page without a table of records.
    """
    text = "\n".join(lines)[:20_000].lstrip("\ufeff \t\n")
    while before := BEFORE_ROOT.match(text):
        text = text[before.end() :]
    text = text.lstrip()
    if not html_table.begins(text):
        return _xml_format(text)
    if not html_table.shows(lines, mapped=mapped):
        raise FileRefused(WEB_PAGE)
    return "html"


def _xml_format(text: str) -> str:
    """Return the format of XML from its root on, or ``""``."""
    root = ROOT.match(text)
    if root is None:
        return ""
    if ictrp_xml.starts(text):
        return "ictrp-xml"
    if ebsco_xml.starts(text):
        return "ebsco-xml"
    if PUBMED_ROOTS.match(root.group(1)):
        return "pubmed-xml"
    child = ROOT.search(text, root.end())
    if root.group(1).lower() == "records" and child and child.group(1).lower() != "record":
        return ""
    return "endnote-xml" if ENDNOTE_ROOTS.match(root.group(1)) else ""
