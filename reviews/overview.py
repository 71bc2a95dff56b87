"""What the overview of a review shows of the packages above, collected without knowing them.

As with ``reviews.work``: a package hands its function over once, when the application starts, and
the page calls it. The figure of the flow is drawn by ``reporting``; what was dealt to whom is known
to ``screening`` and ``extraction``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reviews.models import Membership, Review


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the page: the template that shows it, which reads ``part``, and what it reads."""

    template: str
    context: Mapping[str, Any]


# What was dealt to each member and is not released, in words, by the member's key.
Dealt = Mapping[int, str]
Figure = Callable[[Membership], Part | None]
DealtSource = Callable[[Review], Dealt]

_figures: list[Figure] = []
_dealt: list[DealtSource] = []


def register_figure(figure: Figure) -> None:
    """Set what draws where a review stands, by what this member may know."""
    _figures[:] = [figure]


def register_dealt(source: DealtSource) -> None:
    """Add a source of what was dealt to each member: one query, and nothing of what they did."""
    if source not in _dealt:
        _dealt.append(source)


def figure_for(member: Membership) -> Part | None:
    """Return the figure of where the member's review stands; nothing before its first record."""
    found = (figure(member) for figure in _figures)
    return next((part for part in found if part is not None), None)


def dealt_in(review: Review) -> dict[int, list[str]]:
    """Return what was dealt to each member and is not released, in the order of the flow."""
    found: dict[int, list[str]] = {}
    for source in _dealt:
        for member, words in source(review).items():
            found.setdefault(member, []).append(words)
    return found
