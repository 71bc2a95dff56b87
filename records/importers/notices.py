"""What files say of retractions, expressions of concern and corrections, in one form of words."""

import re
from collections.abc import Iterable
from functools import lru_cache

from records.importers.markup import cleaned

KINDS = (
    "retracted and republished in",
    "retracted and republished from",
    "partial retraction in",
    "partial retraction of",
    "retraction in",
    "retraction of",
    "expression of concern in",
    "expression of concern for",
    "corrected and republished in",
    "corrected and republished from",
    "erratum in",
    "erratum for",
    "update in",
    "update of",
    "republished in",
    "republished from",
)
WORDS = re.compile("retract|erratum|concern|republish|update ", re.IGNORECASE)
LONGEST_TYPE = 2_000
STATEMENT = re.compile(rf"\b({'|'.join(KINDS)})\b[:.\s]*", re.IGNORECASE)
TYPES = {
    "retracted publication": "Retracted publication",
    "retracted article": "Retracted publication",
    "retracted": "Retracted publication",
    "retraction of publication": "Retraction of publication",
    "retraction notice": "Retraction of publication",
    "retraction": "Retraction of publication",
    "withdrawn publication": "Withdrawn publication",
    "withdrawn article": "Withdrawn publication",
    "withdrawn": "Withdrawn publication",
    "expression of concern": "Expression of concern",
    "published erratum": "Published erratum",
    "erratum": "Published erratum",
    "corrigendum": "Published erratum",
    "correction": "Published erratum",
    "corrected and republished article": "Corrected and republished article",
}
TITLE = re.compile(
    r"\W{0,3}(retracted|withdrawn|retraction|withdrawal|expression of concern|erratum|corrigendum"
    r"|correction)( article| publication| notice| note)?(?:\W{0,2}:| to\b| for\b| of:)",
    re.IGNORECASE,
)
OF_TITLE = {
    "retracted": "Retracted publication",
    "withdrawn": "Withdrawn publication",
    "retraction": "Retraction of publication",
    "withdrawal": "Retraction of publication",
    "expression of concern": "Expression of concern",
}


def of_types(texts: Iterable[str]) -> list[str]:
    """Return the notices among publication types, which may stand several in one text."""
    return [notice for text in texts for notice in _of_type(text[:LONGEST_TYPE])]


@lru_cache(maxsize=2_000)
def _of_type(text: str) -> tuple[str, ...]:
    """Return the notices in one text; a file has few different ones."""
    kinds = (part.strip(" .*[]").lower() for part in re.split(r"[;,|]|\.\s", text))
    return tuple(TYPES[kind] for kind in kinds if kind in TYPES)


def of_title(title: str) -> list[str]:
    """Return the notice that a title opens with (``RETRACTED: …``, ``Erratum to: …``)."""
    if title[:1].isalpha() and title[0] not in "RrWwEeCc":
        return []
    match = TITLE.match(cleaned(title[:200]))
    if match is None:
        return []
    word = match.group(1).lower()
    # "Correction of hip deformity" and "Withdrawal for …" are titles, not notices.
    if not match.group(2) and match.group().lower().endswith((" of:", " for")):
        return []
    return [OF_TITLE.get(word, "Published erratum") + " (said in the title)"]


def of_notes(texts: Iterable[str]) -> list[str]:
    """Return the statements in running notes (``Erratum in: …; Retraction in: …``), each whole."""
    found: list[str] = []
    for text in texts:
        if WORDS.search(text) is None:
            continue
        starts = list(STATEMENT.finditer(text))
        ends = [*(match.start() for match in starts[1:]), len(text)]
        for match, end in zip(starts, ends, strict=False):
            said = text[match.end() : end].strip(" ;.,|()[]")
            found.append(f"{match.group(1).capitalize()}: {said}")
    return found
