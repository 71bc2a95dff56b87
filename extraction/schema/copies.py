"""All answers of one copy of one study, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extraction.schema.answers import Answer


@dataclass(frozen=True)
class ElementAnswers:
    """One element of a copy, with its answers by key of the cell.

    ``parent`` is the element it belongs to, ``across`` the second one, as a result belongs to a
    cohort and to an outcome; both are empty where it belongs to the study.
    """

    uid: str
    group: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    parent: str = ""
    across: str = ""


@dataclass(frozen=True)
class CopyAnswers:
    """One copy: the answers about the study itself, and its elements in the copy's order."""

    study: Mapping[str, Answer] = field(default_factory=dict)
    elements: Sequence[ElementAnswers] = ()

    def in_group(self, group: str) -> list[ElementAnswers]:
        """Return the elements of one group, in the copy's order."""
        return [element for element in self.elements if element.group == group]
