"""Times as printed, and in months."""

from dataclasses import replace
from decimal import Decimal

from extraction.schema import in_months
from reporting.definitions import BLANK, Cell
from reporting.printing import Answers, plain, rounded

PLACES = 1


def months_cell(answers: Answers, means: str = "time", unit: str = "time.unit") -> Cell:
    """Return a time in months: as printed where it is printed so, else derived with its formula."""
    answer, printed = answers.get(means), answers.says(unit)
    if answer is None:
        return BLANK
    cell = answers.cell(means)
    if answer.missing or not answer.number or printed in ("", "months"):
        return cell
    number = rounded(in_months(Decimal(answer.number), printed), PLACES)
    return replace(
        cell,
        text=f"{answer.qualifier}{plain(number)}",
        value=plain(number) if answer.qualifier else number,
        sources=answers.uids(means, unit),
        formula=f"{answer.text} {printed} in months",
        note=" ".join(part for part in (cell.note, f"Printed: {answer.text} {printed}.") if part),
    )


def time_cell(answers: Answers) -> Cell:
    """Return a time with its unit, as printed."""
    return answers.joined(("time", "time.unit"), _with_unit)


def _with_unit(texts: list[str]) -> str:
    number, unit = texts
    word = unit.lower() or "months"
    return f"{number} {word.removesuffix('s') if number == '1' else word}" if number else ""
