"""Pages of a list by keyset: no offset, so the last page costs what the first does.

A cursor is signed and names the row at which a page ends. ``keyset_page`` writes into it the value
that the row is ordered by, so that it still serves when the row has left the list (it was voted
on, settled, merged). Where that value may not be told, ``page_by_uid`` writes the uid alone and
looks the place up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

PAGE_SIZE = 50
NO_PAGE = "This page does not exist; start the list again."


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows of a list, and the cursors of the pages beside them, empty where there is none."""

    rows: Sequence[Any]
    next_cursor: str
    previous_cursor: str


class BadCursor(ValidationError):
    """The cursor was not made by this list, or was changed."""

    def __init__(self) -> None:
        super().__init__(NO_PAGE, code="bad_cursor")


def keyset_page(
    rows: QuerySet[Any],
    params: Mapping[str, str],
    *,
    by: str = "number",
    descending: bool = False,
    size: int = PAGE_SIZE,
) -> Page:
    """Return the page of ``rows`` that ``?after=`` or ``?before=`` names, else the first.

    The rows are ordered by ``by`` and end with the uid; a cursor carries both. One query.

    Raises:
        BadCursor: a cursor is not one of this list.
    """
    asked = _Asked(params, descending=descending)
    if asked.cursor:
        value, uid = _read(asked.cursor, by, parts=2)
        place = datetime.fromisoformat(value) if isinstance(value, str) else value
        side = asked.side
        # The first condition is the one that an index serves; an OR alone is served by none.
        rows = rows.filter(
            Q(**{f"{by}__{side}e": place}),
            Q(**{f"{by}__{side}": place}) | Q(**{f"uid__{side}": uid}),
        )
    ordered = rows.order_by(f"{asked.sign}{by}", f"{asked.sign}uid")
    return _cut(ordered, asked, size, lambda row: _signed(by, _plain(getattr(row, by)), row.uid))


def page_by_uid(
    rows: QuerySet[Any],
    params: Mapping[str, str],
    *,
    by: str,
    descending: bool = False,
    size: int = PAGE_SIZE,
    among: QuerySet[Any] | None = None,
) -> Page:
    """Return the page that the address names, of rows whose order may not be told.

    ``by`` orders the rows and is unique among them. The place of a cursor is looked up by its
    uid among the same rows (or ``among`` more, which it may have left since), so that a cursor
    tells nobody a position in the chain and leads nowhere for a person who may not see its row.
    One query, two with a cursor.

    Raises:
        BadCursor: a cursor is not one of this list.
    """
    asked = _Asked(params, descending=descending)
    if asked.cursor:
        (uid,) = _read(asked.cursor, by, parts=1)
        place = (
            (rows if among is None else among).filter(uid=uid).values_list(by, flat=True).first()
        )
        if place is None:
            raise BadCursor
        rows = rows.filter(**{f"{by}__{asked.side}": place})
    return _cut(rows.order_by(f"{asked.sign}{by}"), asked, size, lambda row: _signed(by, row.uid))


class _Asked:
    """What an address asks for: the cursor, and which way the rows run from it."""

    def __init__(self, params: Mapping[str, str], *, descending: bool) -> None:
        self.backwards = bool(params.get("before"))
        self.cursor = params.get("before") or params.get("after") or ""
        falling = descending != self.backwards
        self.sign, self.side = ("-", "lt") if falling else ("", "gt")


def _cut(rows: QuerySet[Any], asked: _Asked, size: int, cursor: Callable[[Any], str]) -> Page:
    found = list(rows[: size + 1])
    more, shown = len(found) > size, found[:size]
    if asked.backwards:
        shown.reverse()
    has_next = bool(shown) and (asked.backwards or more)
    has_previous = bool(shown) and (more if asked.backwards else bool(asked.cursor))
    return Page(
        rows=shown,
        next_cursor=cursor(shown[-1]) if has_next else "",
        previous_cursor=cursor(shown[0]) if has_previous else "",
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _signed(by: str, *place: Any) -> str:
    return _signer(by).sign_object([str(p) if isinstance(p, UUID) else p for p in place])


def _read(cursor: str, by: str, *, parts: int) -> list[Any]:
    try:
        place = _signer(by).unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor from error
    if len(place) != parts:
        raise BadCursor
    return place


def _signer(by: str) -> signing.Signer:
    return signing.Signer(salt=f"reviews.paging.{by}")
