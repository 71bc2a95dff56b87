"""Rows by category of treatment: what of them is in no total and why, and each group's totals."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from reporting.definitions import BLANK, Cell, Row, Snapshot
from reporting.evidence import ALL, SEVERAL, Cohort, StudyEvidence, categories_in, evidence_of
from reporting.printing import key_of
from reporting.quantities import Figure, Quantity
from reporting.reports.totals import category_totals
from reporting.subtotals import Subtotal

BASIS = (
    "Totals are by category of treatment; patients and {units} are never added to each other. "
    "Rows in italics are in no total, and their mark says why. A total names every study that it "
    "leaves out."
)
SUBGROUP, SUBSET = "subgroup", "eligible_subset"
NOT_REPORTED, NOT_ASSESSED = "not reported", "not assessed"


@dataclass(frozen=True, kw_only=True)
class Sums:
    """The sums of one quantity by category and unit, and what each cohort says of it."""

    snapshot: Snapshot
    quantity: Quantity

    @cached_property
    def parts(self) -> list[Subtotal]:
        """Return every sum, over all treatments too where the lead asked for it."""
        return category_totals(self.snapshot, self.quantity)

    @cached_property
    def figures(self) -> dict[tuple[UUID, str], Figure]:
        """Return what each cohort says after each category of treatment."""
        every = (f for study in evidence_of(self.snapshot) for f in self.quantity.read(study))
        return {(figure.cohort.uid, figure.category): figure for figure in every}

    @cached_property
    def _taken(self) -> set[tuple[UUID, str]]:
        parts = (part for part in self.parts if part.category != ALL)
        return {(f.cohort.uid, f.category) for part in parts for f in part.figures}

    def of(self, category: str) -> list[Subtotal]:
        """Return the sums of one category, one for each unit in which somebody counts."""
        return [part for part in self.parts if part.category == category]

    def why_not(self, study: StudyEvidence, cohort: Cohort, category: str) -> str:
        """Return why what a cohort says is in no sum; empty where it is in one."""
        place = (cohort.uid, category)
        if place in self._taken:
            return ""
        figure = self.figures.get(place)
        if figure is not None:
            return figure.why or self._why_aside(study, cohort, figure)
        through = self._through(cohort)
        return f"reported of {through} only" if through else NOT_REPORTED

    @cached_property
    def _people_in(self) -> set[UUID]:
        return {uid for uid, _ in self._taken}

    def _through(self, cohort: Cohort) -> str:
        """Return the cohort through which the people of another are in a sum."""
        around = (*cohort.wholes(), *cohort.inside())
        return next((one.name for one in around if one.uid in self._people_in), "")

    def _why_aside(self, study: StudyEvidence, cohort: Cohort, figure: Figure) -> str:
        """Return why a figure that could be summed is not."""
        if cohort.kind == SUBGROUP:
            return "a subgroup"
        if not cohort.counts and any(part.kind == SUBSET for part in cohort.parts):
            return "a mixed series, of which a part fits the review"
        through = self._through(cohort)
        if through:
            return f"the same people are in it through {through}"
        left_out = [
            why
            for part in self.of(figure.category)
            for one, why in part.left_out
            if one is study and part.unit == figure.unit
        ]
        return f"its study is left out ({left_out[0]})" if left_out else NOT_REPORTED


@dataclass(kw_only=True)
class Marks:
    """What of one row is in no total, and why."""

    whys: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, why: str) -> None:
        """Note why one thing of the row is in no total; empty where it is in one."""
        self.whys[name] = why

    @property
    def counts(self) -> bool:
        """Return whether anything of the row is in a total."""
        return not self.whys or not all(self.whys.values())

    @property
    def text(self) -> str:
        """Return the mark of the row, empty where all of it is in a total."""
        by_why: dict[str, list[str]] = {}
        for name, why in self.whys.items():
            if why:
                by_why.setdefault(why, []).append(name)
        if not by_why:
            return ""
        if len(by_why) == 1 and not self.counts:
            return f"In no total: {next(iter(by_why))}."
        said = "; ".join(f"{', '.join(names)} ({why})" for why, names in by_why.items())
        return f"In no total: {said}."


def by_category(
    snapshot: Snapshot,
    rows: Iterable[tuple[str, Row]],
    totals: Callable[[str], Iterator[Row]],
) -> Iterator[Row]:
    """Yield the rows category by category, in the review's order, each group with its totals."""
    groups: dict[str, list[Row]] = {}
    for category, row in rows:
        groups.setdefault(category, []).append(row)
    ordered = [*categories_in(snapshot), SEVERAL]
    others = [category for category in groups if category not in ordered]
    for category in (*ordered, *others, ALL):
        word = Cell(text=category, value=category)
        for row in (*groups.get(category, ()), *totals(category)):
            yield replace(row, group=category, cells={**row.cells, "category": word})


def cohorts_by_category(
    study: StudyEvidence, cohort: Cohort, said: Iterable[str], *, always: bool
) -> list[str]:
    """Return the categories under which a cohort has rows.

    A whole whose parts had different treatments has one only where it says something itself.
    """
    categories = list(dict.fromkeys(said))
    if not study.is_mixed(cohort):
        own = study.categories_of(cohort)
        return [*own, *(category for category in categories if category not in own)]
    return categories or ([SEVERAL] if always else [])


def total_rows(
    snapshot: Snapshot,
    category: str,
    columns: Mapping[str, Sums],
    *,
    kind: str = "",
    unit: str = "",
) -> Iterator[Row]:
    """Yield the totals of a category, one row for each unit in which something is counted.

    What nobody reports stands blank in the first of them, with how many studies could have.
    ``unit`` is what is counted where it does not depend on the reports.
    """
    by_unit: dict[str, dict[str, Subtotal]] = {}
    for column, sums in columns.items():
        for part in sums.of(category):
            by_unit.setdefault(part.unit or unit, {})[column] = part
    if len(by_unit) > 1 and "" in by_unit:
        blank = by_unit.pop("")
        first = min(by_unit)
        by_unit[first] = {**blank, **by_unit[first]}
    for counted in sorted(by_unit):
        found = by_unit[counted]
        parts = {column: found[column] for column in columns if column in found}
        yield _total_row(snapshot, category, counted, parts, kind)


def _total_row(
    snapshot: Snapshot, category: str, unit: str, parts: Mapping[str, Subtotal], kind: str
) -> Row:
    word = snapshot.unit_word(unit)
    title = ", ".join(part for part in ("Total", category, kind.replace("_", " "), word) if part)
    cells = {column: _sum_cell(part) for column, part in parts.items()}
    percents = {
        f"{column}_percent": part.percent()
        for column, part in parts.items()
        if part.quantity.is_share
    }
    key = "-".join(part for part in (key_of(category), kind, unit) if part)
    return Row(
        key=f"total-{key}",
        cells={
            "study": Cell(text=title, value=title),
            "unit": Cell(text=word, value=word),
            "studies_reporting": reporting_cell(parts),
            **cells,
            **percents,
        },
        is_total=True,
    )


def _sum_cell(part: Subtotal) -> Cell:
    """Return the sum; where nobody reports it, a blank that says so."""
    return part.cell if part.taken else replace(BLANK, note=part.note)


def reporting_cell(parts: Mapping[str, Subtotal]) -> Cell:
    """Return how many of how many studies report, column by column where they differ."""
    said = {column: f"{len(part.taken)} of {len(part.studies)}" for column, part in parts.items()}
    text = "; ".join(f"{column.replace('_', ' ')} {x_of_y}" for column, x_of_y in said.items())
    if len(set(said.values())) == 1:
        text = next(iter(said.values()))
    uids = dict.fromkeys(study.uid for part in parts.values() for study, _ in part.taken)
    return Cell(text=text, value=text, studies=tuple(uids))
