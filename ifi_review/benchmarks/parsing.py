"""How long reading a file takes, and how much memory."""

import importlib.util
from pathlib import Path
from typing import Any

from ifi_review.benchmarks.measure import measured
from records.importers import ParsedRecord, open_file


def has_rispy() -> bool:
    """Say whether the library we compare with is installed."""
    return importlib.util.find_spec("rispy") is not None


def parse(*, reader: str, path: str) -> dict[str, Any]:
    """Read a RIS file with one of the two readers and say what it took."""
    return _ours(Path(path)) if reader == "ours" else _rispy(Path(path))


def _ours(path: Path) -> dict[str, Any]:
    with measured() as took, path.open("rb") as stream:
        records = sum(isinstance(item, ParsedRecord) for item in open_file(stream))
    return {"records": records, **took.as_json()}


def _rispy(path: Path) -> dict[str, Any]:
    rispy = importlib.import_module("rispy")
    with measured() as took, path.open(encoding="utf-8") as file:
        records = len(rispy.load(file))
    return {"records": records, **took.as_json()}
