"""Reads of screening: which records, votes and settlements, and who may see them."""

from screening.querysets.duplicates import (
    DuplicateGroupQuerySet,
    best_of,
    companions_of,
    merged_behind,
    with_best_fields,
)
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
    "best_of",
    "companions_of",
    "merged_behind",
    "with_best_fields",
]
