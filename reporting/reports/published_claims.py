"""The claims of a published paper beside the figures of this review."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from extraction.vocabularies import Vocabulary
from reporting.choices import ClaimKind
from reporting.claims import (
    CATEGORY,
    OTHER_READINGS,
    OUTCOME,
    READINGS,
    Figure,
    Figures,
    Finding,
    Population,
    asked,
    judge,
    read_expected,
)
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
from reporting.evidence import ALL, categories_of, evidence_of
from reporting.layouts import in_lines
from reporting.models import PublishedClaim
from reporting.printing import Answers
from reporting.reports.summary import (
    TREATED,
    people_rows,
    summary_rows,
    treatment_rows,
    units_quantity,
)
from reporting.results import Series, change_of, estimate_of, instrument_cell, series_of

COLUMNS = (
    Column(key="claim", heading="Claim"),
    Column(key="quantity", heading="Quantity", names=True),
    Column(key="expected", heading="As published"),
    Column(key="found", heading="In this review"),
    Column(key="verdict", heading="Verdict"),
    Column(key="reading", heading="Reading"),
    Column(key="other_reading", heading="The other reading"),
    Column(key="population", heading="Of whom"),
    Column(key="reporting", heading="Studies reporting"),
)


def claims_table(snapshot: Snapshot) -> Table:
    """Return one row a claim, in the paper's order."""
    found = PublishedClaim.objects.filter(review=snapshot.review).as_of(snapshot.instant)
    figures = ReviewFigures(snapshot)
    rows = tuple(_row(snapshot, claim, figures) for claim in found.order_by("position", "pk"))
    notes = []
    if not snapshot.settings.claims_comparable:
        notes.append(
            "The lead has not declared that the studies of this review are those of the paper: "
            "both figures are shown, and nothing is concluded from them."
        )
    return Table(rows=rows, notes=tuple(notes), caption=snapshot.settings.claims_heading)


@dataclass
class ReviewFigures:
    """The review's own figures of one population after another; rows are made once."""

    snapshot: Snapshot
    _rows: dict[str, list[Row]] = field(default_factory=dict)

    def of(self, population: Population, names: Iterable[str]) -> Figures:
        """Return the figures of a population by quantity, and of the outcomes named.

        Without a category a quantity that is summed by treatment has a figure only where the lead
        asks for sums over all treatments.
        """
        found: dict[str, list[Figure]] = {}
        category = self._categories.called(population.category)
        for row in self._of_kind(population.cohort_kind):
            stands_for = row.cell("category").text
            if stands_for == category or (not category and stands_for == ALL):
                for name in self._names(row):
                    found.setdefault(name, []).append(_figure(row))
        for name in names:
            if name.startswith(OUTCOME):
                found[name] = list(self._outcome(name, category, population))
        return found

    def called(self, quantity: str) -> str:
        """Return a quantity with its category or instrument by the name the review gives it."""
        instruments = self.snapshot.vocabularies.instruments
        for prefix, terms in ((CATEGORY, self._categories), (OUTCOME, instruments)):
            if quantity.startswith(prefix):
                return prefix + terms.called(quantity.removeprefix(prefix))
        return quantity

    @cached_property
    def _categories(self) -> Vocabulary:
        return categories_of(self.snapshot)

    def _of_kind(self, kind: str) -> list[Row]:
        if kind not in self._rows:
            rows = summary_rows(self.snapshot)
            if kind:
                rows = (
                    row
                    for rows in (people_rows, treatment_rows)
                    for row in rows(self.snapshot, kind)
                )
            self._rows[kind] = list(rows)
        return self._rows[kind]

    def _names(self, row: Row) -> tuple[str, ...]:
        """Return the names of a row; by treatment also with its unit, or as people are called."""
        name, unit = row.cell("quantity").text, row.cell("unit").text
        if not row.cell("category").text:
            return (name,)
        if name == TREATED:
            units = units_quantity(self.snapshot)
            return ("patients" if unit == "patients" else units,)
        return (name, f"{name}_{'_'.join(unit.lower().split())}") if unit else (name,)

    def _outcome(self, name: str, category: str, population: Population) -> Iterator[Figure]:
        """Yield the figure of one outcome: its values before and after, study by study."""
        parts: list[str] = []
        cells: list[Cell] = []
        for study in evidence_of(self.snapshot):
            for series in series_of(study):
                instrument = instrument_of(series)
                if self.called(OUTCOME + instrument) == name:
                    for result in _results(series, category, population):
                        text, cell = _before_and_after(series, result)
                        parts.append(f"{study.label} {text}")
                        cells.append(cell)
        if parts:
            text = "; ".join(parts)
            label = name.removeprefix(OUTCOME)
            yield Figure(cell=_together(cells, text), is_complete=False, name=label)


def instrument_of(series: Series) -> str:
    """Return the instrument of a series of results without its version, or the outcome's name."""
    return series.outcome.says("instrument") or instrument_cell(series.outcome).text


def _results(series: Series, category: str, population: Population) -> Iterator[Answers]:
    """Yield the results of a series that are of the population."""
    if population.cohort_kind and series.cohort.kind != population.cohort_kind:
        return
    wants_baseline = population.time_point == "baseline"
    for result in series.baselines if wants_baseline else series.later:
        told = series.study.category_of(series.cohort, result)
        if category and told != category:
            continue
        if not population.time_point or result.says("time.kind") == population.time_point:
            yield result


def _before_and_after(series: Series, result: Answers) -> tuple[str, Cell]:
    before, _ = series.before(result) if result in series.later else (None, "")
    given = [estimate_of(series.study, row) for row in (before, result) if row is not None]
    texts = " → ".join(estimate.text or "–" for estimate in given)
    when = result.cell("time.kind").text.lower()
    sources = tuple(uid for estimate in given for uid in estimate.sources)
    said = [when, given[-1].statistic]
    change = change_of(series, result)
    if change.kind == "reported" and change.text:
        said.append(f"change {change.text}")
        sources += change.sources
    return f"{texts} ({', '.join(filter(None, said))})", Cell(text=texts, sources=sources)


def _figure(row: Row) -> Figure:
    """Return the figure of a row of the summary, with how many studies report it."""
    quantity = row.cell("quantity").text
    reporting, studies = row.cell("studies_reporting"), row.cell("studies")
    unit = row.cell("unit").text
    said = f"{reporting.text} of {studies.text} studies"
    if quantity.startswith(CATEGORY):
        said += " name a category"
    elif reporting.note:
        said += ", some in part"
    return Figure(
        cell=row.cell("value"),
        is_complete=reporting.value == studies.value and not reporting.note,
        name=quantity.replace("_", " "),
        unit=unit if unit not in ("%", "studies") else "",
        x_of_y="" if quantity == "studies" else said,
    )


def _row(snapshot: Snapshot, claim: PublishedClaim, figures: ReviewFigures) -> Row:
    expected = read_expected(claim.expected)
    population = Population(
        category=claim.category, cohort_kind=claim.cohort_kind, time_point=claim.time_point
    )
    quantity = "; ".join(figures.called(name) for name in asked(claim.quantity))
    finding = judge(
        kind=claim.kind,
        quantity=quantity,
        expected=expected,
        reading=claim.reading,
        figures=figures.of(population, asked(quantity)),
        comparable=snapshot.settings.claims_comparable,
    )
    is_numeric = claim.kind == ClaimKind.NUMERIC
    other = OTHER_READINGS.get(claim.quantity, "") if is_numeric else ""
    said = dict.fromkeys(figure.x_of_y for figure in finding.figures) if is_numeric else {}
    return Row(
        key=claim.key,
        note=finding.note,
        cells={
            "claim": _word(claim.text),
            "quantity": _word(claim.quantity),
            "expected": _word("–".join(str(figure) for figure in expected)),
            "found": _found(claim, finding),
            "verdict": _word(finding.verdict.label),
            "population": _word(population.words),
            "reporting": _word("; ".join(text for text in said if text)),
            "reading": _word(claim.reading),
            "other_reading": _range(finding.other, READINGS.get(other, "")),
        },
    )


def _found(claim: PublishedClaim, finding: Finding) -> Cell:
    """Return the review's figures: a number, a range, or the figures beside a sentence."""
    if claim.kind == ClaimKind.NUMERIC:
        return _range(finding.figures)
    said = "; ".join(figure.in_words for figure in finding.figures)
    return _together([figure.cell for figure in finding.figures], said)


def _range(figures: Sequence[Figure], reading: str = "") -> Cell:
    """Return figures as one text, lowest and highest with a dash between them."""
    cells = [figure.cell for figure in figures if figure.cell.text]
    if len(cells) == 1 and not reading:
        return cells[0]
    text = "–".join(dict.fromkeys(cell.text for cell in cells))
    return _together(cells, f"{text} ({reading})" if text and reading else text)


def _together(cells: Sequence[Cell], text: str) -> Cell:
    return Cell(
        text=text,
        value=text,
        sources=tuple(dict.fromkeys(uid for cell in cells for uid in cell.sources)),
        formula="; ".join(cell.formula for cell in cells if cell.formula),
        note=" ".join(dict.fromkeys(cell.note for cell in cells if cell.note)),
    )


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


JOURNAL = Layout(
    columns=(
        Joined(key="claim", heading="Claim"),
        Joined(key="expected", heading="As published"),
        Joined(
            key="found_both_ways",
            heading="In this review",
            of=("found", "other_reading"),
            write=in_lines("; "),
        ),
        Joined(key="verdict", heading="Verdict"),
        Joined(key="population", heading="Of whom"),
        Joined(key="reporting", heading="Studies reporting"),
        Joined(key="reading", heading="Reading"),
    ),
    once=(),
)
CLAIMS = ReportDefinition(
    slug="published-claims",
    title="Claims of the published review",
    columns=COLUMNS,
    rows=claims_table,
    named_by=("claim", "quantity"),
    journal=JOURNAL,
    source="The published abstract; verdicts by rules stated in the documentation",
)
