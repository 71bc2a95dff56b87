"""Where a value stands on an axis, and which values the axis names."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import log as natural_log
from math import log10

STEPS = (1, 2, 5)
# So few powers of ten that the numbers between them are named as well.
FEW_DECADES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A named place of an axis: its value, and the text that says it."""

    value: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Linear:
    """An axis on which equal differences are equally long: ``low`` at ``start``, in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float | Decimal) -> float:
        """Return the pixel of a value, which may lie beyond the ends; the middle of no span."""
        span = self.high - self.low
        share = (float(value) - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[Tick]:
        """Return the multiples of a step of 1, 2 or 5 that lie on the axis, about so many."""
        low, high = _exact(self.low), _exact(self.high)
        if low == high:
            return [_tick(low)]
        step = nice_step(high - low, about)
        first = (low / step).to_integral_value(ROUND_CEILING)
        last = (high / step).to_integral_value(ROUND_FLOOR)
        return [_tick(step * number) for number in range(int(first), int(last) + 1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """An axis on which equal ratios are equally long; every value is above zero."""

    low: float
    high: float
    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high:
            raise ValueError("a logarithmic axis begins above zero and does not run backwards")

    def at(self, value: float | Decimal) -> float:
        """Return the pixel of a value above zero; the middle of no span."""
        span = natural_log(self.high / self.low)
        share = natural_log(float(value) / self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[Tick]:
        """Return 1, 2 and 5 times the powers of ten on the axis; of a long axis powers alone."""
        low, high = _exact(self.low), _exact(self.high)
        decades = range(low.adjusted(), high.adjusted() + 1)
        steps = STEPS if log10(self.high / self.low) <= FEW_DECADES else STEPS[:1]
        values = [Decimal(step).scaleb(power) for power in decades for step in steps]
        return [_tick(value) for value in values if low <= value <= high]


def nice_step(span: Decimal, about: int) -> Decimal:
    """Return the smallest of 1, 2 and 5 times a power of ten that cuts a span in ``about`` steps.

    Raises:
        ValueError: the span is not above zero, or no step is wanted.
    """
    if span <= 0 or about < 1:
        raise ValueError("only a span above zero is cut, into one step at least")
    wanted = span / about
    power = wanted.adjusted()
    for step in (*STEPS, 10):
        size = Decimal(step).scaleb(power)
        if size >= wanted:
            break
    return size


def nice_domain(values: Sequence[float | Decimal], about: int = 5) -> tuple[float, float]:
    """Return the ends of an axis that holds every value and begins and ends at a tick.

    Of one value alone the axis reaches to both sides.

    Raises:
        ValueError: there is no value.
    """
    low, high = _exact(min(values)), _exact(max(values))
    if low == high:
        step = nice_step(abs(low) or Decimal(1), about)
        low, high = low - step, high + step
    step = nice_step(high - low, about)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return float(first * step), float(last * step)


def _exact(value: float | Decimal) -> Decimal:
    """Return the decimal number that a float prints as, so that 0.1 is one tenth."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _tick(value: Decimal) -> Tick:
    whole = value == value.to_integral_value()
    text = f"{value.to_integral_value() if whole else value.normalize():f}"
    return Tick(value=float(value), text="0" if not value else text.replace("-", "−"))
