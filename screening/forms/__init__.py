"""Input of screening, by page."""

from screening.forms.duplicates import KeptForm
from screening.forms.imports import ImportForm
from screening.forms.records import RecordFilterForm
from screening.forms.voting import (
    DecisionForm,
    DiscussionForm,
    FullTextForm,
    ScreenersForm,
    VerdictForm,
)

__all__ = [
    "DecisionForm",
    "DiscussionForm",
    "FullTextForm",
    "ImportForm",
    "KeptForm",
    "RecordFilterForm",
    "ScreenersForm",
    "VerdictForm",
]
