"""How the parts and answers of a copy are called in words."""

from uuid import UUID

from extraction.choices import Level, Missing
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

    def _made(self, element: ElementCopy) -> str:
        if element.level == Level.RESULT:
            named = [self.of(element.outcome), self.of(element.cohort), self._time(element)]
            return " · ".join(name for name in named if name)
        for spec in self.copy.form.at_level(element.level):
            cell = element.cells.get(spec.key)
            if spec.type is FieldType.TEXT and cell is not None and cell.text:
                return cell.text
        return f"{Level(element.level).label} {element.position}"

    def _time(self, element: ElementCopy) -> str:
        section = next(iter(self.copy.form.sections_at(Level.RESULT)), None)
        specs = self.copy.form.in_section(section.key) if section else ()
        named = specs[:PARTS_OF_A_NAME]
        answered = [self.shown(spec, element.cells.get(spec.key)) for spec in named]
        # "Final follow-up, final follow-up" says it once.
        distinct = {text.casefold(): text for text in reversed(answered) if text}
        return ", ".join(reversed(distinct.values()))
