"""How several records are recognised as one paper: a pure rule."""

from records.duplicates.candidates import ABSTRACT_START, Candidate, Group, Match, candidate_of
from records.duplicates.groups import find_groups
from records.duplicates.titles import normalise_title

__all__ = [
    "ABSTRACT_START",
    "Candidate",
    "Group",
    "Match",
    "candidate_of",
    "find_groups",
    "normalise_title",
]
