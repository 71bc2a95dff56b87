"""How several records are recognised as one paper: a pure rule."""

from screening.duplicates.candidates import ABSTRACT_START, Candidate, Group, Match
from screening.duplicates.groups import find_groups
from screening.duplicates.titles import normalise_title

__all__ = ["ABSTRACT_START", "Candidate", "Group", "Match", "find_groups", "normalise_title"]
