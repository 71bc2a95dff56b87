"""Studies and reports, forms, the copies of a study's data, and how two became one."""

from extraction.models.elements import Element, ElementRemoval, Value
from extraction.models.forms import Field, Form, FormVersion, VocabularyTerms
from extraction.models.settling import Alignment, CellResolution
from extraction.models.studies import (
    CopyState,
    Extraction,
    Report,
    Study,
    StudyDetails,
    final_consensus,
    studies_to_adjudicate,
    study_label,
)

__all__ = [
    "Alignment",
    "CellResolution",
    "CopyState",
    "Element",
    "ElementRemoval",
    "Extraction",
    "Field",
    "Form",
    "FormVersion",
    "Report",
    "Study",
    "StudyDetails",
    "Value",
    "VocabularyTerms",
    "final_consensus",
    "studies_to_adjudicate",
    "study_label",
]
