"""The rule by which one of several results for one outcome is chosen, one criterion a line.

The lead declares it beforehand. Lines rank as they stand: what the first does not tell apart, the
next may. Nothing is guessed: a line that is not understood is refused by its number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError

MOST_LINES = 20
LONGEST_LINE = 300
SET, ADJUSTED, INSTRUMENT, WINDOW = "set", "adjusted", "instrument", "window"
FIRST, LAST = "first", "last"
_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,2})?"
_WINDOW = re.compile(
    rf"({_NUMBER}) ?[-–] ?({_NUMBER}) months?(?: ?, ?nearest(?: to)? ({_NUMBER}))?", re.IGNORECASE
)
_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Window:
    """Times that serve one comparison, in months, both ends included, and the one preferred."""

    low: Decimal
    high: Decimal
    nearest: Decimal | None = None

    def holds(self, months: Decimal) -> bool:
        """Return whether a time lies in the window."""
        return self.low <= months <= self.high

    @property
    def title(self) -> str:
        """Return the window in words."""
        return f"{self.low}–{self.high} months"


@dataclass(frozen=True)
class Order:
    """Names in the order of preference; what is not named comes after all that are."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class SelectionRule:
    """What the lead declared, criterion by criterion in their order."""

    criteria: tuple[Window | Order, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def windows(self) -> tuple[Window, ...]:
        """Return the windows; without one every time is eligible."""
        return tuple(one for one in self.criteria if isinstance(one, Window))

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names in the order of one kind, none where it is not declared."""
        orders = (one for one in self.criteria if isinstance(one, Order) and one.kind == kind)
        return next((order.names for order in orders), ())


def read_rule(text: str) -> SelectionRule:
    """Return the rule that the lines declare; blank lines are left out.

    Raises:
        ValidationError: a line is not understood or contradicts another; the message names it.
    """
    criteria: list[Window | Order] = []
    lines: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        said = " ".join(line.split())
        if not said:
            continue
        if len(said) > LONGEST_LINE:
            raise _refusal(number, f"it has {len(said)} characters; at most {LONGEST_LINE} fit")
        criterion = _criterion(number, said)
        for earlier, other in zip(numbers, criteria, strict=True):
            _agree(number, criterion, earlier, other)
        criteria.append(criterion)
        lines.append(said)
        numbers.append(number)
    if len(lines) > MOST_LINES:
        raise ValidationError(
            f"The rule has {len(lines)} lines; at most {MOST_LINES} fit.", code="too_many"
        )
    return SelectionRule(tuple(criteria), tuple(lines))


def validate_rule(text: str) -> None:
    """Refuse a rule that cannot be read.

    Raises:
        ValidationError: a line is not understood or contradicts another; the message names it.
    """
    read_rule(text)


def _criterion(number: int, line: str) -> Window | Order:
    word, colon, said = line.partition(":")
    read = _READERS.get(word.strip().casefold())
    if read is None or not colon:
        kinds = ", ".join(f"“{kind}:”" for kind in _READERS)
        raise _refusal(number, f"it begins with none of {kinds}")
    return read(number, said.strip())


def _window(number: int, said: str) -> Window:
    match = _WINDOW.fullmatch(said)
    if match is None:
        raise _refusal(number, "a window is written “6-24 months” or “6-24 months, nearest 12”")
    low, high = Decimal(match[1]), Decimal(match[2])
    if low > high:
        raise _refusal(number, f"the window ends at {high}, before it begins at {low}")
    window = Window(low, high, Decimal(match[3]) if match[3] else None)
    if window.nearest is not None and not window.holds(window.nearest):
        raise _refusal(number, f"{window.nearest} does not lie in {window.title}")
    return window


def _sets(number: int, said: str) -> Order:
    names = tuple(name.casefold() for name in _listed(number, said))
    for name in names:
        if not _KEY.fullmatch(name):
            raise _refusal(number, f"“{name}” is no analysis set; write it as in “per_protocol”")
    return Order(SET, names)


def _adjusted(number: int, said: str) -> Order:
    if said.casefold() not in (FIRST, LAST):
        raise _refusal(number, f"adjusted results come “{FIRST}” or “{LAST}”")
    return Order(ADJUSTED, (said.casefold(),))


def _instruments(number: int, said: str) -> Order:
    return Order(INSTRUMENT, _listed(number, said))


_READERS: dict[str, Callable[[int, str], Window | Order]] = {
    WINDOW: _window,
    SET: _sets,
    ADJUSTED: _adjusted,
    INSTRUMENT: _instruments,
}


def _listed(number: int, said: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in said.split(","))
    if not all(names):
        raise _refusal(number, "a name is missing between two commas or after the colon")
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise _refusal(number, f"“{name}” stands twice")
        seen.add(name.casefold())
    return names


def _agree(number: int, new: Window | Order, earlier: int, old: Window | Order) -> None:
    """Refuse a second order of one kind, and windows that share a time."""
    if isinstance(new, Order) and isinstance(old, Order) and new.kind == old.kind:
        raise _refusal(number, f"“{new.kind}:” stands in line {earlier} already")
    if isinstance(new, Order) or isinstance(old, Order):
        return
    if new.low <= old.high and old.low <= new.high:
        raise _refusal(number, f"its window shares a time with that of line {earlier}")


def _refusal(number: int, why: str) -> ValidationError:
    return ValidationError(f"Line {number}: {why}.", code="rule_not_read")
