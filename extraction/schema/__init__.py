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
from extraction.schema.loading import FormRefused, load_form
from extraction.schema.shipped import Instrument, shipped_form, shipped_instruments
from extraction.schema.specs import (
    ELEMENT_LEVELS,
    LEVELS,
    CheckSpec,
    ChoiceSpec,
    FieldSpec,
    FieldType,
    FormSpec,
    SectionSpec,
)

__all__ = [
    "ELEMENT_LEVELS",
    "LEVELS",
    "MAX_TEXT",
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
    "Instrument",
    "MissingCode",
    "PartialDate",
    "SectionSpec",
    "load_form",
    "missing_code",
    "read_answer",
    "read_date",
    "shipped_form",
    "shipped_instruments",
]
