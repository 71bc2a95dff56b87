"""What waits for a member, collected from the packages above without knowing them.

``reviews`` sits below ``screening`` and ``extraction`` and may not import them, yet "My work" and
the overview of a review name the member's next act there. So each of the higher packages hands
its source over once, when the application starts::

    class ScreeningConfig(AppConfig):
        def ready(self) -> None:
            from reviews import work
            from screening.work import items
            work.register(items)

This is a list of functions, not a signal: nothing is caused by it, the order is that of the
``order`` of the items, and the pages call the sources themselves. See
``docs/decisions/`` for why.
"""

from collections.abc import Callable
from dataclasses import dataclass

from reviews.models import Membership


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One thing a member can do now in one review.

    Args:
        label: what to do, as an act in the imperative: "Screen 212 titles".
        url: where it is done.
        count: how many wait for this member alone; never a number that another member's votes or
            drafts could move before release.
        order: the place in the way of the data; the smallest is the member's next act. Setting up
            takes 0-99, title and abstract 100-199, full text 200-299, extraction 300-399,
            settling conflicts 400-499, reports 500-599.
    """

    label: str
    url: str
    count: int
    order: int


Source = Callable[[Membership], list[WorkItem]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a source of work; a source that is registered already is not added again.

    A source is called once for each review of a page and must cost the same few queries however
    large the review is.
    """
    if source not in _sources:
        _sources.append(source)


def items_for(member: Membership) -> list[WorkItem]:
    """Return everything that waits for this member in their review, the next act first."""
    found = [item for source in _sources for item in source(member)]
    return sorted(found, key=lambda item: (item.order, item.label))
