"""The rows of a table as its CSV gives them."""

import csv
import io

from reporting.layouts import JOURNAL, laid_out
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership


def rows_of(member: Membership, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as this member reads it."""
    snapshot = take_snapshot(member.review, reader=member)
    data = RENDERERS["csv"].whole(REPORTS[table], snapshot).decode()
    return list(csv.DictReader(io.StringIO(data, newline="")))


def journal_rows_of(member: Membership, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as a journal prints them, by the columns of that layout."""
    definition = laid_out(REPORTS[table], JOURNAL)
    rows = definition.table(take_snapshot(member.review, reader=member)).rows
    return [
        {column.key: row.cell(column.key).text for column in definition.columns} for row in rows
    ]


def totals_of(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the totals among rows, by what they are called."""
    return {row["study"]: row for row in rows if row["study"].startswith(("Total", "Reporting"))}


def marked(rows: list[dict[str, str]]) -> list[str]:
    """Return the notes of the rows that have one, totals apart."""
    totals = totals_of(rows).values()
    return [row["note"] for row in rows if row["note"] and row not in totals]
