"""What the page says below a figure of the forest."""

from typing import Any

from reporting.definitions import Snapshot
from reporting.forest.parts import Part, parts_of
from reporting.forest.words import (
    POOLED,
    not_drawn_words,
    not_pooled,
    ranges_words,
    without_words,
)


def beside(snapshot: Snapshot) -> dict[str, Any]:
    """Return what is said of each figure, by the key of its part, the one shown first in front."""
    return {
        "template": "reporting/_beside_forest.html",
        "forest": [_said(part) for part in parts_of(snapshot)],
    }


def _said(part: Part) -> dict[str, Any]:
    why = not_pooled(part.drawn).removeprefix(POOLED)
    return {
        "key": part.key,
        "why": why[:1].upper() + why[1:],
        "ranges": ranges_words(part),
        "others": [text for text in (not_drawn_words(part), without_words(part)) if text],
    }
