"""Saving tables that a lead made of reports, and taking them out again."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from extraction.models import FormVersion
from reporting.choices import TableLayout
from reporting.definitions import ReportDefinition
from reporting.elements import asked
from reporting.models import SavedTable
from reporting.offered import refuse_unknown
from reporting.reports import REPORTS
from reporting.saved_spec import TableSpec, refusal, spec_of
from reporting.submission import SUBMISSION
from reporting.windows import gaps_text
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership, Review
from reviews.roles import Capability

MOST_TABLES = 200
# Slugs of what ships.
TAKEN = frozenset({*REPORTS, SUBMISSION.slug})
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = {"name": 200, "label": 40}
_SAID = ("name", "table", "layout", "spec", "label", "position", "removed")


@all_or_nothing
def save_table(
    *,
    lead: Membership,
    slug: str,
    name: str,
    table: str,
    spec: Mapping[str, Any],
    layout: str = TableLayout.FULL,
    label: str = "",
    position: int | None = None,
) -> tuple[SavedTable, list[str]]:
    """Keep a table made of a report, as the next version of the one of its slug or as a new one.

    Saving what is in force already changes nothing.

    Args:
        lead: who saves it.
        slug: its short name in addresses and files.
        name: its title.
        table: the slug of the report it is made of.
        spec: columns, groups, order and windows as plain data.
        layout: the layout of the report that it starts from.
        label: what the manuscript calls it; may be blank.
        position: its place among the saved tables; where it has been, or last, if left out.

    Returns:
        The table, and what the lead should know of it: times that no window holds.

    Raises:
        ValidationError: the spec cannot be used (code ``spec_not_read``); the slug is of a report
            (``taken``); there is no such report or it cannot be saved (``unknown_table``) or has
            no such layout (``no_such_layout``); the label is another table's (``label_taken``);
            the review has too many (``too_many``); a name is blank or malformed (``malformed``).
    """
    read = spec_of(spec)
    _refuse_slug(slug)
    base = _base(table, layout)
    refuse_unknown(read, base, layout)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    _refuse_unasked(read, act.review)
    tables = SavedTable.objects.current().filter(review=act.review)
    old = tables.filter(slug=slug).first()
    others = list(tables.filter(removed=False).exclude(slug=slug))
    if len(others) >= MOST_TABLES:
        raise ValidationError(
            f"A review keeps {MOST_TABLES} tables. Remove one first.", code="too_many"
        )
    row = SavedTable(
        slug=slug,
        name=_line(name, "name", required=True),
        table=table,
        layout=layout,
        spec=audit.canonical(read.as_data()),
        label=_free_label(label, others),
        position=_place(position, old, others),
    )
    gaps = gaps_text(read.windows)
    remarks = [f"{gaps}; results at such times are not shown."] if gaps else []
    if old is not None and all(getattr(old, one) == getattr(row, one) for one in _SAID):
        return old, remarks
    saved = act.replace(old, row)
    act.log("reporting.table_saved", subject=saved, table=slug)
    return saved, remarks


@all_or_nothing
def remove_table(*, lead: Membership, slug: str) -> SavedTable:
    """Take a saved table out; its versions stay, and saving its slug again brings it back.

    Raises:
        ValidationError: the review has no such table (code ``removed``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    tables = SavedTable.objects.current().filter(review=act.review, slug=slug)
    old = tables.filter(removed=False).first()
    if old is None:
        raise ValidationError(f"There is no saved table “{slug}”.", code="removed")
    kept = {one: getattr(old, one) for one in _SAID if one != "removed"}
    row = act.replace(old, SavedTable(slug=slug, removed=True, **kept))
    act.log("reporting.table_removed", subject=row, table=slug)
    return row


def _refuse_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        raise ValidationError(
            "slug: it is of small letters, digits and hyphens, at most 60, as in “table-1”.",
            code="malformed",
        )
    if slug in TAKEN:
        raise ValidationError(
            f"slug: “{slug}” is a table that ships; give this one another.", code="taken"
        )


def _base(table: str, layout: str) -> ReportDefinition:
    base = REPORTS.get(table)
    if base is None:
        raise ValidationError(
            f"table: there is no table “{table}”; there are {', '.join(REPORTS)}.",
            code="unknown_table",
        )
    if base.rows_on_page is not None:
        raise ValidationError(
            f"table: “{table}” may have any number of rows and is printed as it is only.",
            code="unknown_table",
        )
    if layout not in TableLayout.values:
        raise ValidationError(
            f"layout: it is one of {', '.join(TableLayout.values)}.", code="no_such_layout"
        )
    if layout == TableLayout.JOURNAL and base.journal is None:
        raise ValidationError(
            f"layout: the table “{table}” has no journal layout; take full.", code="no_such_layout"
        )
    return base


def _refuse_unasked(spec: TableSpec, review: Review) -> None:
    """Refuse a question that no form of the review ever asked."""
    meant = [(n, one) for n, one in enumerate(spec.columns, start=1) if one.meaning]
    if not meant:
        return
    versions = FormVersion.objects.filter(review=review).order_by("recorded_at", "pk")
    forms = [version.spec for version in versions]
    for number, column in meant:
        if not any(asked(form, *column.asks) for form in forms):
            raise refusal(
                f"columns, number {number}",
                f"no form of this review ever had a question of the meaning “{column.meaning}”",
            )


def _free_label(label: str, others: list[SavedTable]) -> str:
    line = _line(label, "label")
    taken = {one.label.casefold(): one for one in others if one.label}
    if line.casefold() in taken:
        other = taken[line.casefold()]
        raise ValidationError(
            f"label: “{other.label}” is the table “{other.slug}” already.", code="label_taken"
        )
    return line


def _place(position: int | None, old: SavedTable | None, others: list[SavedTable]) -> int:
    if position is not None:
        return position
    if old is not None and not old.removed:
        return old.position
    return max((one.position for one in others), default=0) + 1


def _line(given: str, name: str, *, required: bool = False) -> str:
    """Return a text in one line."""
    line = " ".join(given.split())
    longest = _LONGEST[name]
    if required and not line:
        raise ValidationError(f"{name}: it is missing.", code="malformed")
    if len(line) > longest:
        raise ValidationError(f"{name}: at most {longest} characters fit.", code="malformed")
    return line
