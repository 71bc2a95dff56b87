"""How extracted answers print: one cell each, or several of one element in one cell."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import slugify

from extraction.choices import Missing, Obtained
from extraction.copies import Cell as Answer
from extraction.copies import ElementCopy, StudyCopy
from extraction.schema import FieldSpec, FieldType
from records.models import Record
from reporting.definitions import BLANK, Cell, Snapshot

# Wide enough that no sum or quotient of numbers as printed loses a digit that it shows.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
MISSING_TEXT = {
    Missing.NOT_REPORTED: "NR",
    Missing.NOT_APPLICABLE: "NA",
    Missing.UNCLEAR: "unclear",
    Missing.CONTACT_AUTHOR: "contact author",
}
MISSING_LEGEND = (
    "NR: not reported; NA: not applicable; unclear and contact author: so recorded; "
    "a blank cell was not answered."
)
_OBTAINED = {
    Obtained.CALCULATED: "calculated",
    Obtained.FIGURE: "read off a figure",
    Obtained.AUTHORS: "from the authors",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """The answers about a study, or about one of its elements, ready to print.

    They are asked for by what they mean, never by the key a form gives a question.
    """

    snapshot: Snapshot
    copy: StudyCopy
    element: ElementCopy | None = None

    def get(self, means: str) -> Answer | None:
        """Return the answer with a meaning, ``None`` where the cell is blank or not asked."""
        return (self.copy.meant if self.element is None else self.element.meant).get(means)

    def number(self, key: str) -> Decimal | None:
        """Return the number of an answer, ``None`` where there is none."""
        answer = self.get(key)
        return answer.decimal if answer else None

    def says(self, key: str) -> str:
        """Return the stored text of an answer, empty where it is blank or missing."""
        answer = self.get(key)
        return answer.text if answer and not answer.missing else ""

    def cell(self, key: str) -> Cell:
        """Return one answer as it prints."""
        answer = self.get(key)
        return self.printed(answer) if answer is not None else BLANK

    def printed(self, answer: Answer) -> Cell:
        """Return an answer of this copy as it prints."""
        text = self._text(answer)
        return Cell(
            text=text,
            value=answer.decimal if answer.number else text,
            missing=answer.missing,
            sources=(answer.uid,),
            formula=answer.formula,
            note=_said_of(answer),
            page=answer.page,
        )

    def cells(self, *keys: str, **renamed: str) -> dict[str, Cell]:
        """Return answers by column: under their own keys, or ``column=key``."""
        wanted = {**dict(zip(keys, keys, strict=True)), **renamed}
        return {column: self.cell(key) for column, key in wanted.items()}

    def out_of(self, part: str, whole: str) -> Cell:
        """Return ``part/whole``, each as printed; the code alone where the part is missing."""
        answer = self.get(part)
        if answer is not None and answer.missing:
            return self.cell(part)
        return self.joined((part, whole), lambda texts: "/".join(text or "–" for text in texts))

    def joined(self, keys: Iterable[str], write: Callable[[list[str]], str]) -> Cell:
        """Return several answers in one cell, as ``write`` puts their texts together."""
        return joined_cells([self.cell(key) for key in keys], write)

    def percent(self, part: str, whole: str) -> Cell:
        """Return the percentage that two counts make, blank where one of them is no number."""
        return percent_cell(self.number(part), self.number(whole), self.uids(part, whole))

    def uids(self, *keys: str) -> tuple[UUID, ...]:
        """Return the uids of the answers that are there."""
        return tuple(answer.uid for key in keys if (answer := self.get(key)))

    def _field(self, key: str) -> FieldSpec | None:
        return self.copy.form.by_cell.get(key)

    def _text(self, answer: Answer) -> str:
        if answer.missing:
            return MISSING_TEXT[Missing(answer.missing)]
        field = self._field(answer.key)
        if field is None or not (field.type.is_choice or field.type.is_reference):
            return answer.text
        parts = [part.strip() for part in answer.text.split(";") if part.strip()]
        if field.type is FieldType.CHOICE or field.type is FieldType.CHOICES:
            if {"patients", "units"} >= {choice.key for choice in field.choices}:
                return "; ".join(self.snapshot.unit_word(part) for part in parts)
            return "; ".join(field.choice_label(part) for part in parts)
        return "; ".join(self._named(parts))

    def _named(self, uids: Iterable[str]) -> Iterator[str]:
        """Yield what elements are called, in their order in the copy."""
        wanted = dict.fromkeys(uids)
        for element in self.copy.elements:
            if str(element.uid) in wanted:
                del wanted[str(element.uid)]
                named = element.meant.get("label") or element.meant.get("instrument")
                yield named.text if named else f"{element.group} {element.position}"
        yield from wanted


def of_study(snapshot: Snapshot, copy: StudyCopy) -> Answers:
    """Return the answers about the study itself."""
    return Answers(snapshot=snapshot, copy=copy)


def of_element(snapshot: Snapshot, copy: StudyCopy, element: ElementCopy) -> Answers:
    """Return the answers about one element of the study."""
    return Answers(snapshot=snapshot, copy=copy, element=element)


def each_cohort(snapshot: Snapshot) -> Iterator[tuple[Answers, dict[str, Cell]]]:
    """Yield every cohort of every study with the two cells that name it."""
    for copy in snapshot.studies:
        for cohort in copy.cohorts:
            answers = of_element(snapshot, copy, cohort)
            yield answers, {"study": study_cell(copy), "cohort": answers.cell("label")}


def study_cell(copy: StudyCopy) -> Cell:
    """Return the cell that names a study; what must be said of it is its note."""
    return Cell(text=copy.label, value=copy.label, note=copy.note)


def joined_cells(cells: Sequence[Cell], write: Callable[[list[str]], str]) -> Cell:
    """Return several cells in one, as ``write`` puts their texts together.

    Where all that is given is missing for one reason, the cell is missing for that reason.
    """
    given = [cell for cell in cells if cell.sources]
    if not given:
        return BLANK
    codes = {cell.missing for cell in given}
    missing = codes.pop() if len(codes) == 1 else ""
    text = given[0].text if missing else write([cell.text for cell in cells])
    return Cell(
        text=text,
        value=text,
        missing=missing,
        sources=tuple(dict.fromkeys(uid for cell in given for uid in cell.sources)),
        note=" ".join(dict.fromkeys(cell.note for cell in given if cell.note)),
        page=", ".join(dict.fromkeys(cell.page for cell in given if cell.page)),
    )


def in_places(cells: Sequence[Cell]) -> Cell:
    """Return the cells of several cohorts in one, each in its place; a single one as it is."""
    if len(cells) == 1:
        return cells[0]
    made = joined_cells(cells, lambda texts: "; ".join(text or "–" for text in texts))
    if made.missing and not all(cell.missing for cell in cells):
        text = "; ".join(cell.text or "–" for cell in cells)
        return replace(made, text=text, value=text, missing="")
    return made


def count_cell(
    number: int,
    *,
    records: tuple[UUID, ...] | QuerySet[Record] | None = None,
    studies: Iterable[UUID] = (),
    sources: tuple[UUID, ...] = (),
    formula: str = "",
) -> Cell:
    """Return the cell of a count of our own, with what it counts."""
    return Cell(
        text=str(number),
        value=number,
        records=records,
        studies=tuple(studies),
        sources=sources,
        formula=formula,
    )


def percent_cell(
    part: Decimal | None, whole: Decimal | None, sources: tuple[UUID, ...], places: int = 1
) -> Cell:
    """Return a computed percentage with its formula, blank where it cannot be computed."""
    if part is None or not whole:
        return BLANK
    exact = EXACT.divide(EXACT.multiply(part, Decimal(100)), whole)
    value = rounded(exact, places)
    formula = f"{plain(part)} ÷ {plain(whole)} × 100"
    return Cell(text=plain(value), value=value, sources=sources, formula=formula, exact=exact)


def key_of(text: str) -> str:
    """Return a name for addresses; two texts never share one."""
    plain_text = slugify(text)
    if plain_text == text.replace(" ", "-"):
        return plain_text
    return f"{plain_text}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def with_spread(texts: list[str]) -> str:
    """Write a value with its spread in brackets, where it has one."""
    value, spread = texts
    return f"{value} ({spread})" if spread else value


def rounded(value: Decimal, places: int) -> Decimal:
    """Return the value with so many decimals, halves away from zero as tables print them."""
    return EXACT.quantize(value, Decimal(1).scaleb(-places))


def plain(number: Decimal) -> str:
    """Return a number in digits, never with an exponent."""
    return format(number, "f")


def without_zeros(number: Decimal) -> str:
    """Return a whole number without zeros after the point: 101, never 101.0."""
    return plain(rounded(number, 0) if number == rounded(number, 0) else number)


def _said_of(answer: Answer) -> str:
    """Return what a footnote must say of an answer: how it was obtained, and its note."""
    if not answer.obtained and not answer.note:
        return ""
    obtained = _OBTAINED.get(Obtained(answer.obtained), "") if answer.obtained else ""
    if obtained and answer.formula:
        obtained += f": {answer.formula}"
    sentence = obtained[:1].upper() + obtained[1:]
    return " ".join(f"{part.rstrip('.')}." for part in (sentence, answer.note.strip()) if part)
