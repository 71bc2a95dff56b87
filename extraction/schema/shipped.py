"""The form and the outcome instruments that ship with the application."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extraction.schema.loading import load_form
from extraction.schema.specs import FormSpec

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Instrument:
    """An outcome instrument with the other names it goes by."""

    key: str
    name: str
    aliases: tuple[str, ...]
    range_min: str
    range_max: str
    direction: str
    granularity: str
    unit: str
    domain: str


def shipped_form(extra_fields: Sequence[Mapping[str, Any]] = ()) -> FormSpec:
    """Return the form for orthopaedic case series, with a review's own fields after its own."""
    return load_form(_read("orthopaedic_case_series.json"), extra_fields)


@cache
def shipped_instruments() -> tuple[Instrument, ...]:
    """Return the outcome instruments, in the order they ship."""
    return tuple(_instrument(row) for row in _read("outcome_instruments.json")["instruments"])


def _instrument(row: Mapping[str, Any]) -> Instrument:
    known = {name: row[name] for name in Instrument.__dataclass_fields__}
    return Instrument(**{**known, "aliases": tuple(row["aliases"])})


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return data
