"""Excluded at full text: every such report with the reason that counts, and how it was settled."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from records.models import Record
from reporting.cells import word
from reporting.definitions import (
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.late import late_rows
from reporting.released import kept_for, papers, reasons, reports_sought, resolutions, votes
from reviews.versions import valid_at
from screening.choices import Settled, Stage, Standing, Verdict

COLUMNS = (
    Column(key="report", heading="Report"),
    Column(key="reason", heading="Reason"),
    Column(key="other_reasons", heading="Other reasons"),
    Column(key="settled_how", heading="Settled how"),
    Column(key="record", heading="Record", numeric=True),
    Column(key="doi", heading="DOI"),
    Column(key="pmid", heading="PMID"),
)


def excluded_table(snapshot: Snapshot) -> Table:
    """Return the reports excluded, by reason in the review's order; a constant number of queries.

    The flow diagram counts the same reports. Other reasons are those that the votes name.
    """
    labels = reasons(snapshot)
    sought = reports_sought(snapshot, papers(snapshot)).order_by()
    settled = resolutions(snapshot, Stage.FULL_TEXT, Standing.EXCLUDED).filter(record__in=sought)
    rows = settled.select_related("record").defer("record__raw", "record__abstract")
    excluded = list(rows.annotate(counted=F("reason__key")))
    named, late = _named_by_votes(snapshot), late_rows(snapshot)
    order = {key: place for place, key in enumerate(labels)}
    excluded.sort(key=lambda row: (order[row.counted], row.record.number))
    return Table(
        rows=tuple(
            _row(row, labels, named.get(row.record.uid, {}), late.get(row.record.uid, ""))
            for row in excluded
        ),
        notes=(
            "A report that two people excluded for two reasons counts under the first of them.",
        ),
    )


def _named_by_votes(snapshot: Snapshot) -> Mapping[UUID, Mapping[UUID, None]]:
    """Return the reasons that the standing votes on each released paper name."""
    standing = votes(snapshot).filter(
        valid_at(snapshot.instant), stage=Stage.FULL_TEXT, verdict=Verdict.EXCLUDE
    )
    given = list(standing.values_list("record__uid", "reason__key"))
    kept = kept_for(snapshot, (record for record, _ in given))
    named: dict[UUID, dict[UUID, None]] = defaultdict(dict)
    for record, key in given:
        named[kept.get(record, record)][key] = None
    return named


def _row(row: Any, labels: Mapping[UUID, str], named: Mapping[UUID, None], note: str) -> Row:
    record = row.record
    others = [label for key, label in labels.items() if key in named and key != row.counted]
    return Row(
        key=str(record.uid),
        note=note,
        cells={
            "report": word(citation(record)),
            "reason": word(labels[row.counted]),
            "other_reasons": word("; ".join(others)),
            "settled_how": word(Settled(row.how).label.lower()),
            "record": Cell(text=str(record.number), value=record.number, records=(record.uid,)),
            "doi": word(record.doi),
            "pmid": word(record.pmid),
        },
    )


def citation(record: Record) -> str:
    """Return a record in one line: first author, year, title, journal."""
    names = record.author_list
    first = f"{names[0]} et al." if len(names) > 1 else "".join(names)
    year = "" if record.year is None else str(record.year)
    head = " ".join(part for part in (first, year) if part)
    return ". ".join(part.rstrip(".") for part in (head, record.title, record.journal) if part)


def _identifiers(cells: Sequence[Cell]) -> str:
    """Write the identifiers of a report, each with its name."""
    named = zip(("doi:", "PMID "), cells, strict=True)
    return "; ".join(f"{name}{cell.text}" for name, cell in named if cell.text)


JOURNAL = Layout(
    columns=(
        Joined(key="report", heading="Report"),
        Joined(key="reason", heading="Reason"),
        Joined(key="other_reasons", heading="Other reasons"),
        Joined(key="settled_how", heading="Settled how"),
        Joined(key="identifiers", heading="Identifiers", of=("doi", "pmid"), write=_identifiers),
    ),
    once=(),
)
EXCLUDED_AT_FULL_TEXT = ReportDefinition(
    slug="excluded-at-full-text",
    title="Reports excluded at full text",
    columns=COLUMNS,
    rows=excluded_table,
    named_by=("report",),
    source="PRISMA 2020, item 16b (excluded studies)",
    from_votes=True,
    journal=JOURNAL,
)
