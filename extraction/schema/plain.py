"""Reading plain JSON data strictly: whatever is not as it must be is refused with its place."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MAX_BYTES = 2_000_000

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MAX_KEY = 60
_MAX_SHOWN = 60
_MAX_NAMED = 5


class FormRefused(ValueError):
    """A form definition that cannot be used, with the place that is wrong."""

    def __init__(self, message: str, code: str = "form_refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def read_json(data: bytes) -> Any:
    """Read JSON text as RFC 8259 has it: no NaN, no name twice in one object.

    Raises:
        FormRefused: the bytes are too many, no UTF-8 or no JSON; the message names the line.
    """
    if len(data) > MAX_BYTES:
        raise FormRefused(f"The file has more than {MAX_BYTES:,} bytes; no form is that large.")
    try:
        return json.loads(
            data.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_once
        )
    except UnicodeDecodeError as problem:
        raise FormRefused(f"The file is not UTF-8 text: byte {problem.start + 1}.") from problem
    except json.JSONDecodeError as problem:
        raise FormRefused(
            f"The file is not JSON: line {problem.lineno}, column {problem.colno}: {problem.msg}."
        ) from problem
    except RecursionError as problem:
        raise FormRefused("The file is nested too deeply for a form.") from problem
    except FormRefused:
        raise
    except ValueError as problem:
        raise FormRefused("The file holds a number with too many digits.") from problem


def _no_constant(name: str) -> None:
    raise FormRefused(f"The file holds {name}, which is no number of JSON.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique((name for name, _ in pairs), "one object holds", "stands")
    return dict(pairs)


def shown(value: object) -> str:
    """Return a value as a message can print it: in quotes, in one line, not at full length."""
    text = value if isinstance(value, str) else type(value).__name__
    return ascii(text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}...")


def place_of(what: str, row: Mapping[str, Any], number: int) -> str:
    """Return what a refusal calls one row: by its key, or by its number where it has none."""
    key = row.get("key")
    return f"{what} {shown(key)}" if isinstance(key, str) and key else f"{what} number {number}"


def rows(data: Mapping[str, Any], name: str, most: int, place: str = "") -> list[Mapping[str, Any]]:
    """Return a list of objects, empty where it is left out."""
    found = data.get(name, [])
    where = f"{place}: {name}" if place else name
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise FormRefused(f"{where} must be a list of objects.")
    if len(found) > most:
        raise FormRefused(f"{where}: {len(found)} are given; at most {most} are taken.")
    return found


def names(row: Mapping[str, Any], name: str, most: int, place: str) -> tuple[str, ...]:
    """Return a list of texts, empty where it is left out."""
    found = row.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise FormRefused(f"{place}: {name} must be a list of names.")
    if len(found) > most:
        raise FormRefused(f"{place}: {name} has more than {most} names.")
    return tuple(_storable(one, name, _MAX_KEY * 2, place) for one in found)


def only(row: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse names that nobody would read."""
    unknown = sorted(shown(name)[1:-1] for name in set(row) - set(known))
    if unknown:
        more = f" and {len(unknown) - _MAX_NAMED} more" if len(unknown) > _MAX_NAMED else ""
        raise FormRefused(f"{place}: not understood: {', '.join(unknown[:_MAX_NAMED])}{more}.")


def unique(keys: Iterable[str], what: str, said: str = "the key is used") -> None:
    """Refuse what stands twice."""
    doubled = sorted(key for key, count in Counter(keys).items() if count > 1)
    if doubled:
        listed = ", ".join(shown(key)[1:-1] for key in doubled[:_MAX_NAMED])
        raise FormRefused(f"{what} {listed}: {said} twice.")


def key_of(row: Mapping[str, Any], place: str, longest: int = _MAX_KEY) -> str:
    """Return the key of a group, section or field."""
    key = text(row, "key", place, longest=10_000)
    if not _KEY.fullmatch(key) or len(key) > longest:
        raise FormRefused(f"{place}: a key is snake_case of at most {longest} characters.")
    return key


def text(row: Mapping[str, Any], name: str, place: str, *, longest: int = 500) -> str:
    """Return a text that must be there."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FormRefused(f"{place}: {name} is missing.")
    return _storable(value, name, longest, place)


def optional_text(row: Mapping[str, Any], name: str, place: str, *, longest: int = 500) -> str:
    """Return a text, empty where it is left out."""
    value = row.get(name, "")
    if not isinstance(value, str):
        raise FormRefused(f"{place}: {name} must be a text.")
    return _storable(value, name, longest, place)


def _storable(value: str, name: str, longest: int, place: str) -> str:
    if len(value) > longest:
        raise FormRefused(
            f"{place}: {name} has {len(value):,} characters; at most {longest:,} are kept."
        )
    if _UNSTORABLE.search(value):
        raise FormRefused(f"{place}: {name} holds a character that cannot be stored.")
    return value


def flag(row: Mapping[str, Any], name: str, place: str) -> bool:
    """Return a yes or no, no where it is left out."""
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise FormRefused(f"{place}: {name} must be true or false.")
    return value


def one_of(value: str, known: Sequence[str], name: str, place: str) -> str:
    """Return a value that is one of those known."""
    if value not in known:
        raise FormRefused(f"{place}: {shown(value)} is not a {name}.")
    return value
