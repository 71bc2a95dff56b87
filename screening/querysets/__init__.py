"""Reads of screening: which records, votes and settlements, and who may see them."""

from screening.querysets.duplicates import DuplicateGroupQuerySet
from screening.querysets.imports import BatchStateQuerySet
from screening.querysets.records import LabelQuerySet, RecordQuerySet
from screening.querysets.votes import DecisionQuerySet, ResolutionQuerySet, SeatQuerySet

__all__ = [
    "BatchStateQuerySet",
    "DecisionQuerySet",
    "DuplicateGroupQuerySet",
    "LabelQuerySet",
    "RecordQuerySet",
    "ResolutionQuerySet",
    "SeatQuerySet",
]
