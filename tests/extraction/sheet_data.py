"""Extraction sheets for tests, written as a team writes them."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from extraction.services import SheetInput, SheetOutcome, import_sheet
from extraction.services.sheets import FINAL
from reviews.models import Membership
from tests.factories import make_lead

HEADER = ("study", "group", "element", "parent", "question", "value")
CASE_SERIES = "orthopaedic-case-series"
ONDA = [
    ("Onda 2014", "study", "", "", "design", "Case series"),
    ("Onda 2014", "cohort", "S", "", "label", "All patients"),
    ("Onda 2014", "cohort", "S", "", "kind", "whole_series"),
    ("Onda 2014", "cohort", "S", "", "counts", "yes"),
    ("Onda 2014", "cohort", "S", "", "patients.treated", "12"),
    ("Onda 2014", "cohort", "S", "", "units.treated", "14"),
    ("Onda 2014", "cohort", "S", "", "age.centre", "mean"),
    ("Onda 2014", "cohort", "S", "", "age.value", "41.5"),
    ("Onda 2014", "intervention", "I", "", "label", "Resection"),
    ("Onda 2014", "intervention", "I", "", "category", "arthroscopic"),
    ("Onda 2014", "intervention", "I", "", "cohorts", "S"),
    ("Onda 2014", "outcome", "O", "", "instrument", "mHHS"),
    ("Onda 2014", "result", "before", "", "time.kind", "baseline"),
    ("Onda 2014", "result", "before", "", "estimate.value", "54.2"),
    ("Onda 2014", "result", "after", "", "time.kind", "final_follow_up"),
    ("Onda 2014", "result", "after", "", "p", "<0.001"),
    ("Onda 2014", "event", "e", "", "cohort", "S"),
    ("Onda 2014", "event", "e", "", "class", "complication"),
    ("Onda 2014", "event", "e", "", "events", "3"),
    ("Onda 2014", "event", "e", "", "affected", "nr"),
]


def sheet(
    rows: Iterable[Iterable[str]], header: Iterable[str] = HEADER, *, delimiter: str = ","
) -> bytes:
    """Return rows as a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def changed(rows: list[tuple[str, ...]], element: str, question: str, value: str) -> list[Any]:
    """Return the rows with another value in one of them."""
    return [(*row[:5], value) if (row[2], row[4]) == (element, question) else row for row in rows]


def make_single_lead(**settings: Any) -> Membership:
    """Make a review that declares extraction by one person, and return its lead."""
    return make_lead(single_extraction=True, **settings)


def given(data: bytes, **said: Any) -> SheetInput:
    """Return a sheet as the services take it: final, with new studies, unless said otherwise."""
    usual = {"file_name": "sheet.csv", "form": CASE_SERIES, "way": FINAL, "create_studies": True}
    return SheetInput(data=data, **{**usual, **said})


def enter_sheet(member: Membership, rows: Any, **said: Any) -> SheetOutcome:
    """Import rows, or a whole file, as a sheet."""
    data = rows if isinstance(rows, bytes) else sheet(rows)
    return import_sheet(member=member, given=given(data, **said))
