"""The reports that were excluded once they were extracted, as the methods have to tell them."""

from typing import Any
from uuid import UUID

from reporting.definitions import Snapshot
from reporting.released import papers, reasons, reports_sought
from reviews.work import counted
from screening.querysets.late import late_exclusions


def late_notes(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the sentence on reports found ineligible at extraction; nothing without any."""
    rows = _late(snapshot)
    if not rows:
        return ()
    labels = reasons(snapshot)
    told = [_told(row, labels[row.reason.key]) for row in rows]
    reports = counted(len(told), "report was", "reports were")
    return (
        f"{reports} found ineligible at extraction and excluded then by two people: "
        f"{'; '.join(told)}. What was extracted is kept, and no table counts it.",
    )


def late_rows(snapshot: Snapshot) -> dict[UUID, str]:
    """Return what is said of each such report beside its reason, by the uid of its record."""
    return {
        row.record.uid: f"Found ineligible at extraction; {_known(row)}" for row in _late(snapshot)
    }


def _late(snapshot: Snapshot) -> list[Any]:
    """Return the exclusions that the flow diagram counts; one query."""
    sought = reports_sought(snapshot, papers(snapshot)).order_by()
    rows = late_exclusions(snapshot.review, snapshot.instant).filter(record__in=sought)
    return list(rows.select_related("record", "reason").defer("record__raw", "record__abstract"))


def _told(row: Any, reason: str) -> str:
    how = row.get_how_display().lower()
    return f"{row.record.short_name} ({reason}; settled by {how}; {_known(row)})"


def _known(row: Any) -> str:
    return "results were known" if row.results_known else "results were not known"
