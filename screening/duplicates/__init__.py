"""How several records are recognised as one paper: a pure rule."""

from screening.duplicates.candidates import Candidate, Group, Match
from screening.duplicates.fingerprints import normalise_title
from screening.duplicates.groups import find_groups

__all__ = ["Candidate", "Group", "Match", "find_groups", "normalise_title"]
