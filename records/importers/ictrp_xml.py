"""XML of the WHO's register of registers (ICTRP): one ``Trial`` an entry."""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO
from xml.etree.ElementTree import Element

from records.importers import several
from records.importers.building import Draft, fold
from records.importers.parsed import ParsedRecord, Problem
from records.importers.xml_entry import prose
from records.importers.xml_stream import read_entries

TAGS = ("Trial", "trial")
ROOT = re.compile(r"<trials?(?:_downloaded_from_ictrp)?(?=[\s>])", re.IGNORECASE)
OWN_ELEMENT = re.compile(r"<(?:trial_?id|public_title|scientific_title)(?=[\s>/])", re.IGNORECASE)
# What registers write where there is nothing.
NOTHING = frozenset({"-", "--", ".", "n/a", "na", "nil", "none", "null", "not applicable"})
# What a register knows of a trial that a reviewer would look for in an abstract.
PARTS = {
    "Study type": ("studytype",),
    "Study design": ("studydesign",),
    "Condition": ("condition", "conditions", "hcfreetext"),
    "Intervention": ("intervention", "interventions", "ifreetext"),
    "Inclusion criteria": ("inclusioncriteria",),
    "Exclusion criteria": ("exclusioncriteria",),
    "Primary outcome": ("primaryoutcome", "primoutcome"),
    "Secondary outcome": ("secondaryoutcome", "secoutcome"),
}
LISTED = re.compile(r";|\n|<br\s?/?>", re.IGNORECASE)


def starts(text: str) -> bool:
    """Say whether the start of an XML file shows this format."""
    return ROOT.search(text) is not None and OWN_ELEMENT.search(text) is not None


def read(stream: BinaryIO) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a file, in order, and the problems met on the way.

    Raises:
        FileRefused: the file declares entities, its encoding is not read, or it has no trial.
    """
    return read_entries(stream, TAGS, draft_of)


def draft_of(trial: Element, line: int, raw: str) -> Draft:
    """Return what a trial's element says, field by field."""
    said = _said(trial)
    scientific, public = said.get("scientifictitle", ""), said.get("publictitle", "")
    number = _first(said, "trialid", "mainid")
    links = several.links(_first(said, "webaddress", "url"))
    draft = Draft(line=line, raw=raw)
    draft.fields = {
        "source_record_id": number,
        "record_type": _first(said, "studytype"),
        "title": scientific or public or _first(said, "acronym"),
        "year_text": _first(said, "dateregistration", "dateregistration3", "dateenrollement"),
        "abstract": _abstract(said),
        "url": links[0] if links else "",
        "accession": number,
        "database": _first(said, "sourceregister", "regname"),
    }
    draft.keywords = LISTED.split(_first(said, *PARTS["Condition"]))
    return draft


def _said(trial: Element) -> dict[str, str]:
    """Return the first text of each element, by its name in small letters and no other marks."""
    said: dict[str, str] = {}
    for found in trial.iter():
        if found is trial:
            continue
        name = "".join(filter(str.isalnum, found.tag.lower()))
        text = prose(found).strip()
        if text and fold(text).lower() not in NOTHING:
            said.setdefault(name, text)
    return said


def _first(said: Mapping[str, str], *names: str) -> str:
    return next((said[name] for name in names if name in said), "")


def _abstract(said: Mapping[str, str]) -> str:
    """Return what the register says of the trial, each part under its name."""
    parts = ((name, _first(said, *names)) for name, names in PARTS.items())
    return "\n".join(f"{name}: {text.rstrip(' .;')}." for name, text in parts if text)
