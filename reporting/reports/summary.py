"""What the included studies add up to: the figures that an abstract states."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.utils.text import slugify

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import count_cell, percent_cell
from reporting.shares import Share, share_total
from reporting.totals import BASIS, Total, number_of, total

FEMALE_PLACES = 2
SHARES = {
    "complications": Share(
        n="complications_affected",
        of="complications_total",
        unit="complications_unit",
        zero="complications_events",
    ),
    "revisions": Share(n="revision_n", of="reoperations_total", unit="reoperations_unit"),
    "return_to_activity": Share(n="return_any", of="return_assessed"),
    "satisfied": Share(n="satisfaction_n", of="satisfaction_total", unit="satisfaction_unit"),
}
RANGES = (
    ("age_mean", "age_mean", "years"),
    ("follow_up_mean", "follow_up_mean", "months"),
)
COLUMNS = (
    Column(key="quantity", heading="Quantity", names=True),
    Column(key="value", heading="Value", numeric=True),
    Column(key="unit", heading="Unit"),
    Column(key="studies_reporting", heading="Studies reporting", numeric=True),
)


def summary_table(snapshot: Snapshot) -> Table:
    """Return the figures with the basis they rest on."""
    return Table(
        rows=tuple(summary_rows(snapshot)),
        notes=(
            BASIS.format(units=snapshot.units),
            "Means range from the lowest to the highest cohort mean; shortest and longest are of "
            "individual patients. A study that reports only a median has no part in the means.",
        ),
    )


def summary_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield one row a quantity, in the order of an abstract."""
    studies = count_cell(
        len(snapshot.studies), studies=(copy.study.uid for copy in snapshot.studies)
    )
    yield _row("studies", studies, "studies", studies)
    yield from _people(snapshot)
    yield from _ranges(snapshot)
    yield _level(snapshot)
    for name, share in SHARES.items():
        yield from _shares(snapshot, name, share)
    yield from _categories(snapshot)


def units_quantity(snapshot: Snapshot) -> str:
    """Return the name of the quantity that counts the review's own units, such as ``hips``."""
    return "_".join(snapshot.units.lower().split())


def _people(snapshot: Snapshot) -> Iterator[Row]:
    patients = total(snapshot, number_of("patients_treated"))
    yield _row("patients", patients.summed(), "patients", patients.reporting)
    if units_quantity(snapshot) != "patients":
        units = total(snapshot, number_of("units_treated"))
        yield _row(units_quantity(snapshot), units.summed(), snapshot.units, units.reporting)
    women = total(snapshot, number_of("women"))
    yield _row("female", women.summed(), "patients", women.reporting)
    both = share_total(snapshot, Share(n="women", of="patients_treated"), "patients")
    percent = percent_cell(both.part.sum, both.whole.sum, both.part.sources, FEMALE_PLACES)
    cell = percent if both.part.figures else women.nothing
    yield _row("female_percent", cell, "%", both.part.reporting)


def _ranges(snapshot: Snapshot) -> Iterator[Row]:
    for name, key, unit in RANGES:
        means = total(snapshot, number_of(key))
        yield _row(f"{name}_lowest", means.extreme(min, "lowest"), unit, means.reporting)
        yield _row(f"{name}_highest", means.extreme(max, "highest"), unit, means.reporting)
    shortest = total(snapshot, number_of("follow_up_min"))
    longest = total(snapshot, number_of("follow_up_max"))
    yield _row("follow_up_shortest", _qualified(snapshot, shortest), "months", shortest.reporting)
    yield _row("follow_up_longest", longest.extreme(max, "highest"), "months", longest.reporting)


def _qualified(snapshot: Snapshot, shortest: Total) -> Cell:
    """Return the shortest follow-up, with the sign that a report puts before it (“at least”)."""
    cell = shortest.extreme(min, "lowest")
    signs = {
        answer.uid: answer.qualifier
        for copy in snapshot.studies
        for cohort in copy.cohorts
        if (answer := cohort.cells.get("follow_up_min"))
    }
    sign = signs.get(cell.sources[0], "") if cell.sources else ""
    if not sign:
        return cell
    return Cell(
        text=f"{sign}{cell.text}",
        value=cell.value,
        sources=cell.sources,
        formula=cell.formula,
        note=" ".join(part for part in (cell.note, "A bound, as the report gives it.") if part),
    )


def _level(snapshot: Snapshot) -> Row:
    levels: dict[str, list[UUID]] = defaultdict(list)
    reporting, codes = [], set()
    for copy in snapshot.studies:
        answer = copy.cells.get("level_of_evidence")
        if answer and answer.missing:
            codes.add(answer.missing)
        elif answer:
            levels[answer.text].append(answer.uid)
            reporting.append(copy.study.uid)
    text = "; ".join(sorted(levels))
    cell = Cell(
        text=text,
        value=text,
        sources=tuple(uid for level in sorted(levels) for uid in levels[level]),
        formula="; ".join(f"{level}: {len(levels[level])} studies" for level in sorted(levels)),
    )
    cell = cell if levels else Total(codes=codes).nothing
    return _row("level_of_evidence", cell, "", count_cell(len(reporting), studies=reporting))


def _shares(snapshot: Snapshot, name: str, share: Share) -> Iterator[Row]:
    """Yield one row a unit that somebody counts in: never a sum of patients and units."""
    made = {unit: share_total(snapshot, share, unit) for unit in ("patients", "units")}
    counted = [unit for unit, given in made.items() if given.part.figures] or ["patients"]
    for unit in counted:
        word = "patients" if unit == "patients" else units_quantity(snapshot)
        given = made[unit]
        yield _row(f"{name}_{word}", given.cell, snapshot.unit_word(unit), given.part.reporting)


def _categories(snapshot: Snapshot) -> Iterator[Row]:
    """Yield how many studies have an intervention of each category."""
    found: dict[str, dict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    spelled: dict[str, str] = {}
    reporting: dict[UUID, None] = {}
    for copy in snapshot.studies:
        for intervention in copy.interventions:
            cell = intervention.cells.get("category")
            if cell is None or cell.missing or not cell.text.strip():
                continue
            words = " ".join(cell.text.split())
            spelled.setdefault(words.casefold(), words)
            found[words.casefold()][copy.study.uid].append(cell.uid)
            reporting[copy.study.uid] = None
    for category in sorted(found):
        studies = found[category]
        sources = tuple(uid for uids in studies.values() for uid in uids)
        yield _row(
            f"category:{spelled[category]}",
            count_cell(len(studies), sources=sources, studies=studies),
            "studies",
            count_cell(len(reporting), studies=reporting),
            key=_category_key(category),
        )


def _category_key(category: str) -> str:
    """Return a name for addresses; two categories never share one."""
    plain = slugify(category)
    if plain == category.replace(" ", "-"):
        return f"category-{plain}"
    return f"category-{plain}-{hashlib.sha256(category.encode()).hexdigest()[:8]}"


def _row(quantity: str, value: Cell, unit: str, reporting: Cell, key: str = "") -> Row:
    return Row(
        key=key or quantity,
        cells={
            "quantity": Cell(text=quantity, value=quantity),
            "value": value,
            "unit": Cell(text=unit, value=unit),
            "studies_reporting": reporting,
        },
    )


SUMMARY = ReportDefinition(
    slug="summary",
    title="Summary of the included studies",
    columns=COLUMNS,
    rows=summary_table,
    source="PRISMA 2020, item 17 (study characteristics)",
)
