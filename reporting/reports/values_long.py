"""Every value of the final copies, one a row, as an extraction sheet holds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from extraction import groups
from extraction.copies import Cell as Answer
from extraction.copies import ElementCopy, StudyCopy
from extraction.models import Report
from extraction.schema import FieldSpec, GroupSpec, MissingCode, question_key
from extraction.sheets import COLUMNS, names_of
from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table

ROWS_ON_PAGE = 300
# What rows of their own say of elements of these groups, beside the column ``parent``.
STATED = (groups.RESULT, groups.EVENT, groups.ACCURACY)
HEADINGS = {
    "study": "Study",
    "report": "Report",
    "group": "Group",
    "element": "Element",
    "parent": "Belongs to",
    "question": "Question",
    "meaning": "Meaning",
    "value": "Value",
    "number": "Number",
    "qualifier": "Qualifier",
    "unit": "Unit",
    "missing": "Missing",
    "obtained": "Obtained",
    "formula": "Formula",
    "page": "Page",
    "quote": "Quote",
}
NUMERIC = frozenset({"number"})


def values_table(snapshot: Snapshot) -> Table:
    """Return the values by study, group, element and question; two queries beside the copies'."""
    reports = _reports(snapshot)
    rows = [row for copy in snapshot.studies for row in _Long(copy, reports).rows()]
    return Table(rows=rows, length=len(rows))


def _reports(snapshot: Snapshot) -> dict[int, str]:
    """Return what names each report that a value was read in: its DOI, else its number."""
    named = {
        cell.report
        for copy in snapshot.studies
        for cells in (copy.cells, *(element.cells for element in copy.elements))
        for cell in cells.values()
        if cell.report is not None
    }
    rows = Report.objects.filter(review=snapshot.review, pk__in=named or {0})
    names = list(rows.values_list("pk", "study", "record", "record__doi", "record__number"))
    holders: dict[tuple[int, str], set[int]] = {}
    for _, study, record, doi, _ in names:
        holders.setdefault((study, doi.lower()), set()).add(record)
    return {
        pk: doi if doi and len(holders[study, doi.lower()]) == 1 else str(number)
        for pk, study, _, doi, number in names
    }


@dataclass
class _Long:
    """The rows of one copy."""

    copy: StudyCopy
    reports: dict[int, str]

    def __post_init__(self) -> None:
        self.form = self.copy.form
        self.names: dict[UUID, str] = names_of(self.copy)
        self.place = {str(one.uid): place for place, one in enumerate(self.copy.elements)}
        self.order = {spec.key: place for place, spec in enumerate(self.form.by_cell.values())}

    def rows(self) -> Iterator[Row]:
        """Yield the study's own values, then element by element, each in the form's order."""
        found = False
        for row in self._all():
            found = True
            yield row
        for group in sorted(self.form.study_groups)[:1] if not found else ():
            yield self._row(str(self.copy.study.uid), group, None)

    def _all(self) -> Iterator[Row]:
        for key in self._in_order(self.copy.cells):
            spec = self.form.by_cell.get(key)
            yield self._value(spec.group if spec else groups.STUDY, None, self.copy.cells[key])
        for group in self.form.element_groups:
            for element in self.copy.in_group(group.key):
                yield from self._element(group, element)

    def _element(self, group: GroupSpec, element: ElementCopy) -> Iterator[Row]:
        stated = list(self._stated(group, element))
        yield from stated
        for key in self._in_order(element.cells):
            yield self._value(group.key, element, element.cells[key])
        if not stated and not element.cells:
            yield self._row(str(element.uid), group.key, element)

    def _stated(self, group: GroupSpec, element: ElementCopy) -> Iterator[Row]:
        """Yield what an element belongs to, where a sheet says so in rows of their own."""
        if not (group.key in STATED or group.across or len(group.of) > 1):
            return
        for uid in (element.parent, element.across):
            if uid is None:
                continue
            above = self._group_of(uid)
            said = {"question": above, "meaning": above, "value": self._name(uid)}
            yield self._row(
                f"{element.uid}-{above}", group.key, element, {k: _word(v) for k, v in said.items()}
            )

    def _value(self, group: str, element: ElementCopy | None, answer: Answer) -> Row:
        spec = self.form.by_cell.get(answer.key)
        number = answer.decimal
        text = self._text(spec, answer)
        cells = {
            "report": _word(self.reports.get(answer.report or 0, "")),
            "question": _word(answer.key),
            "meaning": _word(spec.means if spec else ""),
            "value": Cell(
                text=text,
                value=text if number is None else number,
                missing=answer.missing,
                sources=(answer.uid,),
                formula=answer.formula,
                page=answer.page,
            ),
            "number": BLANK
            if number is None
            else Cell(text=answer.number, value=number, sources=(answer.uid,)),
            "qualifier": _word(answer.qualifier),
            "unit": _word(answer.unit),
            "missing": _word(MissingCode(answer.missing).shortcut if answer.missing else ""),
            "obtained": _word(answer.obtained),
            "formula": _word(answer.formula),
            "page": _word(answer.page),
            "quote": _word(answer.quote),
        }
        return self._row(str(answer.uid), group, element, cells, note=answer.note)

    def _row(
        self,
        key: str,
        group: str,
        element: ElementCopy | None,
        cells: dict[str, Cell] | None = None,
        note: str = "",
    ) -> Row:
        parent = self._name(element.parent) if element and element.parent else ""
        return Row(
            key=key,
            note=note,
            cells={
                "study": _word(self.copy.label),
                "group": _word(group),
                "element": _word(self.names[element.uid] if element else ""),
                "parent": _word(parent),
                **(cells or {}),
            },
        )

    def _text(self, spec: FieldSpec | None, answer: Answer) -> str:
        """Return an answer as a sheet holds it; elements go by their names, in their order."""
        if answer.missing:
            return ""
        if spec is None or not spec.type.is_reference:
            return answer.text
        named = sorted(answer.answer.parts, key=lambda uid: self.place.get(uid, -1))
        known = (self.names.get(UUID(uid)) for uid in named if uid in self.place)
        return "; ".join(name for name in known if name)

    def _name(self, uid: UUID) -> str:
        return self.names.get(uid, "")

    def _group_of(self, uid: UUID) -> str:
        place = self.place.get(str(uid))
        return self.copy.elements[place].group if place is not None else ""

    def _in_order(self, cells: dict[str, Answer]) -> list[str]:
        """Return the keys of some answers in the form's order, what it does not ask last."""
        last = len(self.order)
        return sorted(cells, key=lambda key: (self.order.get(key, last), question_key(key), key))


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


VALUES_LONG = ReportDefinition(
    slug="values-long",
    title="Every value",
    columns=tuple(
        Column(key=key, heading=HEADINGS[key], numeric=key in NUMERIC) for key in COLUMNS
    ),
    rows=values_table,
    named_by=("study", "element", "question"),
    formats=("csv", "xlsx", "json", "html"),
    rows_on_page=ROWS_ON_PAGE,
    source="Read back by import_extraction; the names of meanings stand in the documentation",
)
