"""What a form asks, and how an answer to it is read."""

from extraction.schema.answers import (
    MAX_TEXT,
    Answer,
    AnswerRefused,
    MissingCode,
    missing_code,
    read_answer,
)
from extraction.schema.copies import CopyAnswers, ElementAnswers
from extraction.schema.dates import DateRefused, PartialDate, read_date
from extraction.schema.loading import load_form
from extraction.schema.meanings import Meaning, library, meanings
from extraction.schema.plain import FormRefused, read_json
from extraction.schema.shipped import (
    CASE_SERIES,
    SHIPPED_FORMS,
    Instrument,
    library_checks,
    library_groups,
    library_question,
    shipped_form,
    shipped_instruments,
)
from extraction.schema.specs import (
    CheckSpec,
    ChoiceSpec,
    FieldSpec,
    FieldType,
    FormSpec,
    GroupSpec,
    SectionSpec,
    question_key,
)
from extraction.schema.summaries import Summary, in_months

__all__ = [
    "CASE_SERIES",
    "MAX_TEXT",
    "SHIPPED_FORMS",
    "Answer",
    "AnswerRefused",
    "CheckSpec",
    "ChoiceSpec",
    "CopyAnswers",
    "DateRefused",
    "ElementAnswers",
    "FieldSpec",
    "FieldType",
    "FormRefused",
    "FormSpec",
    "GroupSpec",
    "Instrument",
    "Meaning",
    "MissingCode",
    "PartialDate",
    "SectionSpec",
    "Summary",
    "in_months",
    "library",
    "library_checks",
    "library_groups",
    "library_question",
    "load_form",
    "meanings",
    "missing_code",
    "question_key",
    "read_answer",
    "read_date",
    "read_json",
    "shipped_form",
    "shipped_instruments",
]
