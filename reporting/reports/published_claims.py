"""The claims of a published paper beside the figures of this review."""

from collections import defaultdict
from collections.abc import Mapping

from extraction.copies import StudyCopy
from reporting.choices import ClaimKind
from reporting.claims import (
    OTHER_READINGS,
    READINGS,
    Figure,
    Finding,
    judge,
    read_expected,
)
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.models import PublishedClaim
from reporting.reports.outcomes import outcome_rows
from reporting.reports.summary import summary_rows

OUTCOME = "outcome:"
COLUMNS = (
    Column(key="claim", heading="Claim"),
    Column(key="quantity", heading="Quantity", names=True),
    Column(key="expected", heading="As published"),
    Column(key="found", heading="In this review"),
    Column(key="verdict", heading="Verdict"),
    Column(key="reading", heading="Reading"),
    Column(key="other_reading", heading="The other reading"),
)


def claims_table(snapshot: Snapshot) -> Table:
    """Return one row a claim, in the paper's order."""
    found = PublishedClaim.objects.filter(review=snapshot.review).as_of(snapshot.instant)
    claims = list(found.order_by("position", "pk"))
    figures = summary_figures(snapshot)
    if any(OUTCOME in claim.quantity for claim in claims):
        figures |= outcome_figures(snapshot)
    rows = tuple(_row(snapshot, claim, figures) for claim in claims)
    notes = []
    if not snapshot.settings.claims_comparable:
        notes.append(
            "The lead has not declared that the studies of this review are those of the paper: "
            "both figures are shown, and nothing is concluded from them."
        )
    return Table(rows=rows, notes=tuple(notes), caption=snapshot.settings.claims_heading)


def summary_figures(snapshot: Snapshot) -> dict[str, Figure]:
    """Return the figures of the summary by quantity, with how many studies report each."""
    studies = len(snapshot.studies)
    figures = {}
    for row in summary_rows(snapshot):
        reporting, value = row.cell("studies_reporting"), row.cell("value")
        quantity = row.cell("quantity").text
        counts_studies = quantity == "studies" or quantity.startswith("category:")
        complete = reporting.value == studies and not value.note.startswith("Only some cohorts")
        figures[quantity] = Figure(
            cell=value,
            is_complete=quantity == "studies" or complete,
            reporting=f"{reporting.text} of {studies} studies report it."
            if not counts_studies
            else f"{reporting.text} of {studies} studies name a category.",
        )
    return figures


def outcome_figures(snapshot: Snapshot) -> dict[str, Figure]:
    """Return each instrument's values before and after, study by study.

    They are named ``outcome:INSTRUMENT``, and ``outcome:INSTRUMENT@CATEGORY`` over the studies
    whose intervention is of that category.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    categories: dict[str, list[str]] = defaultdict(list)
    for copy in snapshot.studies:
        categories[copy.label] += _categories(copy)
    for row in outcome_rows(snapshot):
        name = f"{OUTCOME}{row.cell('instrument').text}"
        rows[name].append(row)
        for category in categories[row.cell("study").text]:
            rows[f"{name}@{category}"].append(row)
    return {
        name: Figure(cell=_before_and_after(found), is_complete=False)
        for name, found in rows.items()
    }


def _categories(copy: StudyCopy) -> list[str]:
    cells = [intervention.cells.get("category") for intervention in copy.interventions]
    return list(dict.fromkeys(cell.text for cell in cells if cell and not cell.missing))


def _before_and_after(rows: list[Row]) -> Cell:
    parts, sources = [], []
    for row in rows:
        before, after = row.cell("before"), row.cell("after")
        said = f"{before.text or '–'} → {after.text or '–'}"
        parts.append(f"{row.cell('study').text} {said} ({row.cell('time_point').text.lower()})")
        sources += [*before.sources, *after.sources]
    text = "; ".join(parts)
    return Cell(text=text, value=text, sources=tuple(dict.fromkeys(sources)))


def _row(snapshot: Snapshot, claim: PublishedClaim, figures: Mapping[str, Figure]) -> Row:
    expected = read_expected(claim.expected)
    finding = judge(
        kind=claim.kind,
        quantity=claim.quantity,
        expected=expected,
        reading=claim.reading,
        figures=figures,
        comparable=snapshot.settings.claims_comparable,
    )
    other = OTHER_READINGS.get(claim.quantity, "") if claim.kind == ClaimKind.NUMERIC else ""
    return Row(
        key=claim.key,
        note=finding.note,
        cells={
            "claim": _word(claim.text),
            "quantity": _word(claim.quantity),
            "expected": _word("–".join(str(figure) for figure in expected)),
            "found": _found(claim, finding),
            "verdict": _word(finding.verdict.label),
            "reading": _word(claim.reading),
            "other_reading": _range(list(finding.other.values()), READINGS.get(other, "")),
        },
    )


def _found(claim: PublishedClaim, finding: Finding) -> Cell:
    """Return the review's figures: a number, a range, or the figures beside a sentence."""
    if claim.kind == ClaimKind.NUMERIC:
        return _range(list(finding.figures.values()))
    said = [
        f"{name.removeprefix(OUTCOME).partition('@')[0].replace('_', ' ')}: {cell.text}"
        for name, cell in finding.figures.items()
    ]
    return _together(list(finding.figures.values()), "; ".join(said))


def _range(cells: list[Cell], reading: str = "") -> Cell:
    """Return one figure as it is, or the lowest and the highest with a dash between them."""
    if len(cells) == 1 and not reading:
        return cells[0]
    text = "–".join(cell.text for cell in cells)
    return _together(cells, f"{text} ({reading})" if reading and text else text)


def _together(cells: list[Cell], text: str) -> Cell:
    return Cell(
        text=text,
        value=text,
        sources=tuple(dict.fromkeys(uid for cell in cells for uid in cell.sources)),
        formula="; ".join(cell.formula for cell in cells if cell.formula),
    )


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


CLAIMS = ReportDefinition(
    slug="published-claims",
    title="Claims of the published review",
    columns=COLUMNS,
    rows=claims_table,
    source="The published abstract; verdicts by rules stated in the documentation",
)
