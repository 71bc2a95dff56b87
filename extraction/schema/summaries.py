"""What the parts of one summary statistic say together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from extraction.schema.answers import Answer

SINGLE_SPREADS = ("sd", "se", "unclear")
INTERVALS = ("ci95", "ci_other")
MONTHS = {
    "days": Decimal(12) / Decimal("365.25"),
    "weeks": Decimal(84) / Decimal("365.25"),
    "months": Decimal(1),
    "years": Decimal(12),
}


def in_months(number: Decimal, unit: str) -> Decimal:
    """Return a duration in months; a year has 365.25 days and 12 months."""
    return number * MONTHS[unit or "months"]


@dataclass(frozen=True)
class Summary:
    """What the parts of one summary statistic say; numbers are ``None`` where none is given."""

    stem: str
    answers: Mapping[str, Answer]

    def key(self, part: str) -> str:
        """Return the key of one part."""
        return f"{self.stem}.{part}"

    def answer(self, part: str) -> Answer | None:
        """Return the answer in one part, ``None`` where it is blank."""
        return self.answers.get(self.key(part))

    def says(self, part: str) -> str:
        """Return the text of one part, empty where it is blank or missing."""
        answer = self.answer(part)
        return answer.text if answer and not answer.missing else ""

    def number(self, part: str) -> Decimal | None:
        """Return the number in one part."""
        answer = self.answer(part)
        return answer.value if answer else None

    @property
    def mean(self) -> Decimal | None:
        """The value where it is said to be a mean."""
        return self.number("value") if self.says("centre") == "mean" else None

    @property
    def sd(self) -> Decimal | None:
        """The spread where it is said to be a standard deviation."""
        return self.number("spread_value") if self.says("spread") == "sd" else None
