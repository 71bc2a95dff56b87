"""How summary statistics of people print: the middle, the spread as it was given, and the ends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from extraction.copies import Cell as Answer
from extraction.schema import in_months
from extraction.schema.summary_parts import PARTS
from reporting.definitions import BLANK, Cell
from reporting.printing import Answers, plain, rounded
from reporting.results import CENTRES, OTHER_LEVEL, SPREADS

MONTHS_PLACES = 1
_SAID_OF_SPREAD = {
    "se": "Standard error, not SD.",
    "ci95": "95 % confidence interval.",
    "ci_other": OTHER_LEVEL,
    "iqr": "Interquartile range.",
    "unclear": "The report does not say which spread it is.",
}
BOUND = "A bound, as the report gives it: at least so long."


@dataclass(frozen=True, kw_only=True)
class Described:
    """One summary statistic of an element by its parts; durations print in months.

    ``at_least`` is the bound a report gives in place of a shortest duration.
    """

    answers: Answers
    parts: Mapping[str, Answer]
    at_least: Answer | None = None

    @property
    def statistic(self) -> Cell:
        """Return the cell that names what was given: mean (SD), median (range), range."""
        spread = self._spread_word if self._has_spread else ""
        ends = "range" if self._has_ends else ""
        if self._given("value"):
            beside = spread or ends
            text = self._centre_word or "not named"
            text += f" ({beside})" if beside else ""
        else:
            text = spread or ends
        named = [self.parts[name].uid for name in ("centre", "spread") if name in self.parts]
        # Where the report names nothing, the word stands for the numbers that it gives.
        behind = named or [part.uid for part in self.parts.values() if part.number]
        return Cell(text=text, value=text, sources=tuple(behind) if text else ())

    @property
    def value(self) -> Cell:
        """Return the cell of the mean or median, whichever was given."""
        return self._cell("value")

    @property
    def spread(self) -> Cell:
        """Return the cell of the spread: one number, or the two ends of an interval."""
        if self._given("spread_low") or self._given("spread_high"):
            cell = self._joined("spread_low", "spread_high")
        else:
            cell = self._cell("spread_value")
        said = _SAID_OF_SPREAD.get(self._says("spread") or "unclear", "") if cell.text else ""
        return replace(cell, note=_together(cell.note, "" if cell.missing else said))

    @property
    def lowest(self) -> Cell:
        """Return the cell of the lowest, or of the bound given in its place."""
        cell = self._cell("min")
        if self.at_least is None or self._given("min") or not self.at_least.number:
            return cell
        bound = self.answers.printed(self.at_least)
        return replace(bound, text=f"≥ {bound.text}", note=_together(bound.note, BOUND))

    @property
    def highest(self) -> Cell:
        """Return the cell of the highest."""
        return self._cell("max")

    @property
    def together(self) -> Cell:
        """Return all of it in one cell, naming each part: mean 24.1 (SD 3.2; range 18–30)."""
        value, spread = self.value, self.spread
        ends = self._joined("min", "max") if self._has_ends else BLANK
        cells = [cell for cell in (value, spread, ends) if cell.sources]
        if not cells:
            return BLANK
        given = [cell for cell in cells if not cell.missing]
        if not given:
            return cells[0]
        beside = []
        if spread in given:
            beside.append(f"{self._spread_word} {spread.text}")
        if ends in given:
            beside.append(f"range {ends.text}")
        text = "; ".join(beside)
        if value in given:
            text = f"{self._centre_word} {value.text}".strip() + (f" ({text})" if text else "")
        return Cell(
            text=text,
            value=text,
            sources=tuple(dict.fromkeys(uid for cell in given for uid in cell.sources)),
            note=_together(value.note, ends.note, self._of),
            page=", ".join(dict.fromkeys(cell.page for cell in given if cell.page)),
        )

    @property
    def _of(self) -> str:
        number = self.parts.get("n")
        return f"Of {number.text}." if number is not None and number.number else ""

    @property
    def _centre_word(self) -> str:
        return CENTRES.get(self._says("centre"), "")

    @property
    def _spread_word(self) -> str:
        return SPREADS.get(self._says("spread"), SPREADS["unclear"])

    @property
    def _has_spread(self) -> bool:
        return any(self._given(part) for part in ("spread_value", "spread_low", "spread_high"))

    @property
    def _has_ends(self) -> bool:
        return self._given("min") or self._given("max")

    def _given(self, part: str) -> bool:
        answer = self.parts.get(part)
        return answer is not None and bool(answer.number)

    def _says(self, part: str) -> str:
        answer = self.parts.get(part)
        return answer.text if answer is not None and not answer.missing else ""

    def _joined(self, low: str, high: str) -> Cell:
        cells = [self._cell(low), self._cell(high)]
        text = "–".join(cell.text or "…" for cell in cells)
        return Cell(
            text=text,
            value=text,
            sources=tuple(dict.fromkeys(uid for cell in cells for uid in cell.sources)),
            note=_together(*(cell.note for cell in cells)),
            page=", ".join(dict.fromkeys(cell.page for cell in cells if cell.page)),
        )

    def _cell(self, part: str) -> Cell:
        """Return one part as printed, or in months where it was printed in another unit."""
        answer = self.parts.get(part)
        if answer is None:
            return BLANK
        cell = self.answers.printed(answer)
        unit = self._says("unit")
        if unit in ("", "months") or answer.decimal is None:
            return cell
        months = in_months(answer.decimal, unit)
        shown = rounded(months, MONTHS_PLACES)
        return replace(
            cell,
            text=plain(shown),
            value=shown,
            exact=months,
            sources=(answer.uid, self.parts["unit"].uid),
            formula=f"{answer.text} {unit} in months",
            note=_together(cell.note, f"Printed: {answer.text} {unit}."),
        )


def described(answers: Answers, stem: str) -> Described:
    """Return a summary statistic by its meaning, such as ``age``."""
    found = {part: answers.get(f"{stem}.{part}") for part in PARTS}
    return Described(
        answers=answers,
        parts={part: answer for part, answer in found.items() if answer is not None},
        at_least=answers.get(f"{stem}.at_least"),
    )


def described_by_key(answers: Answers, key: str) -> Described:
    """Return a summary statistic that a form asks of its own accord, by the form's key."""
    cells = answers.element.cells if answers.element else answers.copy.cells
    found = {part: cells.get(f"{key}.{part}") for part in PARTS}
    return Described(
        answers=answers,
        parts={part: answer for part, answer in found.items() if answer is not None},
    )


def _together(*notes: str) -> str:
    return " ".join(dict.fromkeys(note for note in notes if note))
