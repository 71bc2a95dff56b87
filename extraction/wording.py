"""How the parts and answers of a copy are called in words."""

from collections.abc import Mapping
from uuid import UUID

from extraction import groups
from extraction.choices import Missing
from extraction.copies import Cell, ElementCopy, StudyCopy
from extraction.schema import FieldSpec, FieldType

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
        shown = [
            (part.question.rpartition(": ")[2], self.shown(part, cells[part.key]))
            for part in spec.cells
            if part.key in cells
        ]
        return "; ".join(f"{name} {text}" for name, text in shown)

    def _made(self, element: ElementCopy) -> str:
        own = self._own_name(element)
        group = self.copy.form.group(element.group)
        if element.group == groups.RESULT:
            named = [self.of(element.across), self.of(element.parent), self._time(element)]
            return " · ".join(name for name in named if name)
        name = own or f"{group.name if group else element.group} {element.position}"
        return f"{name} · {self.of(element.parent)}" if element.parent else name

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
        return ": ".join(words[:2]) if element.group != groups.COHORT else words[-1] if words else ""

    def _time(self, element: ElementCopy) -> str:
        section = next(iter(self.copy.form.sections_of(groups.RESULT)), None)
        specs = self.copy.form.in_section(section.key) if section else ()
        named = specs[:PARTS_OF_A_NAME]
        answered = [self.shown(spec, element.cells.get(spec.key)) for spec in named]
        # "Final follow-up, final follow-up" says it once.
        distinct = {text.casefold(): text for text in reversed(answered) if text}
        return ", ".join(reversed(distinct.values()))
