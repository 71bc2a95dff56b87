"""Events that tell by their mere existence where two people differ.

Who settled a conflict says that there was one. Before release neither of the two may know, not
even where one of them is a lead, who reads every other event. Higher packages hand over, as with
``reviews.work``, what a member who works beside another is not told of; models ask here, so
nothing of them is imported.
"""

from collections.abc import Callable
from typing import Any

# Takes the member who reads; returns the verbs of others that are kept from them.
Keeps = Callable[[Any], frozenset[str]]
_keepers: list[Keeps] = []


def register(keeps: Keeps) -> None:
    """Add a function that says which verbs of others are kept from a member."""
    if keeps not in _keepers:
        _keepers.append(keeps)


def kept_from(viewer: Any) -> frozenset[str]:
    """Return the verbs of others' events that this member does not read."""
    return frozenset().union(*(keeps(viewer) for keeps in _keepers))
