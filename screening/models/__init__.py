"""Records and where they came from, duplicates, seats, votes, settlements and full texts."""

from screening.models.duplicates import DuplicateGroup, DuplicateMember
from screening.models.records import (
    Label,
    LabelDetails,
    PublicationNotice,
    Record,
    RecordDetails,
    RecordLabel,
    RecordText,
    SavedView,
)
from screening.models.sources import (
    BatchState,
    ColumnMapping,
    ImportBatch,
    ImportProblem,
    Source,
    SourceDetails,
)
from screening.models.votes import (
    DiscussionEntry,
    FullText,
    Release,
    Resolution,
    Screener,
    ScreeningDecision,
    Seat,
    StageState,
)

__all__ = [
    "BatchState",
    "ColumnMapping",
    "DiscussionEntry",
    "DuplicateGroup",
    "DuplicateMember",
    "FullText",
    "ImportBatch",
    "ImportProblem",
    "Label",
    "LabelDetails",
    "PublicationNotice",
    "Record",
    "RecordDetails",
    "RecordLabel",
    "RecordText",
    "Release",
    "Resolution",
    "SavedView",
    "Screener",
    "ScreeningDecision",
    "Seat",
    "Source",
    "SourceDetails",
    "StageState",
]
