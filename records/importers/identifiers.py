"""DOI, PMID, PMCID, year and page range as databases write them, brought to one form."""

import re
from urllib.parse import unquote

from records.importers.markup import decoded

MAX_IDENTIFIER_TEXT = 2_000
EARLIEST_YEAR = 1500
LATEST_YEAR = 2100

DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,5}/[^\s\"]+")
# What the whole of the work below would leave as it is, and nearly every DOI in a file is.
PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9][A-Za-z0-9._/-]{0,200}[A-Za-z0-9]")
SECOND_DOI = re.compile(r"[;,|](?:https?://|doi:|10\.[0-9]{4})", re.IGNORECASE)
# The resolver, also where a library's proxy stands in its place: doi-org.ezproxy.example.
RESOLVER = re.compile(r"doi[.-]org[^/\s]{0,200}/", re.IGNORECASE)
# What LaTeX makes of signs that stand in a DOI.
LATEX_ANGLE = re.compile(
    r"\{?(?:\$\s?)?\\(?P<name>textless|textgreater|lt|gt|langle|rangle)(?![a-z])\s?(?:\{\})?(?:\s?\$)?\}?"
    r"|\$\s?(?P<sign>[<>])\s?\$"
)
LATEX_SIGN = re.compile(r"\{?\\([_&%#$])(?:\{\})?\}?")
INVISIBLE = re.compile("[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2060\ufeff]")
PMID = re.compile(
    r"(?:PMID|MEDLINE|PubMed)?[\s:]{0,5}0{0,8}([1-9][0-9]{0,7})(?:\.0)?", re.IGNORECASE
)
PUBMED = re.compile(r"pubmed|medline|\bnlm\b|national library of medicine", re.IGNORECASE)
PLAIN_PMID = re.compile(r"[1-9][0-9]{0,7}")
PMID_LABEL = re.compile(
    r"\b(?:PMID[\s:]{0,5}(?:NLM)?([1-9][0-9]{0,7})|PUBMED (?:ID:?\s?)?([1-9][0-9]{4,7}))\b",
    re.IGNORECASE,
)
PMID_LINK = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/([1-9][0-9]{0,7})(?![0-9])"
)
PMCID = re.compile(r"\bPMC([0-9]{3,9})\b", re.IGNORECASE)
ISSN = re.compile(r"(?<![0-9Xx-])([0-9]{4})-?([0-9]{3}[0-9Xx])(?![0-9Xx-])")
YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
YEAR_SPAN = re.compile(r"([0-9]{4})\s?[-\u2013/]\s?([0-9]{2}|[0-9]{4})")
NUMERIC_DATE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?(?![0-9])")
COMPACT_DATE = re.compile(r"([0-9]{4})(?:0[1-9]|1[0-2])[0-3][0-9]")
# What stands for pages where there are none, and the letters before them.
NO_PAGES = re.compile(
    r"[\[(]?\s?(?:pp?\.?\s)?(?:no (?:pages?|pagination|page numbers?)\b.{0,40}"
    r"|unpag(?:inated|ed)|not? paginat.{0,40}|n\.?\s?p\.?|n\.?\s?pag\.?"
    r"|(?:pages|pagination|page numbers?) not .{0,40}"
    r"|var\.? ?pagings?|NA ?[-\u2013]{1,2} ?NA|none specified)\s?[\])]?\.?",
    re.IGNORECASE,
)
BEFORE_PAGES = re.compile(r"(?:pp?|pages?)(?:\.\s?|\s)(?=[A-Za-z]{0,4}[0-9])", re.IGNORECASE)
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
NEXT_LINK = re.compile(r"[;,|]+(?=https?://)", re.IGNORECASE)
PAGE_RANGE = re.compile(
    r"([A-Za-z]{0,4})([0-9]{1,9})\s{0,3}[-\u2010-\u2015]{1,2}\s{0,3}([A-Za-z]{0,4})([0-9]{1,9})"
)


def normalise_doi(text: str) -> str:
    """Return the first DOI in ``text`` in lower case, without resolver and end marks, or ``""``."""
    if PLAIN_DOI.fullmatch(text):
        return text.lower()
    text = INVISIBLE.sub("", _without_latex(decoded(text[:MAX_IDENTIFIER_TEXT])))
    for _ in range(4):
        unquoted = unquote(text)
        if unquoted == text:
            break
        text = INVISIBLE.sub("", unquoted)
    match = DOI.search(text)
    if match is None:
        return ""
    doi = match.group().lower()
    if RESOLVER.search(text[: match.start()]):
        doi = re.split("[?#]|&[a-z]{1,20}=", doi, maxsplit=1)[0]
    if second := SECOND_DOI.search(doi):
        doi = doi[: second.start()]
    return _without_end_marks(doi.removesuffix("[doi]"))


def _without_latex(text: str) -> str:
    if "\\" not in text and "$" not in text:
        return text
    return LATEX_SIGN.sub(r"\1", LATEX_ANGLE.sub(_angle, text))


def _angle(match: re.Match[str]) -> str:
    return match["sign"] or ("<" if match["name"] in ("textless", "lt", "langle") else ">")


def _without_end_marks(doi: str) -> str:
    opened, closed = "([{<", ")]}>"
    while doi:
        last = doi[-1]
        unpaired = last in closed and doi.count(last) > doi.count(opened[closed.index(last)])
        if last not in ".,;:'\u201d\u2019" and not unpaired:
            break
        doi = doi[:-1]
    return "" if doi.endswith("/") else doi


def normalise_pmid(text: str) -> str:
    """Return ``text`` as a bare PubMed number, or ``""`` when it is none."""
    if PLAIN_PMID.fullmatch(text):
        return text
    text = text.strip()[:200]
    if link := PMID_LINK.search(text):
        return link.group(1)
    match = PMID.fullmatch(text)
    return match.group(1) if match else ""


def pmid_in(text: str) -> str:
    """Return the PubMed number that a note or link names as such, or ``""``."""
    lowered = text.lower()
    if "pmid" not in lowered and "pubmed" not in lowered and "ncbi.nlm" not in lowered:
        return ""
    match = PMID_LABEL.search(text) or PMID_LINK.search(text)
    return next(filter(None, match.groups()), "") if match else ""


def normalise_pmcid(text: str) -> str:
    """Return the first PubMed Central number in ``text`` as ``PMC123``, or ``""``."""
    match = PMCID.search(text)
    return f"PMC{match.group(1)}" if match else ""


def is_of_pubmed(provider: str) -> bool:
    """Say whether PubMed or MEDLINE gave a record; Embase names MEDLINE beside itself."""
    return PUBMED.search(provider) is not None and "embase" not in provider.lower()


def issns_in(text: str) -> tuple[str, ...]:
    """Return the ISSNs in ``text`` with their hyphen, in order, without repeats."""
    return tuple(dict.fromkeys(f"{a}-{b.upper()}" for a, b in ISSN.findall(text[:2_000])))


def year_of(text: str) -> int | None:
    """Return the year that a date as printed gives, or ``None`` when it gives no sound one.

    Only ASCII digits count. ``2024/13/45`` is no date, so it gives no year;
    ``2012-13`` spans two years and gives the first.
    """
    if len(text) == 4 and text.isascii() and text.isdigit():
        return _sound_year(text)
    text = text.strip()[:200]
    span = YEAR_SPAN.fullmatch(text)
    if span and int(span.group(2)[-2:]) == (int(span.group(1)) + 1) % 100:
        return _sound_year(span.group(1))
    if date := NUMERIC_DATE.search(text):
        month, day = int(date.group(2)), int(date.group(3) or 1)
        if month > 12 or day > 31:
            return None
    if compact := COMPACT_DATE.fullmatch(text):
        return _sound_year(compact.group(1))
    match = None if text.startswith("-") else YEAR.search(text)
    return _sound_year(match.group()) if match else None


def years_in(text: str) -> frozenset[str]:
    """Return the years that a date names: two for ``2012-13`` and ``2019 Dec-2020 Jan``."""
    text = text.strip()[:200]
    span = YEAR_SPAN.fullmatch(text)
    if span and int(span.group(2)[-2:]) == (int(span.group(1)) + 1) % 100:
        return frozenset(span.groups())
    return frozenset(YEAR.findall(text))


def _sound_year(digits: str) -> int | None:
    year = int(digits)
    return year if EARLIEST_YEAR <= year <= LATEST_YEAR else None


def expand_pages(text: str) -> str:
    """Return a page range with its last page in full: ``123-8`` becomes ``123-128``.

    Of ``No Pagination Specified`` and the like nothing is left.
    """
    if text.isascii() and text.isdigit():
        return text
    first, _, last = text.partition("-")
    if len(first) == len(last) and first < last and (first + last).isdecimal() and first[0] != "0":
        return text
    match = PAGE_RANGE.fullmatch(text.strip())
    if match is None:
        text = BEFORE_PAGES.sub("", text.strip(), count=1) if text[:1] in " pP" else text.strip()
        match = PAGE_RANGE.fullmatch(text)
    if match is None:
        return "" if NO_PAGES.fullmatch(text) else text
    prefix, first, end_prefix, last = match.groups()
    if first.startswith("0"):
        # An article's number such as e00011-19, and no range.
        return text.strip()
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
        end_prefix = end_prefix or prefix
    if prefix == end_prefix and first == last:
        return prefix + first
    return f"{prefix}{first}-{end_prefix}{last}"


def first_link(text: str) -> str:
    """Return the first of the links in a text, alone; a text without a link as it stands."""
    text = text.strip()
    if " " not in text and text.count("://") < 2 and text[:4].lower() == "http":
        return text
    match = LINK.search(text)
    if match is None:
        return text
    return NEXT_LINK.split(match.group(), maxsplit=1)[0].rstrip(";,|>")
