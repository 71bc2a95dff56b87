"""What the rows of one study say: its elements, what each belongs to, and every answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extraction.numbers import NumberRefused, parse_number
from extraction.schema import (
    Answer,
    AnswerRefused,
    FieldSpec,
    FieldType,
    FormSpec,
    GroupSpec,
    missing_code,
    read_answer,
)
from extraction.sheets.naming import own_name
from extraction.sheets.reading import Problems, SheetRow, shortened

_NAMED_IN_A_SENTENCE = 12


@dataclass(frozen=True, eq=False)
class SheetCell:
    """One answer of a sheet; of a reference ``names`` are the elements it names."""

    row: SheetRow
    spec: FieldSpec
    answer: Answer
    names: Sequence["SheetElement"] = ()


@dataclass(eq=False)
class SheetElement:
    """One element as the sheet names it, with its answers by key and what it belongs to."""

    group: GroupSpec
    name: str
    line: int
    cells: dict[str, SheetCell] = field(default_factory=dict)
    parent: "SheetElement | None" = None
    across: "SheetElement | None" = None
    # What the column ``parent`` says, and what rows of their own say, each with its line.
    parent_said: dict[str, int] = field(default_factory=dict)
    rows_said: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass
class SheetCopy:
    """One copy of one study: the answers about the study itself, and its elements in order."""

    cells: dict[str, SheetCell] = field(default_factory=dict)
    elements: list[SheetElement] = field(default_factory=list)

    def in_group(self, group: str) -> list[SheetElement]:
        """Return the elements of one group, in the order in which the sheet names them."""
        return [element for element in self.elements if element.group.key == group]


def read_copy_of(
    form: FormSpec,
    rows: Iterable[SheetRow],
    problems: Problems,
    *,
    most: int,
    has_meanings: bool = False,
) -> SheetCopy:
    """Return what the rows of one study say; what cannot be used is added to ``problems``.

    Args:
        form: what is asked.
        rows: the rows of the study, in any order.
        problems: takes what keeps the sheet out.
        most: how many elements a copy holds.
        has_meanings: the sheet has a column that says what a question means.
    """
    return _Placing(form, problems, most=most, has_meanings=has_meanings).read(rows)


class _Placing:
    """The rows of one study on their way into their places."""

    def __init__(
        self, form: FormSpec, problems: Problems, *, most: int, has_meanings: bool
    ) -> None:
        self.form, self.problems, self.has_meanings = form, problems, has_meanings
        self.most, self.number = most, 0
        self.copy = SheetCopy()
        self.elements: dict[str, dict[str, SheetElement]] = {}
        self.by_label: dict[str, dict[str, list[SheetElement]]] = {}
        self.groups = {group.key.casefold(): group for group in form.groups}
        self.groups |= {
            group.name.casefold(): group
            for group in form.groups
            if group.name.casefold() not in self.groups
        }
        self.asked: dict[tuple[str, str, str], FieldSpec | str | _Unknown] = {}

    def read(self, rows: Iterable[SheetRow]) -> SheetCopy:
        for row in rows:
            self._row(row)
        order = [group.key for group in self.form.element_groups]
        self.copy.elements = [
            element for group in order for element in self.elements.get(group, {}).values()
        ]
        self._label()
        for element in self.copy.elements:
            self._belongs(element)
        for cells in (self.copy.cells, *(element.cells for element in self.copy.elements)):
            self._references(cells)
        self._once()
        self._circles()
        return self.copy

    def _row(self, row: SheetRow) -> None:
        group = self.groups.get(row.group.casefold())
        if group is None:
            known = ", ".join(one.key for one in self.form.groups)
            said = f"there is no group “{shortened(row.group)}”" if row.group else "it is blank"
            self.problems.add(row.line, "group", f"{said}; the form has {known}.")
            return
        element = None
        # What is about the study itself has one element, however a sheet calls it.
        if not group.is_study:
            element = self._element(group, row)
            if element is None:
                return
        if not row.question:
            if row.value or row.missing or row.number:
                self.problems.add(row.line, "question", "it is blank beside an answer.")
            return
        asked = self._asked(group, row)
        if isinstance(asked, str):
            self._belonging(element, asked, row)
        elif asked is not None:
            self._answer(asked, element.cells if element else self.copy.cells, row)

    def _element(self, group: GroupSpec, row: SheetRow) -> SheetElement | None:
        if not row.element:
            self.problems.add(row.line, "element", f"name the {group.name.lower()} this is about.")
            return None
        known = self.elements.setdefault(group.key, {})
        element = known.get(row.element)
        if element is None:
            self.number += 1
            if self.number == self.most + 1:
                self.problems.add(
                    row.line, "element", f"an extraction holds at most {self.most} elements."
                )
            if self.number > self.most:
                return None
            element = known[row.element] = SheetElement(group, row.element, row.line)
        if row.parent:
            if not group.parents:
                self.problems.add(
                    row.line,
                    "parent",
                    f"leave it blank: the group {group.key} belongs to the study itself.",
                )
            element.parent_said.setdefault(row.parent, row.line)
        return element

    def _asked(self, group: GroupSpec, row: SheetRow) -> FieldSpec | str | None:
        """Return what a row answers: a question, or the name of a group the element belongs to."""
        place = (group.key, row.question, row.meaning)
        if place not in self.asked:
            self.asked[place] = self._found(group, row)
        found = self.asked[place]
        if isinstance(found, _Unknown):
            self.problems.add(row.line, found.field, found.message)
            return None
        return found

    def _found(self, group: GroupSpec, row: SheetRow) -> "FieldSpec | str | _Unknown":
        named, means = row.question, row.meaning
        candidates = self._candidates(group.key, named)
        above = named.casefold()
        if above in group.parents and (not candidates or (self.has_meanings and means == above)):
            return above
        if means and candidates:
            fit = [spec for spec in candidates if spec.means == means]
            if not fit:
                return _Unknown("meaning", f"“{named}” does not mean “{shortened(means)}”.")
            candidates = fit
        elif len(candidates) > 1 and self.has_meanings:
            candidates = [spec for spec in candidates if not spec.means] or candidates
        elif not candidates and means and (spec := self._meant(group.key, means)):
            candidates = [spec]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            keys = " or ".join(f"“{spec.key}”" for spec in candidates)
            return _Unknown("question", f"“{named}” may be {keys}; fill in the column meaning.")
        return _Unknown("question", self._unknown(group, named))

    def _candidates(self, group: str, named: str) -> list[FieldSpec]:
        for name in dict.fromkeys((named, named.casefold())):
            found = [self._by_key(group, name), self._meant(group, name)]
            specs = {spec.key: spec for spec in found if spec is not None}
            if specs:
                return list(specs.values())
        return []

    def _by_key(self, group: str, key: str) -> FieldSpec | None:
        spec = self.form.by_key.get(key) or self.form.by_cell.get(key)
        return spec if spec is not None and spec.group == group else None

    def _meant(self, group: str, means: str) -> FieldSpec | None:
        return self.form.meaning(group, means)

    def _unknown(self, group: GroupSpec, named: str) -> str:
        elsewhere = [one.key for one in self.form.groups if self._candidates(one.key, named)]
        said = f"the group {group.key} has no question “{shortened(named)}”"
        stem, point, _ = named.partition(".")
        if elsewhere:
            return f"{said}; it is asked in {', '.join(elsewhere)}."
        found = self._candidates(group.key, stem) if point else []
        if found and found[0].type is FieldType.SUMMARY:
            return f"{said}; “{stem}” has the parts {_parts(found[0])}."
        return f"{said}."

    def _belonging(self, element: SheetElement | None, above: str, row: SheetRow) -> None:
        if element is None:
            return
        if not row.value or missing_code(row.value) is not None or row.missing:
            self.problems.add(
                row.line, "value", f"name the {above} that “{shortened(element.name)}” belongs to."
            )
            return
        name = " ".join(row.value.split())
        element.rows_said.setdefault(above, {}).setdefault(name, row.line)

    def _answer(self, spec: FieldSpec, cells: dict[str, SheetCell], row: SheetRow) -> None:
        text = self._text(row)
        if text is None:
            return
        if not text:
            if spec.type.is_number and row.qualifier:
                self.problems.add(row.line, "qualifier", "it stands beside no value.")
            return
        if spec.type is FieldType.SUMMARY:
            if missing_code(text) is None:
                self.problems.add(
                    row.line,
                    "question",
                    f"“{row.question}” is a summary statistic, which is answered part by part: "
                    f"write {_parts(spec, row.question)}. On its own it takes nr, na, uc or ca.",
                )
                return
            spec = next(part for part in spec.cells if part.key == f"{spec.key}.value")
        known = cells.get(spec.key)
        if known is not None:
            self.problems.add(
                row.line,
                "question",
                f"“{shortened(row.question)}” is answered on line {known.row.line} already.",
            )
            return
        answer = self._read(spec, text, row)
        if answer is not None:
            cells[spec.key] = SheetCell(row, spec, answer)

    def _text(self, row: SheetRow) -> str | None:
        """Return what a row answers, ``None`` where its cells contradict each other."""
        if not row.missing:
            return row.value or f"{row.qualifier}{row.number}".strip()
        code = missing_code(row.missing)
        if code is None:
            self.problems.add(
                row.line, "missing", f"“{shortened(row.missing)}” is none of nr, na, uc and ca."
            )
            return None
        if (row.value and missing_code(row.value) != code) or row.number:
            self.problems.add(row.line, "missing", "a value stands beside it; leave one blank.")
            return None
        return row.missing

    def _read(self, spec: FieldSpec, text: str, row: SheetRow) -> Answer | None:
        if spec.type.is_reference and missing_code(text) is None:
            # Names of elements, which are known once all rows are read.
            return Answer(text)
        try:
            answer = read_answer(spec, text)
        except AnswerRefused as refused:
            self.problems.add(row.line, "value", refused.message)
            return None
        if answer is None or not self._same_number(spec, answer, row):
            return None
        return answer

    def _same_number(self, spec: FieldSpec, answer: Answer, row: SheetRow) -> bool:
        """Return whether the columns ``number`` and ``qualifier`` say what the value says."""
        if answer.missing or not (row.number or row.qualifier):
            return True
        if not spec.type.is_number:
            where = "number" if row.number else "qualifier"
            self.problems.add(row.line, where, f"“{spec.question}” is not a number.")
            return False
        if row.number:
            try:
                number = parse_number(row.number, integer=spec.type is FieldType.INTEGER)
            except NumberRefused as refused:
                self.problems.add(row.line, "number", refused.message)
                return False
            if number.canonical != answer.number:
                self.problems.add(
                    row.line, "number", f"it is {row.number}, and the value reads {answer.number}."
                )
                return False
        if row.qualifier and row.qualifier != answer.qualifier:
            self.problems.add(
                row.line, "qualifier", f"it is {row.qualifier}, and the value has another or none."
            )
            return False
        return True

    def _label(self) -> None:
        for element in self.copy.elements:
            group = element.group.key
            texts = {
                key: cell.answer.text
                for key, cell in element.cells.items()
                if not cell.answer.missing
            }
            label = own_name(self.form, group, texts)
            if label:
                self.by_label.setdefault(group, {}).setdefault(label, []).append(element)

    def _named(self, groups: Iterable[str], text: str) -> list[SheetElement]:
        """Return the elements that a text names: by their name, or failing that by their label."""
        keys, plain = list(groups), " ".join(text.split())
        exact = [known[plain] for known in self._by_name(keys) if plain in known]
        if exact:
            return exact
        folded = plain.casefold()
        for names in (
            [(name, [one]) for known in self._by_name(keys) for name, one in known.items()],
            [pair for group in keys for pair in self.by_label.get(group, {}).items()],
        ):
            same = [one for name, found in names if name == plain for one in found]
            same = same or [
                one for name, found in names if name.casefold() == folded for one in found
            ]
            if same:
                return same
        return []

    def _by_name(self, groups: Iterable[str]) -> list[dict[str, SheetElement]]:
        return [self.elements.get(group, {}) for group in groups]

    def _belongs(self, element: SheetElement) -> None:
        """Find what an element belongs to, by all that was said of it."""
        group = element.group
        said = [
            (line, "parent", group.parents, text, self._parents(group, text))
            for text, line in element.parent_said.items()
        ]
        said += [
            (line, "value", (above,), text, self._named([above], text))
            for above, texts in element.rows_said.items()
            for text, line in texts.items()
        ]
        unknown = [each for each in said if not each[-1]]
        for line, column, groups, text, _ in unknown:
            among = " or ".join(groups)
            if among:
                self.problems.add(line, column, f"this study has no {among} “{shortened(text)}”.")
        if unknown:
            return
        named = [(line, column, found) for line, column, _, _, found in said]
        element.parent = self._one(element, group.of, named)
        if group.across:
            element.across = self._one(element, (group.across,), named)

    def _parents(self, group: GroupSpec, text: str) -> list[SheetElement]:
        """Return what ``parent`` names: of the first group, or failing that of the second."""
        return self._named(group.of, text) or self._named(group.parents, text)

    def _one(
        self,
        element: SheetElement,
        groups: Sequence[str],
        said: Sequence[tuple[int, str, Sequence[SheetElement]]],
    ) -> SheetElement | None:
        """Return the one element of these groups that all which was said agrees on."""
        if not groups:
            return None
        left = [one for group in groups for one in self.elements.get(group, {}).values()]
        told = False
        for line, column, found in said:
            fit = [one for one in found if one.group.key in groups]
            if not fit:
                continue
            agreed = [one for one in left if one in fit]
            if not agreed:
                self.problems.add(
                    line,
                    column,
                    f"“{shortened(element.name)}” belongs to another {fit[0].group.key} by "
                    "another row.",
                )
                return None
            left, told = agreed, True
        if len(left) == 1:
            return left[0]
        what = " or ".join(groups)
        names = ", ".join(f"“{one.name}”" for one in left[:_NAMED_IN_A_SENTENCE])
        if not left:
            message = f"“{shortened(element.name)}” belongs to a {what}, and this study has none."
        elif told:
            message = f"“{shortened(element.name)}” may belong to any of {names}; name one of them."
        else:
            message = f"name the {what} that “{shortened(element.name)}” belongs to: {names}."
        self.problems.add(element.line, "parent", message)
        return None

    def _references(self, cells: dict[str, SheetCell]) -> None:
        for key, cell in cells.items():
            if not cell.spec.type.is_reference or cell.answer.missing:
                continue
            found = list(self._referred(cell))
            if found:
                cells[key] = replace(cell, names=list(dict.fromkeys(found)))

    def _referred(self, cell: SheetCell) -> Iterator[SheetElement]:
        wanted, text = cell.spec.refers_to, cell.answer.text
        parts = [text]
        if cell.spec.type is FieldType.REFERENCES:
            parts = [part.strip() for part in text.split(";") if part.strip()]
        for part in parts:
            found = self._named([wanted], part)
            if len(found) == 1:
                yield found[0]
            elif found:
                self.problems.add(
                    cell.row.line,
                    "value",
                    f"“{shortened(part)}” is the label of several; name one by its element.",
                )
            else:
                self.problems.add(
                    cell.row.line, "value", f"this study has no {wanted} “{shortened(part)}”."
                )

    def _once(self) -> None:
        """Refuse a second element where a group does not repeat."""
        seen: set[tuple[str, SheetElement | None, SheetElement | None]] = set()
        for element in self.copy.elements:
            place = (element.group.key, element.parent, element.across)
            if not element.group.repeats and element.parent is not None and place in seen:
                self.problems.add(
                    element.line,
                    "element",
                    f"“{shortened(element.parent.name)}” has one {element.group.key} already.",
                )
            seen.add(place)

    def _circles(self) -> None:
        for spec in self.form.fields:
            if not spec.type.is_reference or spec.group != spec.refers_to:
                continue
            named = {
                element: list(element.cells[spec.key].names)
                for element in self.elements.get(spec.group, {}).values()
                if spec.key in element.cells
            }
            for element in named:
                if _reaches_itself(element, named):
                    self.problems.add(
                        element.cells[spec.key].row.line,
                        "value",
                        f"“{shortened(element.name)}” would be part of itself, directly or "
                        "through others.",
                    )


@dataclass(frozen=True)
class _Unknown:
    """Why a row answers nothing that the form asks."""

    field: str
    message: str


def _reaches_itself(
    start: SheetElement, named: Mapping[SheetElement, Sequence[SheetElement]]
) -> bool:
    open_, seen = list(named[start]), set()
    while open_:
        element = open_.pop()
        if element is start:
            return True
        if element not in seen:
            seen.add(element)
            open_ += named.get(element, [])
    return False


def _parts(spec: FieldSpec, named: str = "") -> str:
    """Return the parts of a summary statistic as a sheet names them."""
    stem = named or spec.key
    return ", ".join(f"{stem}.{part.key.partition('.')[2]}" for part in spec.cells)
