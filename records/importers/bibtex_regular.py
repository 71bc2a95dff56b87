"""BibTeX entries written as the manual has them, which is nearly all, read in one pass.

What is matched here is only what is beyond doubt: every value in balanced
braces or quotes, or a bare word, and a comma after each. For anything else
``fields_of`` gives nothing, and a more patient reader takes the entry.
"""

import re
from dataclasses import dataclass

NAME = r"[A-Za-z][\w:.+/-]{0,60}"
# Braces within the braces of a value: `{{The {S{\'{a}}} trial}}` has three.
LEVELS = 5


def _balanced(levels: int, more: str = "") -> str:
    """Return a pattern of text with balanced braces; it never goes back, so it is linear."""
    plain = rf"[^{{}}\\{more}]*+"
    inner = rf"|\{{{_balanced(levels - 1)}\}}" if levels else ""
    return rf"{plain}(?:(?:\\.{inner}){plain})*+"


HEAD = re.compile(rf"\s*+([^{{}}=\"\n]{{0,300}}?)\s{{0,20}},\s*+(?={NAME}\s{{0,20}}=)")
FIELD = re.compile(
    rf"\s*+({NAME})\s*+=\s*+"
    rf"(?:\{{({_balanced(LEVELS)})\}}|\"({_balanced(LEVELS, chr(34))})\"|([0-9]{{1,20}}|{NAME}))"
    r"\s*+(?:,|\Z)",
    re.DOTALL,
)
EMPTY = " \t\r\n{}"
# The brace or comma after a forced line break, `\\}`, is no escaped one.
FORCED_BREAK = re.compile(r'(?<!\\)((?:\\\\)+)(?=[{}",=)])')


@dataclass(slots=True)
class Regular:
    """What a regular entry says.

    Attributes:
        key: its key.
        fields: the texts of each field by its name in small letters, blank ones left out.
        words: field and word of each value that is a bare word, to be looked up.
    """

    key: str
    fields: dict[str, list[str]]
    words: list[tuple[str, str]]


def fields_of(text: str, body: int) -> Regular | None:
    """Return the fields of an entry, or ``None`` where it is not as regular as that.

    Args:
        text: the entry, to its last brace.
        body: where the text within its outer braces begins.
    """
    if text[-1:] != "}":
        return None
    if "\\\\" in text:
        text = FORCED_BREAK.sub(r"\1 ", text)
    head = HEAD.match(text, body)
    if head is None:
        return None
    found = Regular(head.group(1), {}, [])
    fields = found.fields
    at, end = head.end(), len(text) - 1
    match = FIELD.match
    while field := match(text, at, end):
        name, braced, quoted, bare = field.groups()
        value = braced or quoted or bare
        if value and value.strip(EMPTY):
            name = name.lower()
            if bare and not bare.isdecimal():
                found.words.append((name, bare))
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]
        at = field.end()
    if at < end and text[at:end].strip():
        return None
    return found
