"""Sources, imports, records, duplicates and labels."""

from records.models.details import PublicationNotice, RecordDetails
from records.models.duplicates import DuplicateGroup, DuplicateMember
from records.models.imports import BatchState, ColumnMapping, ImportBatch, ImportProblem
from records.models.labels import Label, LabelDetails, RecordLabel
from records.models.records import Record, RecordQuerySet, RecordText
from records.models.saved_views import SavedView
from records.models.sources import Source, SourceDetails

__all__ = [
    "BatchState",
    "ColumnMapping",
    "DuplicateGroup",
    "DuplicateMember",
    "ImportBatch",
    "ImportProblem",
    "Label",
    "LabelDetails",
    "PublicationNotice",
    "Record",
    "RecordDetails",
    "RecordLabel",
    "RecordQuerySet",
    "RecordText",
    "SavedView",
    "Source",
    "SourceDetails",
]
