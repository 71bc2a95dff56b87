"""How the parts and answers of a copy are called in words."""

from collections.abc import Mapping
from uuid import UUID

from extraction import groups
from extraction.choices import Missing
from extraction.copies import Cell, ElementCopy, StudyCopy
from extraction.schema import FieldSpec, FieldType, GroupSpec

PARTS_OF_A_NAME = 3


class Names:
    """The names of the elements of one copy, each made once."""

    def __init__(self, copy: StudyCopy, unit_label: str) -> None:
        self.copy, self.unit_label = copy, unit_label
        self._elements = {str(element.uid): element for element in copy.elements}
        self._known: dict[str, str] = {}

    def of(self, uid: UUID | str | None) -> str:
        """Return what a person calls an element: what was answered first, or its place."""
        key = str(uid or "")
        if key not in self._elements:
            return "(removed)" if key else ""
        if key not in self._known:
            self._known[key] = self._made(self._elements[key])
        return self._known[key]

    def beside(self, element: ElementCopy) -> str:
        """Return what a person calls an element where one sees what it belongs to."""
        if element.across:
            named = [self.of(element.parent), self._time(element)]
            return " · ".join(name for name in named if name)
        return self._own_name(element) or self._place(element)

    def shown(self, spec: FieldSpec, cell: Cell | None) -> str:
        """Return an answer as a person reads it; empty where the cell is blank."""
        if cell is None:
            return ""
        if cell.missing:
            return str(Missing(cell.missing).label)
        parts = cell.answer.parts
        if spec.type.is_reference:
            return "; ".join(self.of(part) for part in parts)
        if spec.type.is_choice:
            return "; ".join(spec.choice_label(part) for part in parts)
        if spec.type is FieldType.YESNO:
            return cell.text.capitalize()
        unit = self.unit_label if cell.unit == "units" else cell.unit
        return f"{cell.text} {unit}".strip() if unit else cell.text

    def said(self, spec: FieldSpec, cells: Mapping[str, Cell]) -> str:
        """Return the answer to a question as a person reads it: of a summary, part by part."""
        if spec.type is not FieldType.SUMMARY:
            return self.shown(spec, cells.get(spec.key))
        given = {
            part_name(part): self._part(part, cells[part.key])
            for part in spec.cells
            if part.key in cells
        }
        unit = given.pop("unit", "").lower() if spec.duration else ""
        # What a paper prints in weeks is not in the months of the question.
        measured = [
            part
            for part in spec.cells
            if unit and part.unit and part.key in cells and cells[part.key].unit == part.unit
        ]
        for part in measured:
            given[part_name(part)] = f"{cells[part.key].text} {unit}"
        labels = {part_name(part): part_label(part) for part in spec.cells}
        joined = [
            _under(labels, given, "centre", "value"),
            _under(labels, given, "spread", "spread_value"),
        ]
        joined += [f"{labels[name]} {text}" for name, text in given.items()]
        if unit and not measured:
            joined.append(f"in {unit}")
        return "; ".join(words for words in joined if words)

    def _part(self, spec: FieldSpec, cell: Cell) -> str:
        if cell.text == "none":
            return f"no {part_label(spec)}"
        return self.shown(spec, cell)

    def _made(self, element: ElementCopy) -> str:
        name = self.beside(element)
        if element.across:
            return f"{self.of(element.across)} · {name}"
        return f"{name} · {self.of(element.parent)}" if element.parent else name

    def _place(self, element: ElementCopy) -> str:
        group = self.copy.form.group(element.group)
        return f"{group.name if group else element.group} {element.position}"

    def _own_name(self, element: ElementCopy) -> str:
        """Return the first answer in words or out of a list, by which a person knows it."""
        words = []
        for spec in self.copy.form.in_group(element.group):
            cell = element.cells.get(spec.key)
            if cell is None or cell.missing or spec.type.is_reference:
                continue
            if spec.type is FieldType.TEXT:
                words.append(cell.text)
                break
            if spec.type is FieldType.CHOICE and not words:
                words.append(self.shown(spec, cell))
        return (
            ": ".join(words[:2]) if element.group != groups.COHORT else words[-1] if words else ""
        )

    def _time(self, element: ElementCopy) -> str:
        section = next(iter(self.copy.form.sections_of(element.group)), None)
        specs = self.copy.form.in_section(section.key) if section else ()
        named = specs[:PARTS_OF_A_NAME]
        answered = [self.shown(spec, element.cells.get(spec.key)) for spec in named]
        # "Final follow-up, final follow-up" says it once.
        distinct = {text.casefold(): text for text in reversed(answered) if text}
        return ", ".join(reversed(distinct.values()))


def part_name(part: FieldSpec) -> str:
    """Return the name of a part of a summary statistic, empty of any other question."""
    return part.key.partition(".")[2]


def part_label(part: FieldSpec) -> str:
    """Return what a part is called beside its question, which is not said again."""
    return part.question.rpartition(": ")[2]


def inside(group: GroupSpec) -> str:
    """Return the name of a group within a sentence."""
    return group.name[:1].lower() + group.name[1:] if group.name[1:2].islower() else group.name


def _under(labels: Mapping[str, str], given: dict[str, str], kind: str, number: str) -> str:
    """Take a number and what kind of number it is out of the parts, and return them as one."""
    named, text = given.pop(kind, ""), given.pop(number, "")
    if not text:
        return named
    return f"{named or labels[number]} {text}"
