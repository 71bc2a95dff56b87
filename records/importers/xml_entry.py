"""One entry of an XML file: its text mended where that is certain, and parsed alone."""

import html
import html.entities
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from records.importers.mixed import DAMAGED
from records.importers.parsed import Problem

MAX_DEPTH = 100
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(r"&(?:#(x[0-9A-Fa-f]{1,8}|[0-9]{1,9});|([A-Za-z][A-Za-z0-9]{1,31});)?")
# Elements within a text that stand on lines of their own; all others stand within a line.
BLOCKS = frozenset({
    "abstracttext", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "head", "heading", "li",
    "list", "list-item", "ol", "p", "par", "para", "sec", "section", "subtitle", "title", "tr",
    "ul",
})  # fmt: skip
OWN_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True, slots=True)
class XmlEntry:
    """One entry: its line, its own text, its element, and what had to be mended to read it.

    ``element`` is ``None`` where the entry cannot be read; ``notes`` then say why.
    """

    line: int
    raw: str
    element: Element | None
    notes: tuple[Problem, ...] = ()


def parsed_entry(raw: str, line: int) -> XmlEntry:
    """Return an entry parsed from its own text."""
    notes: list[Problem] = []
    text = raw
    if DAMAGED in text:
        notes.append(Problem(line, f"Damaged characters in the entry were replaced by {DAMAGED}."))
    if ILLEGAL.search(text):
        notes.append(Problem(line, "Characters that XML does not allow were replaced by spaces."))
        text = ILLEGAL.sub(" ", text)
        # No database takes a NUL.
        raw = raw.replace("\x00", "")
    if "&" in text:
        text = _mended(text, line, notes)
    try:
        return XmlEntry(line, raw, _element(text), tuple(notes))
    except expat.ExpatError as error:
        at = line + max(error.lineno - 1, 0)
        reason = f"The entry is not well-formed XML (at line {at}) and was not imported."
    except _TooDeep:
        reason = f"The entry nests elements more than {MAX_DEPTH} deep and was not imported."
    return XmlEntry(line, raw, None, (Problem(line, reason, rejected=True),))


class _TooDeep(Exception):
    """Elements are nested deeper than any export nests them."""


def _element(text: str) -> Element:
    """Return the element that a text of balanced tags is.

    Raises:
        expat.ExpatError: the text is not well-formed.
        _TooDeep: elements are nested too deep.
    """
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _TooDeep
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    whole = True
    parser.Parse(text.encode(), whole)
    return builder.close()


def _mended(text: str, line: int, notes: list[Problem]) -> str:
    """Return a text in which every reference is one that XML knows without a DTD."""
    bare = False

    def mend(match: re.Match[str]) -> str:
        nonlocal bare
        number, name = match.groups()
        if number:
            code = int(number[1:], 16) if number[0] == "x" else int(number)
            legal = 0 < code <= 0x10FFFF and not ILLEGAL.match(chr(code))
            return match.group() if legal else " "
        if name in OWN_ENTITIES:
            return match.group()
        if name and f"{name};" in html.entities.html5:
            return html.escape(html.entities.html5[f"{name};"])
        bare = True
        return f"&amp;{match.group()[1:]}"

    mended = REFERENCE.sub(mend, text)
    if bare:
        notes.append(Problem(line, "An & that begins no known character was read as it stands."))
    return mended


def prose(element: Element | None) -> str:
    """Return all text of an element, its paragraphs and headings apart from each other."""
    if element is None:
        return ""
    if not len(element):
        return element.text or ""
    parts: list[str] = []
    _gather(element, parts)
    return "".join(parts).strip()


def _gather(element: Element, parts: list[str]) -> None:
    # No deeper than `MAX_DEPTH`.
    parts.append(element.text or "")
    for child in element:
        block = child.tag.rpartition(":")[2].lower() in BLOCKS
        parts.append(" " if block else "")
        _gather(child, parts)
        parts.append((" " if block else "") + (child.tail or ""))


def flat(element: Element | None) -> str:
    """Return all text of an element, whatever marks are set in it."""
    if element is None:
        return ""
    return "".join(element.itertext()) if len(element) else element.text or ""
