"""Pages of lists whose rows come and go: the cursor carries its own place.

``reviews.paging`` looks the place of a cursor up by its uid. Here a row may have left the list
since (it was voted on, settled, merged), so the cursor carries the value it was ordered by too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet

from reviews.paging import PAGE_SIZE, BadCursor, Page


def keyset_page(
    rows: QuerySet[Any],
    params: Mapping[str, str],
    *,
    by: str = "number",
    descending: bool = False,
    size: int = PAGE_SIZE,
) -> Page:
    """Return the page of ``rows`` that ``?after=`` or ``?before=`` names, else the first.

    The rows are ordered by ``by`` and end with the uid. A cursor carries both of the row it
    stands at, signed, so that it still serves when that row has left the list. One query.

    Raises:
        BadCursor: a cursor is not one of this list.
    """
    backwards = bool(params.get("before"))
    given = params.get("before") or params.get("after") or ""
    falling = descending != backwards
    if given:
        rows = rows.filter(_beyond(by, _read(given, by), falling=falling))
    sign = "-" if falling else ""
    found = list(rows.order_by(f"{sign}{by}", f"{sign}uid")[: size + 1])
    more = len(found) > size
    shown = found[:size]
    if backwards:
        shown.reverse()
    has_next = bool(shown) and (backwards or more)
    has_previous = bool(shown) and (more if backwards else bool(given))
    return Page(
        rows=shown,
        next_cursor=_cursor(shown[-1], by) if has_next else "",
        previous_cursor=_cursor(shown[0], by) if has_previous else "",
    )


def _beyond(by: str, place: tuple[Any, str], *, falling: bool) -> Q:
    value, uid = place
    side = "lt" if falling else "gt"
    return Q(**{f"{by}__{side}": value}) | Q(**{by: value, f"uid__{side}": uid})


def _cursor(row: Model, by: str) -> str:
    value = getattr(row, by)
    text = value.isoformat() if isinstance(value, datetime) else value
    return _signer(by).sign_object([text, str(row.uid)])  # type: ignore[attr-defined]


def _read(cursor: str, by: str) -> tuple[Any, str]:
    try:
        value, uid = _signer(by).unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("This page does not exist; start the list again.") from error
    return (datetime.fromisoformat(value) if isinstance(value, str) else value), uid


def _signer(by: str) -> signing.Signer:
    return signing.Signer(salt=f"screening.paging.{by}")
