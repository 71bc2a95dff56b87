"""Input of screening, by page."""

from screening.forms.full_texts import FullTextForm
from screening.forms.references import ReferenceFilterForm
from screening.forms.stages import ScreenersForm, TakersForm
from screening.forms.votes import DecisionForm, DiscussionForm, SentForm, VerdictForm

__all__ = [
    "DecisionForm",
    "DiscussionForm",
    "FullTextForm",
    "ReferenceFilterForm",
    "ScreenersForm",
    "SentForm",
    "TakersForm",
    "VerdictForm",
]
