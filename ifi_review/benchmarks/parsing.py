"""How long reading a file takes, and how much memory, beside the libraries that others use."""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ifi_review.benchmarks.measure import measured
from records.importers import ParsedRecord, open_file

# The library that reads a format elsewhere.
LIBRARIES = {"ris": "rispy", "nbib": "nbib", "bibtex": "bibtexparser"}


def is_installed(library: str) -> bool:
    """Say whether a library we compare with is installed."""
    return importlib.util.find_spec(library) is not None


def parse(*, reader: str, path: str) -> dict[str, Any]:
    """Read a file with our reader (``ours``) or one of the libraries and say what it took."""
    read = _ours if reader == "ours" else _READ[reader]
    with measured() as took:
        records = read(Path(path))
    return {"records": records, **took.as_json()}


def _ours(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(isinstance(item, ParsedRecord) for item in open_file(stream))


def _rispy(path: Path) -> int:
    rispy = importlib.import_module("rispy")
    with path.open(encoding="utf-8") as file:
        return len(rispy.load(file))


def _nbib(path: Path) -> int:
    return len(importlib.import_module("nbib").read_file(str(path)))


def _bibtexparser(path: Path) -> int:
    library = importlib.import_module("bibtexparser").parse_file(str(path))
    return len(library.entries)


_READ: dict[str, Callable[[Path], int]] = {
    "rispy": _rispy,
    "nbib": _nbib,
    "bibtexparser": _bibtexparser,
}
