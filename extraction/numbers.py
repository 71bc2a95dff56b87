"""The one grammar for a number as a report prints it."""

import re
from dataclasses import dataclass
from decimal import Decimal

MAX_TEXT = 200
MAX_SIGNIFICANT_DIGITS = 40
MAX_DECIMALS = 40

QUALIFIERS = {
    "<": "<",
    "<=": "≤",
    "≤": "≤",
    ">": ">",
    ">=": "≥",
    "≥": "≥",
    "~": "~",
    "≈": "~",
}
QUALIFIER_WORDS = {
    "<": "less than",
    "≤": "at most",
    ">": "more than",
    "≥": "at least",
    "~": "about",
}
# What journals set for a decimal point and for a minus. A middle dot never parts thousands.
MIDDLE_DOTS = "\N{MIDDLE DOT}\N{BULLET OPERATOR}\N{DOT OPERATOR}\N{HYPHENATION POINT}"
MINUS_SIGNS = (
    "\N{MINUS SIGN}\N{EN DASH}\N{FIGURE DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
    "\N{SMALL HYPHEN-MINUS}"
)
# No width: zero width space, word joiner, byte order mark.
_UNSEEN = "\u200b\u2060\ufeff"
# Hard and thin ones, which a typesetter puts between thousands.
_SPACE = "[\u00a0\u2000-\u200a\u202f\u205f]"

_AS_TYPED = str.maketrans(
    {
        **dict.fromkeys(MIDDLE_DOTS, "."),
        **dict.fromkeys(MINUS_SIGNS, "-"),
        **dict.fromkeys(_UNSEEN, ""),
    }
)
_LETTER = re.compile(r"[nNpP]\s*(?:=\s*|(?=<=|>=|[<>≤≥~≈]))")
_QUALIFIER = re.compile(r"(<=|>=|[<>≤≥~≈])\s*")
_MINUS_APART = re.compile(rf"-{_SPACE}+(?=[0-9.])")
_THOUSANDS = re.compile(rf"([+-]?[1-9][0-9]{{0,2}}(?:{_SPACE}[0-9]{{3}})+)(\.[0-9]*)?")
_PER_CENT = re.compile(r"(.*[0-9.])\s*%")
_PLAIN = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_GROUPED = re.compile(r"([+-]?)([0-9]+(?:[.,'’\s][0-9]+)+)")
_SEPARATOR = re.compile(r"[.,'’\s]")
_LOOSE = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_TWO_NUMBERS = re.compile(rf"({_LOOSE})\s*(?:\(|±|\+/-|-|–|—|to|/|of)\s*({_LOOSE})\s*\)?")
_EXPONENT = re.compile(r"[+-]?[0-9.]+[eE][+-]?[0-9]+")
_WITH_UNIT = re.compile(rf"({_LOOSE})\s*([^0-9\s].*)")


class NumberRefused(ValueError):
    """A text that is not one number, with what to do about it."""

    def __init__(self, message: str, code: str, readings: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.readings = readings


@dataclass(frozen=True)
class ParsedNumber:
    """A number read without guessing: the text, its canonical form and its qualifier."""

    as_printed: str
    canonical: str
    qualifier: str = ""

    @property
    def value(self) -> Decimal:
        """The exact decimal, without its qualifier."""
        return Decimal(self.canonical)


def parse_number(
    text: str, *, qualifier_allowed: bool = False, integer: bool = False, unit: str = ""
) -> ParsedNumber:
    """Read one number as journals print it, or refuse it with a question.

    A middle dot is a decimal point, a dash before the number a minus, ``n =`` and ``p <`` are read
    without their letter, and thin and hard spaces where a typesetter puts them are nothing.

    Args:
        text: what was typed or imported; space around it is ignored.
        qualifier_allowed: whether ``<``, ``>``, ``≤``, ``≥`` or ``~`` may stand before it.
        integer: whether only a whole number will do.
        unit: the unit of the field; where it is ``%``, the sign may stand after the number.

    Raises:
        NumberRefused: the text is no number, or could be read in more than one way.
    """
    printed = text.strip()
    if not printed:
        raise NumberRefused("Enter a number.", "empty")
    if len(printed) > MAX_TEXT:
        raise NumberRefused(f"A number has at most {MAX_TEXT} characters.", "too_long")
    qualifier, body = _split_qualifier(printed)
    sign, whole, decimals = _split_digits(printed, _without_unit(body, unit))
    canonical = _canonical(sign, whole, decimals)
    if qualifier and not qualifier_allowed:
        raise NumberRefused(
            f"{_quoted(printed)} reads as {QUALIFIER_WORDS[qualifier]} {canonical}. "
            "This field takes a plain number: enter it without the sign, or mark it unclear.",
            "qualifier_not_allowed",
            (canonical,),
        )
    if integer:
        canonical = _as_whole(printed, canonical)
    return ParsedNumber(as_printed=printed, canonical=canonical, qualifier=qualifier)


def _split_qualifier(printed: str) -> tuple[str, str]:
    """Return the qualifier, and the number in the signs of a keyboard."""
    typed = printed.translate(_AS_TYPED)
    letter = _LETTER.match(typed)
    body = typed[letter.end() :] if letter else typed
    found = _QUALIFIER.match(body)
    if found is None:
        return "", body
    return QUALIFIERS[found.group(1)], body[found.end() :]


def _without_unit(body: str, unit: str) -> str:
    found = _PER_CENT.fullmatch(body) if unit == "%" else None
    return found.group(1) if found else body


def _split_digits(printed: str, body: str) -> tuple[str, str, str]:
    plain = _MINUS_APART.sub("-", body, count=1) if body.startswith("-") else body
    thousands = _THOUSANDS.fullmatch(plain)
    if thousands is not None:
        plain = re.sub(_SPACE, "", plain)
    found = _PLAIN.fullmatch(plain)
    if found is None or not (found.group(2) or found.group(3)):
        raise _refusal(printed, plain)
    return found.group(1), found.group(2), found.group(3) or ""


def _canonical(sign: str, whole: str, decimals: str) -> str:
    whole = whole.lstrip("0")
    significant = len((whole + decimals).lstrip("0"))
    if significant > MAX_SIGNIFICANT_DIGITS or len(decimals) > MAX_DECIMALS:
        raise NumberRefused(
            f"A number has at most {MAX_SIGNIFICANT_DIGITS} significant digits "
            f"and {MAX_DECIMALS} decimals.",
            "too_many_digits",
        )
    number = (whole or "0") + (f".{decimals}" if decimals else "")
    return f"-{number}" if sign == "-" and significant else number


def _as_whole(printed: str, canonical: str) -> str:
    whole, _, decimals = canonical.partition(".")
    if decimals.strip("0"):
        readings: tuple[str, ...] = ()
        question = ""
        if len(decimals) == 3 and not set(MIDDLE_DOTS) & set(printed):
            readings = (whole + decimals,)
            question = f" If the point separates thousands, enter {readings[0]}."
        raise NumberRefused(
            f"{_quoted(printed)} is not a whole number.{question}", "not_whole", readings
        )
    return "0" if whole == "-0" else whole


def _refusal(printed: str, body: str) -> NumberRefused:
    """Say why a text is no number, and how it could be meant."""
    for explain in (_strange_digits, _grouped, _special, _several_numbers, _with_unit):
        refused = explain(printed, body)
        if refused is not None:
            return refused
    return NumberRefused(f"{_quoted(printed)} is not a number. Enter digits only.", "not_a_number")


def _strange_digits(printed: str, body: str) -> NumberRefused | None:
    if not any(character.isdecimal() and not character.isascii() for character in body):
        return None
    return NumberRefused(
        f"{_quoted(printed)} has digits other than 0 to 9. Type the number again.",
        "foreign_digits",
    )


def _grouped(printed: str, body: str) -> NumberRefused | None:
    """Explain ``1,5``, ``1.234,5``, ``1 234`` and ``1'234``, which readers take differently."""
    found = _GROUPED.fullmatch(body)
    if found is None:
        return None
    readings = tuple(found.group(1).lstrip("+") + reading for reading in _readings(found.group(2)))
    question = f" Did you mean {' or '.join(readings)}?" if readings else ""
    return NumberRefused(
        f"{_quoted(printed)} is read differently in different countries.{question} "
        "Write a point before decimals and nothing between thousands.",
        "ambiguous",
        readings,
    )


def _readings(grouped: str) -> list[str]:
    separators = _SEPARATOR.findall(grouped)
    groups = _SEPARATOR.split(grouped)
    thousands = _are_thousands(groups) and len(set(separators)) == 1
    head, tail = groups[:-1], groups[-1]
    decimal = separators[-1] in ".," and separators[-1] not in separators[:-1]
    decimal = decimal and len(set(separators[:-1])) <= 1
    decimal = decimal and (len(head) == 1 or _are_thousands(head))
    readings = []
    if decimal:
        readings.append("".join(head) + "." + tail)
    if thousands:
        readings.append("".join(groups))
    return readings


def _are_thousands(groups: list[str]) -> bool:
    first = groups[0]
    return 1 <= len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in groups[1:])


def _special(printed: str, body: str) -> NumberRefused | None:
    bare = body.lstrip("+-").lower()
    if bare in {"nan", "inf", "infinity", "∞"}:
        return NumberRefused(
            f"{_quoted(printed)} is not a number a report can state. "
            "Use a missing code, for example not reported.",
            "not_finite",
        )
    if _EXPONENT.fullmatch(body):
        return NumberRefused(
            f"{_quoted(printed)} is written with an exponent. Write all its digits.", "exponent"
        )
    if "_" in body or bare.startswith(("0x", "0b", "0o")):
        return NumberRefused(
            f"{_quoted(printed)} is not a number as a report prints it.", "not_a_number"
        )
    return None


def _several_numbers(printed: str, body: str) -> NumberRefused | None:
    found = _TWO_NUMBERS.fullmatch(body)
    if found is None:
        return None
    first, second = found.groups()
    return NumberRefused(
        f"{_quoted(printed)} holds two numbers, {first} and {second}. "
        "Enter each in the field it belongs to.",
        "several_numbers",
        (first, second),
    )


def _with_unit(printed: str, body: str) -> NumberRefused | None:
    found = _WITH_UNIT.fullmatch(body)
    if found is None:
        return None
    number, unit = found.groups()
    return NumberRefused(
        f"{_quoted(printed)} reads as {number} with {_quoted(unit)} after it. "
        "Enter the number alone, in the unit of the field.",
        "unit_in_number",
        (number,),
    )


def _quoted(text: str) -> str:
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return f"“{short}”"
