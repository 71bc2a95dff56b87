"""All answers of one copy of one study, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extraction.schema.answers import Answer


@dataclass(frozen=True)
class ElementAnswers:
    """One cohort, intervention, outcome or result of a copy, with its answers by field key.

    A result names the cohort and the outcome it belongs to; other elements leave both empty.
    """

    uid: str
    level: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    cohort_uid: str = ""
    outcome_uid: str = ""


@dataclass(frozen=True)
class CopyAnswers:
    """One copy: the answers about the study itself, and its elements in the copy's order."""

    study: Mapping[str, Answer] = field(default_factory=dict)
    elements: Sequence[ElementAnswers] = ()

    def at_level(self, level: str) -> list[ElementAnswers]:
        """Return the elements of one level, in the copy's order."""
        return [element for element in self.elements if element.level == level]
