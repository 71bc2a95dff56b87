"""Input of screening, by page."""

from screening.forms.duplicates import MergeForm, ShownForm
from screening.forms.imports import CardForm, ImportForm
from screening.forms.records import RecordFilterForm
from screening.forms.sources import SourceForm
from screening.forms.voting import (
    DecisionForm,
    DiscussionForm,
    FullTextForm,
    ScreenersForm,
    VerdictForm,
)

__all__ = [
    "CardForm",
    "DecisionForm",
    "DiscussionForm",
    "FullTextForm",
    "ImportForm",
    "MergeForm",
    "RecordFilterForm",
    "ScreenersForm",
    "ShownForm",
    "SourceForm",
    "VerdictForm",
]
