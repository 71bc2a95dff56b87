"""A released study as its page prints it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extraction.copies import Cell, ElementCopy, StudyCopy
from extraction.schema import FieldSpec, GroupSpec
from extraction.wording import Names
from reviews.models import Review

# More of them would starve each other at 1280 pixels.
MOST_COLUMNS = 6


@dataclass(frozen=True)
class Shown:
    """One answer in words, with the pages it was read on."""

    question: str
    text: str
    pages: str


@dataclass(frozen=True)
class ShownTable:
    """What belongs to an element across another group: a column each, a row a question."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[Shown | None]]]

    @property
    def is_wide(self) -> bool:
        """Return whether the columns would not stand beside each other on a page."""
        return len(self.columns) > MOST_COLUMNS

    @property
    def labelled(self) -> list[tuple[str, list[tuple[str, Shown | None]]]]:
        """Return each question with its answers, each behind the name of its column."""
        return [(asked, list(zip(self.columns, found, strict=True))) for asked, found in self.rows]

    @property
    def by_column(self) -> list[tuple[str, list[Shown]]]:
        """Return each column's name with the answers that stand in it."""
        found = zip(*(answers for _, answers in self.rows), strict=True)
        return [
            (name, [shown for shown in answers if shown])
            for name, answers in zip(self.columns, found, strict=False)
        ]


@dataclass(frozen=True)
class ShownPart:
    """The study, or one element, with what is said of it and of what belongs to it."""

    title: str
    name: str
    answers: list[Shown]
    tables: list[ShownTable]
    below: list["ShownPart"]


def released_study(copy: StudyCopy, review: Review) -> list[ShownPart]:
    """Return the parts of a copy with the answers that say something, each below its own."""
    names = Names(copy, review.settings.unit_plural)
    study = _shown(names, copy.form.of_study(), copy.cells)
    parts = [ShownPart("", "Study", study, [], [])]
    for group in copy.form.element_groups:
        if not group.parents:
            parts += [_part(names, group, element) for element in copy.in_group(group.key)]
    return parts


def _part(names: Names, group: GroupSpec, element: ElementCopy) -> ShownPart:
    copy, below, tables = names.copy, [], []
    for child in copy.form.children(group.key):
        if child.across == group.key:
            columns = [one for one in copy.in_group(child.key) if one.across == element.uid]
            tables += [_table(names, child, columns)] if columns else []
            below += _below_columns(names, child, columns)
        elif not child.across:
            mine = (one for one in copy.in_group(child.key) if one.parent == element.uid)
            below += [_part(names, child, one) for one in mine]
    return ShownPart(
        title=group.name,
        name=names.beside(element),
        answers=_shown(names, copy.form.in_group(group.key), element.cells),
        tables=tables,
        below=below,
    )


def _below_columns(
    names: Names, group: GroupSpec, columns: Iterable[ElementCopy]
) -> list[ShownPart]:
    """Return the columns of a table to which something belongs, with that alone."""
    parts = (_part(names, group, one) for one in columns)
    return [
        ShownPart(part.title, part.name, [], part.tables, part.below)
        for part in parts
        if part.tables or part.below
    ]


def _table(names: Names, group: GroupSpec, columns: Sequence[ElementCopy]) -> ShownTable:
    rows: list[tuple[str, list[Shown | None]]] = []
    for spec in names.copy.form.in_group(group.key):
        answers = [next(iter(_shown(names, [spec], one.cells)), None) for one in columns]
        if any(answers):
            rows.append((spec.label(names.unit_label), answers))
    return ShownTable(group.plural, [names.of(one.parent) for one in columns], rows)


def _shown(names: Names, specs: Iterable[FieldSpec], cells: Mapping[str, Cell]) -> list[Shown]:
    found = []
    for spec in specs:
        own = [cells[part.key] for part in spec.cells if part.key in cells]
        if own:
            pages = dict.fromkeys(cell.page for cell in own if cell.page)
            text = names.said(spec, cells)
            found.append(Shown(spec.label(names.unit_label), text, ", ".join(pages)))
    return found
