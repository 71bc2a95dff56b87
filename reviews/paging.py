"""Pages of a list whose order may not be told: the cursor carries a uid and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows of a list, and the cursors of the pages beside them, empty where there is none."""

    rows: Sequence[Any]
    next_cursor: str
    previous_cursor: str


def page_by_uid(
    rows: QuerySet[Any],
    params: Mapping[str, str],
    *,
    by: str,
    descending: bool = False,
    size: int = PAGE_SIZE,
) -> Page:
    """Return the page of ``rows`` that ``?after=`` or ``?before=`` names, else the first.

    ``by`` orders the rows and is unique among them. The place of a cursor is looked up by its
    uid among the same rows, so that a signed cursor tells nobody a position in the chain and
    leads nowhere for a person who may not see its row. One query, two with a cursor.

    Raises:
        BadCursor: a cursor is not one of this list.
    """
    backwards = bool(params.get("before"))
    given = params.get("before") or params.get("after") or ""
    falling = descending != backwards
    place = rows.filter(uid=_read(given)).values_list(by, flat=True).first() if given else None
    if given and place is None:
        raise BadCursor("This page does not exist; start the list again.", code="bad_cursor")
    if given:
        rows = rows.filter(**{f"{by}__{'lt' if falling else 'gt'}": place})
    found = list(rows.order_by(f"-{by}" if falling else by)[: size + 1])
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    has_next = bool(shown) and (backwards or more)
    has_previous = bool(shown) and (more if backwards else bool(given))
    return Page(
        rows=shown,
        next_cursor=_cursor(shown[-1]) if has_next else "",
        previous_cursor=_cursor(shown[0]) if has_previous else "",
    )


class BadCursor(ValidationError):
    """The cursor was not made by this list, or was changed."""


def _cursor(row: Any) -> str:
    return _signer().sign(row.uid.hex)


def _read(cursor: str) -> str:
    try:
        return _signer().unsign(cursor)
    except signing.BadSignature as error:
        raise BadCursor("This page does not exist; start the list again.") from error


def _signer() -> signing.Signer:
    return signing.Signer(salt="reviews.paging")
