"""Telling what format a file has, by its content and never by its name."""

import re
from collections.abc import Iterator
from itertools import islice

from records.importers import (
    cochrane,
    delimited,
    endnote_tagged,
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
STARTS = (
    ("ris", ris.starts),
    ("nbib", nbib.starts),
    ("ovid", ovid.starts),
    ("wos", wos.starts),
    ("endnote", endnote_tagged.starts),
)
# Formats of which one line does not tell enough: the lines below it count too.
OPENINGS = (
    ("pubmed-text", pubmed_text.opens),
    ("refworks", refworks.opens),
    ("cochrane", cochrane.opens),
    ("ovid-text", ovid_labelled.opens),
    ("noteexpress", noteexpress.opens),
)
ENTRY_OF_BIBTEX = re.compile(r"\s*@\s*[A-Za-z]{2,30}\s*[{(]")
ROOT = re.compile(r"<([A-Za-z][\w:.-]{0,60})")
PUBMED_ROOTS = re.compile(r"Pubmed|MedlineCitation|DeleteCitation", re.IGNORECASE)
ENDNOTE_ROOTS = re.compile(r"xml$|records?$", re.IGNORECASE)
# What stands before the first element of an XML file; the bounds keep the search linear.
BEFORE_ROOT = re.compile(r"\s*(?:<\?[^>]{0,500}>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,500}>)", re.S)
OTHERS = (
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
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
            yield line
            size += len(line)
            if size > SNIFFED_TEXT:
                return


def detect(lines: list[str], *, mapped: bool = False) -> str:
    """Return the format that the first lines of a text show.

    Raises:
        FileRefused: they show none that is read here; a known other format is named.
    """
    header = [line for line in lines[:2] if not delimited.SEPARATOR_LINE.match(line)][:1]
    if header and delimited.is_header(header[0]):
        return delimited.format_of(header[0])
    first = lines[0].strip("\ufeff \t").lower()
    if first.startswith("<") and (found := _xml_format(lines)):
        return found
    if told := _text_format(lines):
        return told
    if mapped and header:
        return delimited.format_of(header[0])
    for opening, name in OTHERS:
        if first.startswith(opening):
            reason = f"The file looks like {name}, which is not read; save it as RIS or CSV."
            raise FileRefused(reason)
    reason = (
        "The file shows no format of references,"
        " and is no table with a column for the title either."
    )
    raise FileRefused(reason)


def _text_format(lines: list[str]) -> str:
    for at, line in enumerate(lines):
        for name, starts in STARTS:
            if starts(line):
                return name
        if ENTRY_OF_BIBTEX.match(line):
            return "bibtex"
        for name, opens in OPENINGS:
            if opens(lines, at):
                return name
    if sum(nbib.OWN_TAGS.match(line) is not None for line in lines) > 1:
        return "nbib"
    return "pmids" if pmids.shows(lines) else ""


def _xml_format(lines: list[str]) -> str:
    text = "\n".join(lines)[:20_000].lstrip("\ufeff \t\n")
    while before := BEFORE_ROOT.match(text):
        text = text[before.end() :]
    root = ROOT.match(text.lstrip())
    if root is None:
        return ""
    if PUBMED_ROOTS.match(root.group(1)):
        return "pubmed-xml"
    return "endnote-xml" if ENDNOTE_ROOTS.match(root.group(1)) else ""
