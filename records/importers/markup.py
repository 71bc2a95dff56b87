"""Markup in texts that people read: tags go, entities become characters, headings stay.

Services write titles and abstracts as pieces of HTML, JATS, MathML or PubMed's XML. Only tags
that these languages have are taken for tags, so that ``p < 0.05`` and ``n <10 or >20`` stay.
"""

import html
import re

# Tags within a word or a sentence: nothing stands in their place.
INLINE_NAMES = (
    "a abbr acronym b big bold cite code dfn em emphasis ext-link font i inf inline-formula ital"
    " italic italics kbd mark math mathml menclose mfenced mfrac mi mmultiscripts mn mo monospace"
    " mover mpadded mphantom mprescripts mroot mrow ms msqrt mstyle msub msubsup msup mtable mtd"
    " mtext mtr munder munderover named-content none overline q roman s sans-serif sc scp"
    " semantics small span strike strong styled-content sub subscript sup superscript tex-math tt"
    " u uline underline var xref annotation alternatives inter-ref bolditalic boldital gene"
    " hi nobr ref small-caps smallcaps"
)
# Tags around sentences and paragraphs: a space stands in their place.
BLOCK_NAMES = (
    "abstract abstractsection abstracttext abs article-title body br break blockquote center dd"
    " def-item def-list disp-formula div dl dt figure h1 h2 h3 h4 h5 h6 head heading html hr"
    " label li line-break list list-item mspace ol otherabstract p para paragraph"
    " copyrightinformation pre sec section sectiontitle simple-para simplepara st subtitle table"
    " tbody td th thead title titles tr trans-abstract ul vernaculartitle articletitle"
)
INLINE, BLOCKS = frozenset(INLINE_NAMES.split()), frozenset(BLOCK_NAMES.split())
ATTRIBUTE = (
    r"[A-Za-z_][\w:.-]{0,60}\s{0,3}=\s{0,3}(?:\"[^\"<]{0,2000}\"|'[^'<]{0,2000}'|[^\s\"'<>]{1,500})"
)
TAG = re.compile(
    rf"<(/?)\s?(?:[A-Za-z][A-Za-z0-9-]{{0,15}}:)?([A-Za-z][A-Za-z0-9-]{{0,25}})"
    rf"((?:\s{{1,20}}{ATTRIBUTE}){{0,20}})\s{{0,20}}(/?)>"
)
LABEL = re.compile(r"\blabel\s{0,3}=\s{0,3}[\"']([^\"']{1,200})[\"']", re.IGNORECASE)
# What nobody reads: comments, and the marks of quoted parts.
UNREAD = re.compile(r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>|<\?xml[^>]{0,200}\?>", re.DOTALL)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
OPENING = re.compile(r"<[/!?]?\s?[A-Za-z!\[]|\]\]>")
# Ampersands that were escaped once more each time a program passed a text on.
MOST_ESCAPES = 4
SPACES = re.compile(r"[ \t\r\n\f\v]+")
SPACE_BEFORE_POINT = re.compile(r" +(?=[.,;:)\]](?:\s|$))")


def may_hold(text: str) -> bool:
    """Say whether a text may hold markup at all: a quick look."""
    return ("<" in text and OPENING.search(text) is not None) or (
        "&" in text and ";" in text and ENTITY.search(text) is not None
    )


def is_marked(text: str) -> bool:
    """Say whether a text holds tags or entities that a person should not see."""
    return may_hold(text) and cleaned(text) != SPACES.sub(" ", text).strip()


def cleaned(text: str) -> str:
    """Return ``text`` as a person reads it: without tags, with characters for entities.

    Headings of sections stay as words; the label of a section (``Label="METHODS"``) stands
    before its text, with a colon.
    """
    if not may_hold(text):
        return text
    plain = decoded(text)
    if "<" in plain:
        if "<!" in plain or "<?" in plain or "]]>" in plain:
            plain = UNREAD.sub(" ", plain)
        plain = _without_tags(plain)
    if plain == text:
        return text
    return SPACES.sub(" ", plain).strip()


def decoded(text: str) -> str:
    """Return ``text`` with characters in place of entities, also of those escaped twice."""
    for _ in range(MOST_ESCAPES):
        if "&" not in text:
            break
        found = ENTITY.sub(_character, text)
        if found == text:
            break
        text = found
    return text


def _character(match: re.Match[str]) -> str:
    """Return the character of an entity; one that gives none that can be stored stays."""
    character = html.unescape(match.group())
    if len(character) == 1 and (ord(character) < 32 or 0xD800 <= ord(character) < 0xE000):
        return " " if character in "\t\n\r" else match.group()
    return character


def _without_tags(text: str) -> str:
    closed = "</" in text or "/>" in text
    blocks = False

    def replacement(match: re.Match[str]) -> str:
        nonlocal blocks
        ending, written, attributes, empty = match.groups()
        name = written.lower()
        if name not in INLINE and name not in BLOCKS:
            return match.group()
        # A single letter in brackets is a tag where tags are closed, or where it is a small one.
        if len(name) == 1 and not (ending or closed or attributes or name in "ip"):
            return match.group()
        if name in INLINE:
            return ""
        blocks = True
        label = LABEL.search(attributes) if attributes and not empty and not ending else None
        if label and label.group(1).strip(" :").upper() != "UNLABELLED":
            return f" {label.group(1).strip(' :')}: "
        return " "

    plain = TAG.sub(replacement, text)
    return SPACE_BEFORE_POINT.sub("", plain) if blocks else plain
