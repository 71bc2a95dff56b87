"""Input of records, by page."""

from records.forms.details import NoticeForm, RecordDetailsForm
from records.forms.duplicates import MergeForm, ShownForm
from records.forms.imports import CardForm, ImportForm
from records.forms.labels import BulkLabelForm, LabelForm
from records.forms.listing import RecordFilterForm, SavedViewForm
from records.forms.sources import SourceForm

__all__ = [
    "BulkLabelForm",
    "CardForm",
    "ImportForm",
    "LabelForm",
    "MergeForm",
    "NoticeForm",
    "RecordDetailsForm",
    "RecordFilterForm",
    "SavedViewForm",
    "ShownForm",
    "SourceForm",
]
