"""What PubMed's Abstract and Summary formats write alike: citations, numbers, names."""

import re
from dataclasses import dataclass

from records.importers.identifiers import normalise_doi, normalise_pmcid

CITATION = re.compile(
    r"(?P<journal>[^\n]{1,400}?)\.? (?P<year>(?:1[5-9]|20)[0-9]{2}\b[^;:.]{0,40})"
    r"(?:;(?P<volume>[^(:;.\n]{0,60}))?(?:\((?P<issue>[^)\n]{0,60})\))?"
    r"(?::(?P<pages>[^;\n]{1,60}?))?(?=\.(?:\s|$)|;|$)"
)
BOOK = re.compile(
    r"In:\s(?P<journal>[^\n]{1,400}?)\. (?:[^\n]{0,300}?);\s?(?P<year>[0-9]{4}\b[^.;:]{0,40})"
)
DOI = re.compile(r"\bdoi:\s{0,3}(10\.\S{1,300})", re.IGNORECASE)
PMID = re.compile(r"\bPMID:\s{0,3}([0-9]{1,8})\b")
PMCID = re.compile(r"\bPMCID:\s{0,3}(PMC[0-9]{1,9})\b")
IDS = re.compile(r"(?:DOI|PMCID|PMID):\s")
MARKS = re.compile(r"\([^()\s]{1,4}\)")
CAPITAL = "A-Z\u00c0-\u00de"
NAME = re.compile(
    rf"[^\W\d_][\w'’.\- ]{{0,60}}? [{CAPITAL}][{CAPITAL}-]{{0,5}}"
    r"(?: (?:Jr|Sr|[1-4](?:st|nd|rd|th)|I{1,3}V?))?\.?"
)
NO_NAMES = frozenset({"[No authors listed]", "et al"})
GROUP = re.compile(
    r"\b(?:groups?|collaborat\w{1,6}|network|investigators|consortium|committee|society"
    r"|association|team|registry|initiative|trialists)\b",
    re.IGNORECASE,
)
LONGEST_GROUPS = 200
LONGEST_NAME = 150
CAP_OF_CITATION = 4_000
NO_FIELD = "This line belongs to no field and was left out of the record."


@dataclass(slots=True)
class Paragraph:
    """Some lines without a blank one between.

    Attributes:
        line: the number of the first.
        heading: its text in small letters.
        text: all of them as one text.
        ends: whether one is the line with the PMID, which ends an entry of the Abstract format.
    """

    line: int
    heading: str
    text: str
    ends: bool


def cited(text: str) -> dict[str, str]:
    """Return the parts of a citation."""
    text = text[:CAP_OF_CITATION]
    doi = DOI.search(text)
    fields = {"doi": normalise_doi(doi.group(1)) if doi else ""}
    if book := BOOK.match(text):
        return {**fields, "journal": book["journal"], "year_text": book["year"].strip(" –-")}
    if found := CITATION.match(text):
        parts = {name: (part or "").strip() for name, part in found.groupdict().items()}
        parts["year_text"] = parts.pop("year")
        return {**fields, **parts}
    return fields


def read_ids(fields: dict[str, str], text: str) -> None:
    """Add the DOI, PMID and PMCID that a text names to those that are known."""
    for name, pattern in (("doi", DOI), ("pmid", PMID), ("pmcid", PMCID)):
        if (found := pattern.search(text)) and not fields.get(name):
            fields[name] = found.group(1)
    fields["doi"] = normalise_doi(fields.get("doi", ""))
    fields["pmcid"] = normalise_pmcid(fields.get("pmcid", ""))
    fields["source_record_id"] = fields.get("pmid", "")


def ended(text: str) -> str:
    """Return a sentence without its full stop."""
    text = text.strip()
    return text if text.endswith("..") else text.removesuffix(".")


def are_authors(text: str, following: str) -> bool:
    """Say whether a text is a list of authors, in view of the paragraph that follows it."""
    if following.startswith(("Author information", "Collaborators")):
        return True
    names = authors_in(text)
    if not names or max(map(len, names)) > LONGEST_NAME:
        return False
    people = sum(NAME.fullmatch(name) is not None for name in names)
    if people:
        return NAME.fullmatch(names[0]) is not None and people * 2 >= len(names)
    return len(text) <= LONGEST_GROUPS and GROUP.search(text) is not None


def authors_in(text: str) -> list[str]:
    """Return the names in a list of authors, without their marks."""
    written = ended(MARKS.sub("", text))
    names = (name.strip(" .") for name in re.split("[,;] ?", written))
    return [name for name in names if name and name not in NO_NAMES]
