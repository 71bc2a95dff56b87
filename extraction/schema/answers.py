"""How one answer is read from what was typed or imported."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from extraction.numbers import NumberRefused, parse_number
from extraction.schema.dates import DateRefused, read_date
from extraction.schema.specs import FieldSpec, FieldType

MAX_TEXT = 20_000

_REFERENCE = re.compile(r"[0-9A-Za-z-]{1,64}")
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_YES = {"yes", "y", "true"}
_NO = {"no", "n", "false"}


class MissingCode(StrEnum):
    """Why a cell holds no value; blank is a state of its own."""

    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    UNCLEAR = "unclear"
    CONTACT_AUTHOR = "contact_author"

    @property
    def words(self) -> str:
        """The code as a reader says it."""
        return self.value.replace("_", " ")

    @property
    def shortcut(self) -> str:
        """The two letters that type it."""
        return _SHORTCUTS[self]


_SHORTCUTS = {
    MissingCode.NOT_REPORTED: "nr",
    MissingCode.NOT_APPLICABLE: "na",
    MissingCode.UNCLEAR: "uc",
    MissingCode.CONTACT_AUTHOR: "ca",
}
_MISSING = {
    **{code.shortcut: code for code in MissingCode},
    **{code.words: code for code in MissingCode},
    **{code.value: code for code in MissingCode},
    "n/a": MissingCode.NOT_APPLICABLE,
}


class AnswerRefused(ValueError):
    """An answer that the field does not take, with what to do about it."""

    def __init__(self, message: str, code: str, readings: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.readings = readings


@dataclass(frozen=True)
class Answer:
    """One answer: the text as kept, and what a machine needs of it.

    ``text`` is the report's own text for numbers and texts, the option's key for choices, the ISO
    date for dates, ``yes`` or ``no``, and the named elements' uids for references. ``number`` is
    the canonical decimal or empty; ``missing`` is a missing code or empty. ``obtained`` says how
    it came from the report, empty where it is as reported.
    """

    text: str
    number: str = ""
    qualifier: str = ""
    missing: str = ""
    unit: str = ""
    obtained: str = ""

    @property
    def value(self) -> Decimal | None:
        """The exact number, where the answer is one."""
        return Decimal(self.number) if self.number else None

    @property
    def parts(self) -> tuple[str, ...]:
        """The single keys or uids of an answer that can hold several."""
        if self.missing:
            return ()
        return tuple(part for part in (raw.strip() for raw in self.text.split(";")) if part)


def missing_code(text: str) -> MissingCode | None:
    """Return the missing code a text stands for, if it stands for one."""
    return _MISSING.get(" ".join(text.split()).casefold())


def read_answer(spec: FieldSpec, text: str) -> Answer | None:
    """Read an answer to a field; ``None`` where the text is blank.

    Raises:
        AnswerRefused: the field does not take this text.
    """
    cleaned = _cleaned(text)
    if not cleaned:
        return None
    missing = missing_code(cleaned)
    if missing is not None and (spec.missing_allowed or not _is_option(spec, cleaned)):
        if not spec.missing_allowed:
            raise AnswerRefused(
                f"{spec.question} cannot be left as “{missing.words}”: "
                "nothing else can be read without it.",
                "missing_not_allowed",
            )
        return Answer(text=cleaned, missing=missing.value)
    if spec.type.is_number:
        return _read_number(spec, cleaned)
    return Answer(text=_READERS[spec.type](spec, cleaned))


def _cleaned(text: str) -> str:
    """Return the text in one Unicode form with line feeds only, or refuse what cannot be stored."""
    if len(text) > MAX_TEXT:
        raise AnswerRefused(
            f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are kept.", "too_long"
        )
    lines = _LINE_BREAK.sub("\n", text)
    found = _CONTROL.search(lines)
    if found or any("\ud800" <= character <= "\udfff" for character in lines):
        raise AnswerRefused(
            "The text holds a character that cannot be stored. Type it again instead of pasting.",
            "bad_character",
        )
    normal = unicodedata.normalize("NFC", lines).strip()
    if len(normal) > MAX_TEXT:
        raise AnswerRefused(f"At most {MAX_TEXT:,} characters are kept.", "too_long")
    return normal


def _read_number(spec: FieldSpec, text: str) -> Answer:
    try:
        parsed = parse_number(
            text,
            qualifier_allowed=spec.qualifier,
            integer=spec.type is FieldType.INTEGER,
            unit=spec.unit,
        )
    except NumberRefused as refused:
        raise _number_refused(spec, refused) from refused
    _within_limits(spec, parsed.value, text)
    return Answer(
        text=parsed.as_printed,
        number=parsed.canonical,
        qualifier=parsed.qualifier,
        unit=spec.unit,
    )


def _number_refused(spec: FieldSpec, refused: NumberRefused) -> AnswerRefused:
    message = refused.message
    if refused.code == "unit_in_number" and spec.unit:
        message += (
            f" This field is in {spec.unit}; nothing is converted silently. If you convert, "
            "mark the value as calculated and give the formula and what the report prints."
        )
    return AnswerRefused(message, refused.code, refused.readings)


def _within_limits(spec: FieldSpec, value: Decimal, text: str) -> None:
    if spec.minimum and value < parse_number(spec.minimum).value:
        raise AnswerRefused(
            f"{spec.question}: {text} is below the lowest possible value, {spec.minimum}.",
            "below_minimum",
        )
    if spec.maximum and value > parse_number(spec.maximum).value:
        raise AnswerRefused(
            f"{spec.question}: {text} is above the highest possible value, {spec.maximum}.",
            "above_maximum",
        )


def _read_text(_spec: FieldSpec, text: str) -> str:
    return text


def _is_option(spec: FieldSpec, text: str) -> bool:
    """Return whether a text is an option, as “unclear” is of a spread that the report leaves so."""
    wanted = " ".join(text.split()).casefold()
    return any(wanted in {one.key.casefold(), one.label.casefold()} for one in spec.choices)


def _read_choice(spec: FieldSpec, text: str) -> str:
    wanted = " ".join(text.split()).casefold()
    for choice in spec.choices:
        if wanted in {choice.key.casefold(), choice.label.casefold()}:
            return choice.key
    options = ", ".join(choice.label for choice in spec.choices)
    short = text if len(text) <= 40 else f"{text[:40]}…"
    raise AnswerRefused(f"“{short}” is not among the options: {options}.", "unknown_choice")


def _read_choices(spec: FieldSpec, text: str) -> str:
    chosen = {_read_choice(spec, part) for part in text.split(";") if part.strip()}
    if not chosen:
        raise AnswerRefused("Choose at least one option.", "unknown_choice")
    return "; ".join(choice.key for choice in spec.choices if choice.key in chosen)


def _read_date(_spec: FieldSpec, text: str) -> str:
    try:
        return str(read_date(text))
    except DateRefused as refused:
        raise AnswerRefused(refused.message, refused.code, refused.readings) from refused


def _read_yesno(_spec: FieldSpec, text: str) -> str:
    word = text.casefold()
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    raise AnswerRefused("Answer yes or no.", "not_yes_or_no")


def _read_reference(spec: FieldSpec, text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise AnswerRefused(f"Choose one {spec.refers_to} of this study.", "not_a_reference")
    return text


def _read_references(spec: FieldSpec, text: str) -> str:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        raise AnswerRefused(f"Choose at least one {spec.refers_to}.", "not_a_reference")
    return "; ".join(sorted({_read_reference(spec, part) for part in parts}))


_READERS = {
    FieldType.TEXT: _read_text,
    FieldType.CHOICE: _read_choice,
    FieldType.CHOICES: _read_choices,
    FieldType.DATE: _read_date,
    FieldType.YESNO: _read_yesno,
    FieldType.REFERENCE: _read_reference,
    FieldType.REFERENCES: _read_references,
}
