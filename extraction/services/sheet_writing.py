"""What a sheet says, written into copies: only what is not there already."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Exists, Max, OuterRef

from extraction.choices import Obtained
from extraction.models import (
    Element,
    ElementRemoval,
    Extraction,
    Field,
    FormVersion,
    Report,
    Value,
)
from extraction.schema import question_key
from extraction.services.entry import CONTENT, CellInput, differs, new_value
from extraction.sheets import Problems, SheetCell, SheetCopy, SheetElement
from extraction.sheets.naming import own_name
from extraction.sheets.reading import shortened
from reviews.audit import Act
from reviews.models import Membership

_BESIDE = ("formula", "note", "page", "quote", "unit")
_BLANK = ""
Values = dict[str, Value]


@dataclass(eq=False)
class Entry:
    """One copy that a sheet enters: what it says, and the answers as they would be stored."""

    version: FormVersion
    sheet: SheetCopy
    own: Values = field(default_factory=dict)
    values: dict[SheetElement, Values] = field(default_factory=dict)
    extraction: Extraction | None = None
    elements: dict[SheetElement, Element] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Return how many answers the sheet gives."""
        return len(self.own) + sum(len(values) for values in self.values.values())


@dataclass
class Written:
    """How much of a sheet was not there already."""

    elements: int = 0
    removed: int = 0
    values: int = 0

    def __bool__(self) -> bool:
        return bool(self.elements or self.removed or self.values)


def entry_of(
    version: FormVersion, sheet: SheetCopy, notes: Sequence[str], problems: Problems
) -> Entry:
    """Return what a sheet says of one study, ready to be stored.

    ``notes`` are what the review says beside every row of its tables; they are no part of what a
    note says of a value.
    """
    entry = Entry(version, sheet)
    entry.own = _values(sheet.cells, notes, problems)
    for element in sheet.elements:
        entry.values[element] = _values(element.cells, notes, problems)
    return entry


def _values(cells: Mapping[str, SheetCell], notes: Sequence[str], problems: Problems) -> Values:
    found = {}
    for key, cell in cells.items():
        try:
            found[key] = new_value(_input(cell, notes), cell.answer)
        except ValidationError as refusal:
            message = " ".join(refusal.messages)
            problems.add(cell.row.line, _column(refusal, message), message)
    return found


def _input(cell: SheetCell, notes: Sequence[str]) -> CellInput:
    row = cell.row
    return CellInput(
        key=cell.spec.key,
        text=cell.answer.text,
        obtained=_obtained(row.obtained),
        formula=row.formula,
        note=_without(row.note, notes),
        page=row.page,
        quote=row.quote,
        unit=row.unit or None,
    )


def _obtained(text: str) -> str:
    """Return how a value was obtained, by its key or in words; what is neither is refused later."""
    wanted = " ".join(text.split()).casefold()
    named = {name.casefold(): key for key, label in Obtained.choices for name in (key, label)}
    return named.get(wanted, text) if wanted else Obtained.REPORTED


def _without(note: str, notes: Sequence[str]) -> str:
    for said in reversed(notes):
        plain = said.rstrip(".")
        note = "" if note == plain else note.removesuffix(f"; {plain}")
    return note


def _column(refusal: ValidationError, message: str) -> str:
    codes = {"unknown_obtained": "obtained", "formula_missing": "formula"}
    code = getattr(refusal, "code", None)
    return codes.get(str(code)) or next((n for n in _BESIDE if f"The {n} " in message), "value")


def name_reports(
    entry: Entry, find: Callable[[str], Report | None], problems: Problems | None = None
) -> None:
    """Give each answer the report that its row names."""
    for cells, values in _places(entry):
        for key, value in values.items():
            row = cells[key].row
            if row.report:
                value.report = find(row.report)
                if value.report is None and problems is not None:
                    problems.add(
                        row.line, "report", f"the study has no report “{shortened(row.report)}”."
                    )


def _places(entry: Entry) -> Iterator[tuple[Mapping[str, SheetCell], Values]]:
    yield entry.sheet.cells, entry.own
    for element, values in entry.values.items():
        yield element.cells, values


def write(act: Act, member: Membership, entries: Sequence[Entry]) -> Written:
    """Make the copies say what the sheet says, and nothing else; all of them at once.

    What they say already is left alone. What the sheet does not say any more is made blank, and
    elements that it does not name any more are removed. A constant number of queries.
    """
    return _Writer(act, member, entries).write()


class _Writer:
    """Some copies as they are, on their way to what a sheet says."""

    def __init__(self, act: Act, member: Membership, entries: Sequence[Entry]) -> None:
        self.act, self.member, self.entries = act, member, entries
        copies = [entry.extraction for entry in entries if entry.extraction is not None]
        removed = ElementRemoval.objects.current().filter(element=OuterRef("pk"))
        every = Element.objects.filter(extraction__in=copies)
        self.alive: dict[int, list[Element]] = defaultdict(list)
        for element in every.filter(~Exists(removed)).order_by("group", "position", "pk"):
            self.alive[element.extraction_id].append(element)
        ends = every.order_by().values_list("extraction", "group").annotate(Max("position"))
        self.last = {(copy, group): last for copy, group, last in ends}
        self.stored: dict[tuple[int, int | None], Values] = defaultdict(dict)
        values = Value.objects.current().filter(extraction__in=copies)
        for value in values.select_related("report"):
            self.stored[value.extraction_id, value.element_id][value.key] = value
        versions = {entry.version.pk for entry in entries}
        self.fields = {
            (row.form_version_id, row.key): row
            for row in Field.objects.filter(form_version__in=versions)
        }

    def write(self) -> Written:
        written = Written()
        gone: list[Element] = []
        new: list[tuple[Entry, SheetElement]] = []
        for entry in self.entries:
            copy = _copy(entry)
            entry.elements = _matched(entry, self.alive[copy.pk], self._said_of(copy))
            kept = {element.pk for element in entry.elements.values()}
            gone += [element for element in self.alive[copy.pk] if element.pk not in kept]
            new += [(entry, one) for one in entry.sheet.elements if one not in entry.elements]
        self.act.bulk_insert([ElementRemoval(element=element) for element in gone])
        self._add(new)
        written.removed, written.elements = len(gone), len(new)
        changes = [change for entry in self.entries for change in self._changes(entry)]
        self.act.supersede(*[old for old, _ in changes if old is not None])
        self.act.bulk_insert([value for _, value in changes])
        written.values = len(changes)
        return written

    def _said_of(self, copy: Extraction) -> Callable[[Element], Values]:
        return lambda element: self.stored.get((copy.pk, element.pk), {})

    def _add(self, new: Sequence[tuple[Entry, SheetElement]]) -> None:
        """Write the new elements, each group after those that it belongs to."""
        depth = {
            group.key: place
            for entry in self.entries
            for place, group in enumerate(entry.version.spec.element_groups)
        }
        for group in sorted({one.group.key for _, one in new}, key=lambda key: (depth[key], key)):
            rows = []
            for entry, one in new:
                if one.group.key != group:
                    continue
                copy = _copy(entry)
                place = self.last.get((copy.pk, group), 0) + 1
                self.last[copy.pk, group] = place
                entry.elements[one] = row = Element(
                    extraction=copy,
                    group=group,
                    position=place,
                    parent=entry.elements[one.parent] if one.parent else None,
                    across=entry.elements[one.across] if one.across else None,
                )
                rows.append(row)
            self.act.bulk_insert(rows)

    def _changes(self, entry: Entry) -> Iterator[tuple[Value | None, Value]]:
        copy = _copy(entry)
        for one, said in [(None, entry.own), *entry.values.items()]:
            element = entry.elements[one] if one is not None else None
            cells = one.cells if one is not None else entry.sheet.cells
            stored = self.stored.get((copy.pk, element.pk if element else None), {})
            for key, value in said.items():
                names = cells[key].names
                if names:
                    value.text = "; ".join(sorted(str(entry.elements[n].uid) for n in names))
                yield from self._change(entry, element, stored.get(key), value)
            for key, old in stored.items():
                if key not in said and (old.text or old.missing):
                    blank = Value(key=key, obtained=_BLANK)
                    yield from self._change(entry, element, old, blank)

    def _change(
        self, entry: Entry, element: Element | None, old: Value | None, new: Value
    ) -> Iterator[tuple[Value | None, Value]]:
        if old is not None and old.report is not None and new.report is not None:
            # Its report may have been said to be of another kind since.
            same = old.report.record_id == new.report.record_id
            new.report = old.report if same else new.report
        if old is not None and not differs(old, new):
            return
        new.extraction, new.element = _copy(entry), element
        new.field = self.fields[entry.version.pk, question_key(new.key)]
        new.member = self.member
        yield old, new


def _copy(entry: Entry) -> Extraction:
    if entry.extraction is None:
        raise ValueError("a copy that was not made")
    return entry.extraction


def _matched(
    entry: Entry, alive: Iterable[Element], said_of: Callable[[Element], Values]
) -> dict[SheetElement, Element]:
    """Return which element of the copy each element of the sheet is, where it is there already.

    One that says the very same comes first, then one of the same name; those without a name go by
    their order. What belongs to different elements is never the same.
    """
    form = entry.version.spec
    free: dict[tuple[str, int | None, int | None], list[Element]] = defaultdict(list)
    for element in alive:
        free[element.group, element.parent_id, element.across_id].append(element)
    found: dict[SheetElement, Element] = {}
    for group in form.element_groups:
        waiting: dict[tuple[str, int | None, int | None], list[SheetElement]] = defaultdict(list)
        for one in entry.sheet.in_group(group.key):
            above = (one.parent, one.across)
            if all(each is None or each in found for each in above):
                parent, across = (found[each].pk if each else None for each in above)
                waiting[group.key, parent, across].append(one)
        for place, ones in waiting.items():
            found |= _Pairing(entry, group.key, found, said_of).pair(ones, free[place])
    return found


class _Pairing:
    """Elements of a sheet that belong to the same, and those of the copy that may be they."""

    def __init__(
        self,
        entry: Entry,
        group: str,
        known: Mapping[SheetElement, Element],
        said_of: Callable[[Element], Values],
    ) -> None:
        self.entry, self.group, self.known, self.said_of = entry, group, known, said_of
        self.form = entry.version.spec

    def pair(
        self, ones: Sequence[SheetElement], there: Sequence[Element]
    ) -> dict[SheetElement, Element]:
        """Return which of those there each one is."""
        found: dict[SheetElement, Element] = {}
        stored = {element.pk: self.said_of(element) for element in there}
        said = {one: self._with_names(one) for one in ones}
        left = list(there)
        for told in (self._all, self._content, self._name, self._is_nameless):
            by_what: dict[object, list[Element]] = defaultdict(list)
            for element in left:
                by_what[told(stored[element.pk])].append(element)
            for one in ones:
                what = told(said[one])
                if one not in found and what and by_what[what]:
                    found[one] = by_what[what].pop(0)
            taken = {element.pk for element in found.values()}
            left = [element for element in left if element.pk not in taken]
        return found

    def _with_names(self, one: SheetElement) -> Values:
        """Return what an element says, naming those elements that are known to be there."""
        said = dict(self.entry.values[one])
        for key, cell in one.cells.items():
            if cell.names and all(named in self.known for named in cell.names):
                uids = sorted(str(self.known[named].uid) for named in cell.names)
                said[key] = Value(text="; ".join(uids), **_content(said[key]))
        return said

    def _all(self, said: Values) -> object:
        return frozenset(
            (key, value.text, *_content(value).values()) for key, value in _given(said)
        )

    def _content(self, said: Values) -> object:
        return self._all(
            {k: v for k, v in said.items() if not self.form.by_cell[k].type.is_reference}
        )

    def _name(self, said: Values) -> object:
        return own_name(self.form, self.group, {key: value.text for key, value in said.items()})

    def _is_nameless(self, said: Values) -> object:
        return not self._name(said)


def _content(value: Value) -> dict[str, str]:
    return {name: getattr(value, name) for name in CONTENT if name != "text"}


def _given(said: Values) -> Iterator[tuple[str, Value]]:
    return ((key, value) for key, value in said.items() if value.text or value.missing)
