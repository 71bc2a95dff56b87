"""Texts for written files: what they may hold, their lines, and the line that says as of when."""

import re
import unicodedata

from reporting.definitions import ReportDefinition, Snapshot

# Characters that XML cannot hold at all; a text file would hide what they do.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
NOTHING = "Nothing has been released for this table yet."
REPLACED = "\N{REPLACEMENT CHARACTER}"


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; characters that no document can hold are seen to be replaced."""
    return [_FORBIDDEN.sub(REPLACED, line.replace("\t", " ")) for line in _BREAKS.split(text)]


def printable(text: str) -> str:
    """Return a text in one line, as names and descriptions are written."""
    return " ".join(lines_of(text))


def runs_right_to_left(text: str) -> bool:
    """Return whether the first letter that has a direction is of a script read from the right."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind in _RIGHT_TO_LEFT for kind in kinds if kind in {"L", "R", "AL"}), False)


def sentence(text: str) -> str:
    """Return a text that ends as a sentence does."""
    text = text.rstrip()
    return text if text.endswith((".", "?", "!", "…", ":")) else f"{text}."


def imprint(definition: ReportDefinition, snapshot: Snapshot) -> str:
    """Return the last line below a table: as of when, from which review, and its notice."""
    settings = snapshot.settings
    said = (f"As of {snapshot.as_text}", settings.title, settings.notice, definition.source)
    return " ".join(sentence(part) for part in said if part)
