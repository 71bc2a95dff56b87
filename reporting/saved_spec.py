"""What a lead chose for a saved table, read strictly: what is not understood is refused by place.

It names columns and groups and says nothing of what a review holds; whether a table has such
columns is asked in ``offered``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from extraction.schema import FormRefused
from extraction.schema.plain import flag, only, optional_text, rows, shown, text
from reporting.printing import plain
from reporting.windows import TimeWindow, in_order, overlap_of

OWN, UNGROUPED, STUDY, TREATMENT, OUTCOME, WINDOW = (
    "", "none", "study", "treatment", "outcome", "window",
)  # fmt: skip
GROUPINGS = (OWN, UNGROUPED, STUDY, TREATMENT, OUTCOME, WINDOW)
MOST = {"columns": 200, "sorted_by": 10, "windows": 20}
MOST_VALUES = 100
LONGEST_HEADING = 200
LONGEST_NAME = 60
LONGEST_TEXT = 200
_PARTS = {"columns", "grouped_by", "sorted_by", "windows", "shown_windows", "rows"}
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_MEANING = re.compile(rf"({_KEY.pattern})\.({_KEY.pattern}(?:\.{_KEY.pattern})?)")
_MONTHS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenColumn:
    """A column of the table by its key, or a question of a form as ``group.question``.

    ``heading`` renames it; empty where it keeps its own.
    """

    key: str = ""
    meaning: str = ""
    heading: str = ""

    @property
    def name(self) -> str:
        """Return what it is called in addresses and in files for programs."""
        return self.key or self.meaning.replace(".", "-")

    @property
    def asks(self) -> tuple[str, str]:
        """Return the group and the question of a meaning."""
        group, _, question = self.meaning.partition(".")
        return group, question


@dataclass(frozen=True, kw_only=True, slots=True)
class SortKey:
    """A column by which rows are put in order."""

    key: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """Columns in their order, grouping, order of rows, windows of time and which rows are shown.

    ``rows`` names the texts of a column that a row must have one of. ``shown_windows`` are all
    windows where none is named.
    """

    columns: tuple[ChosenColumn, ...]
    grouped_by: str = OWN
    sorted_by: tuple[SortKey, ...] = ()
    windows: tuple[TimeWindow, ...] = ()
    shown_windows: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def shown(self) -> list[TimeWindow]:
        """Return the windows whose rows are shown, from the earliest."""
        return [one for one in self.windows if one.name in self.shown_windows or self.shows_all]

    @property
    def shows_all(self) -> bool:
        """Return whether the rows of every window are shown."""
        return not self.shown_windows

    def as_data(self) -> dict[str, Any]:
        """Return the plain data that ``spec_of`` reads back to an equal spec."""
        return {
            "columns": [
                {
                    "key" if one.key else "meaning": one.key or one.meaning,
                    "heading": one.heading,
                }
                for one in self.columns
            ],
            "grouped_by": self.grouped_by,
            "sorted_by": [{"key": k.key, "descending": k.descending} for k in self.sorted_by],
            "windows": [
                {
                    "name": window.name,
                    "low": plain(window.low),
                    "high": "" if window.high is None else plain(window.high),
                }
                for window in self.windows
            ],
            "shown_windows": list(self.shown_windows),
            "rows": {key: list(texts) for key, texts in self.rows.items()},
        }


def read_spec(written: str) -> TableSpec:
    """Return the spec that a saved table keeps as JSON.

    Raises:
        ValidationError: something is missing, unknown or contradicts itself (code
            ``spec_not_read``); the message names the place.
    """
    try:
        data = json.loads(written)
    except (ValueError, RecursionError) as problem:
        raise refusal("The spec", "it is not JSON") from problem
    return spec_of(data)


def spec_of(data: Any) -> TableSpec:
    """Return the spec that plain data describes.

    Raises:
        ValidationError: something is missing, unknown or contradicts itself (code
            ``spec_not_read``); the message names the place.
    """
    if not isinstance(data, Mapping):
        raise refusal("The spec", "it must be an object with columns")
    try:
        return _read(data)
    except FormRefused as refused:
        raise ValidationError(refused.message, code="spec_not_read") from refused


def refusal(place: str, why: str) -> ValidationError:
    """Return the refusal of one place of a spec."""
    return ValidationError(f"{place}: {why}.", code="spec_not_read")


def _read(data: Mapping[str, Any]) -> TableSpec:
    only(data, _PARTS, "the spec")
    columns = tuple(_columns(data))
    if not columns:
        raise refusal("columns", "the table has none; name at least one")
    grouped_by = data.get("grouped_by") or OWN
    if grouped_by not in GROUPINGS:
        known = ", ".join(f"“{name}”" for name in GROUPINGS if name)
        raise refusal("grouped_by", f"{shown(grouped_by)} is none of {known}")
    windows = tuple(_windows(data))
    if grouped_by == WINDOW and not windows:
        raise refusal("grouped_by", "there are no windows to group by")
    return TableSpec(
        columns=columns,
        grouped_by=grouped_by,
        sorted_by=tuple(_sorted_by(data)),
        windows=windows,
        shown_windows=_shown_windows(data, windows),
        rows=_filters(data),
    )


def _columns(data: Mapping[str, Any]) -> list[ChosenColumn]:
    columns: list[ChosenColumn] = []
    places: dict[str, str] = {}
    for number, row in enumerate(rows(data, "columns", MOST["columns"]), start=1):
        place = f"columns, number {number}"
        only(row, {"key", "meaning", "heading"}, place)
        key = optional_text(row, "key", place, longest=LONGEST_NAME)
        meaning = optional_text(row, "meaning", place, longest=2 * LONGEST_NAME)
        if bool(key) == bool(meaning):
            raise refusal(place, "name either a key or a meaning")
        if key and not _KEY.fullmatch(key):
            raise refusal(place, f"{shown(key)} cannot be the key of a column")
        if meaning and not _MEANING.fullmatch(meaning):
            raise refusal(place, "a meaning is written “group.question”, as in “cohort.smokers”")
        heading = optional_text(row, "heading", place, longest=LONGEST_HEADING)
        column = ChosenColumn(key=key, meaning=meaning, heading=" ".join(heading.split()))
        if column.name in places:
            raise refusal(place, f"“{key or meaning}” stands in {places[column.name]} already")
        places[column.name] = place
        columns.append(column)
    return columns


def _sorted_by(data: Mapping[str, Any]) -> list[SortKey]:
    found: dict[str, SortKey] = {}
    for number, row in enumerate(rows(data, "sorted_by", MOST["sorted_by"]), start=1):
        place = f"sorted_by, number {number}"
        only(row, {"key", "descending"}, place)
        key = text(row, "key", place, longest=2 * LONGEST_NAME)
        if key in found:
            raise refusal(place, f"“{key}” stands twice")
        found[key] = SortKey(key=key, descending=flag(row, "descending", place))
    return list(found.values())


def _windows(data: Mapping[str, Any]) -> list[TimeWindow]:
    windows: dict[str, TimeWindow] = {}
    for number, row in enumerate(rows(data, "windows", MOST["windows"]), start=1):
        place = f"windows, number {number}"
        only(row, {"name", "low", "high"}, place)
        name = " ".join(text(row, "name", place, longest=LONGEST_NAME).split())
        low, high = _months(row, "low", place), _months(row, "high", place)
        if name.casefold() in windows:
            raise refusal(place, f"“{name}” stands twice")
        if low is None:
            raise refusal(place, f"“{name}” has no month to begin with; give “low”")
        window = TimeWindow(name=name, low=low, high=high)
        if high is not None and low >= high:
            raise refusal(place, f"“{name}” ends at {plain(high)} and begins at {plain(low)}")
        windows[name.casefold()] = window
    overlap = overlap_of(list(windows.values()))
    if overlap is not None:
        first, second, shared = overlap
        both = TimeWindow(name="", low=shared[0], high=shared[1])
        raise refusal(
            "windows",
            f"“{first.name}” ({first.span}) and “{second.name}” ({second.span}) share {both.span}",
        )
    return in_order(list(windows.values()))


def _months(row: Mapping[str, Any], name: str, place: str) -> Decimal | None:
    """Return a number of months, ``None`` where it is left empty."""
    value = row.get(name)
    if value is None or value == "":
        return None
    is_number = isinstance(value, str | int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not _MONTHS.fullmatch(str(value)):
        raise refusal(
            place, f"{name} is a number of months from 0 to 9999 with at most two decimals"
        )
    return Decimal(str(value)).normalize()


def _shown_windows(data: Mapping[str, Any], windows: tuple[TimeWindow, ...]) -> tuple[str, ...]:
    given = _texts(data.get("shown_windows", []), "shown_windows")
    known = {window.name for window in windows}
    for name in given:
        if name not in known:
            listed = ", ".join(f"“{one.name}”" for one in windows) or "none"
            raise refusal("shown_windows", f"there is no window “{name}”; there are {listed}")
    return given


def _filters(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = data.get("rows", {})
    if not isinstance(found, Mapping) or len(found) > MOST["sorted_by"]:
        raise refusal("rows", "it must be an object with the texts by key of a column")
    filters = {}
    for key, given in found.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise refusal("rows", f"{shown(key)} cannot be the key of a column")
        filters[key] = _texts(given, f"rows, “{key}”")
        if not filters[key]:
            raise refusal(f"rows, “{key}”", "name at least one text")
    return filters


def _texts(given: Any, place: str) -> tuple[str, ...]:
    """Return a list of texts, none of them blank or twice."""
    is_list = isinstance(given, list | tuple) and all(isinstance(one, str) for one in given)
    if not is_list or len(given) > MOST_VALUES:
        raise refusal(place, f"it must be a list of at most {MOST_VALUES} texts")
    made: dict[str, str] = {}
    for one in given:
        said = " ".join(optional_text({"text": one}, "text", place, longest=LONGEST_TEXT).split())
        if not said:
            raise refusal(place, "one of the texts is empty")
        if said.casefold() in made:
            raise refusal(place, f"“{said}” stands twice")
        made[said.casefold()] = said
    return tuple(made.values())
