"""Where a member can jump to: acts, pages, records, studies and tables, by what they type.

``reviews`` sits below the packages that have most of these and may not import them, so each hands
its pages, and functions that find more, over once, when the application starts, as in ``work``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import resolve, reverse

from reviews import work
from reviews.models import Membership

# More would only make the search longer.
MOST_WORDS = 12


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place to go to.

    Args:
        label: its name, as a line of the list.
        url: its address.
        more: what stands beside the name.
        words: further words that it is found by.
    """

    label: str
    url: str
    more: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Places of one kind under their title; groups stand by their ``order``."""

    key: str
    title: str
    order: int
    places: list[Place]


@dataclass(frozen=True, kw_only=True)
class PageOfReview:
    """One page of every review, open to whom its own door lets in.

    Args:
        label: its name, as the rail has it.
        route: the name of its URL.
        keys: what the URL names beside its review.
        words: further words that it is found by.
    """

    label: str
    route: str
    keys: dict[str, str] = field(default_factory=dict)
    words: str = ""


Source = Callable[[Membership, str], Group]

_pages: list[PageOfReview] = []
_sources: list[Source] = []


def register_pages(*pages: PageOfReview) -> None:
    """Add pages; one that is registered already is not added again."""
    _pages.extend(page for page in pages if page not in _pages)


def register(source: Source) -> None:
    """Add what finds places by a text; it must cost the same few queries in any review."""
    if source not in _sources:
        _sources.append(source)


def places_for(member: Membership, text: str, *, acts: bool = True) -> list[Group]:
    """Return where this member can go, by what they typed; without a text, acts and pages.

    ``acts``: what waits for the member too, which costs more to find than all the rest.
    """
    text = text.strip()
    items = work.items_for(member) if acts else []
    waiting = [Place(label=item.label, url=item.url) for item in items]
    groups = [
        Group(key="acts", title="To do now", order=100, places=matching(waiting, text)),
        Group(key="pages", title="Pages", order=200, places=matching(_pages_of(member), text)),
        *(source(member, text) for source in _sources if text),
    ]
    return [group for group in sorted(groups, key=lambda group: group.order) if group.places]


def matching(places: Iterable[Place], text: str) -> list[Place]:
    """Return the places of which every typed word begins a word of the name."""
    typed = text.casefold().split()[:MOST_WORDS]
    return [place for place in places if _begun(typed, f"{place.label} {place.words}")]


def _begun(typed: list[str], name: str) -> bool:
    words = name.casefold().replace("-", " ").split()
    return all(any(word.startswith(each) for word in words) for each in typed)


def _pages_of(member: Membership) -> list[Place]:
    """Return the pages whose doors open to this member."""
    found = []
    for page in _pages:
        url = _url(page, member.review.slug)
        # A page outside a review has no door of this kind.
        door: Any = getattr(resolve(url).func, "required_capability", None)
        if door is None or member.can(door):
            found.append(Place(label=page.label, url=url, words=page.words))
    return found


def _url(page: PageOfReview, slug: str) -> str:
    if page.route == "reviews:my-work":
        return reverse(page.route)
    return reverse(page.route, kwargs={"slug": slug, **page.keys})


register_pages(
    PageOfReview(label="My work", route="reviews:my-work", words="home reviews"),
    PageOfReview(label="Overview", route="reviews:review-detail", words="question progress"),
    PageOfReview(label="Activity", route="reviews:event-list", words="history log audit"),
    PageOfReview(label="Members", route="reviews:member-list", words="people invite roles"),
    PageOfReview(label="Settings", route="reviews:review-settings", words="process rules"),
    PageOfReview(label="Criteria", route="reviews:criteria-edit", words="eligibility inclusion"),
    PageOfReview(label="Reasons for exclusion", route="reviews:reason-list"),
)
