"""The files of imports, each kept under its own digest: what was given to be read stays."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

FOLDER = "imports"
BLOCK = 1024 * 1024
DIGEST = re.compile("[0-9a-f]{64}")
FORBIDDEN = frozenset('<>:"/\\|?*')
DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))]
)
LONGEST_NAME = 150


class FileLost(Exception):
    """The file of an import is not, or not whole, where it was put."""


def keep(stream: BinaryIO) -> tuple[str, int]:
    """Store a file, unless it is there, and return its SHA-256 and its size in bytes."""
    stream.seek(0)
    sha256, size = _measure(stream)
    name = _name(sha256)
    if default_storage.exists(name) and default_storage.size(name) != size:
        # A process that was killed while it wrote leaves a part of the file.
        default_storage.delete(name)
    if not default_storage.exists(name):
        stream.seek(0)
        try:
            default_storage.save(name, File(stream))
        except OSError:
            # A disk that is full is not filled further by a part of a file.
            default_storage.delete(name)
            raise
    return sha256, size


def reopen(sha256: str, size: int) -> BinaryIO:
    """Return a stored file to be read, at its beginning.

    Raises:
        FileLost: it is not there, or not of this size.
    """
    name = _name(sha256)
    # What is no digest names no file of ours, whatever stands there.
    ours = DIGEST.fullmatch(sha256) and default_storage.exists(name)
    if not ours or default_storage.size(name) != size:
        raise FileLost("The file of this import is not in the store any more; upload it again.")
    return cast("BinaryIO", default_storage.open(name, "rb"))


def is_whole(sha256: str, size: int) -> bool:
    """Say whether the stored file is, bit for bit, the one that was kept; reads all of it."""
    try:
        with reopen(sha256, size) as stream:
            return _measure(stream) == (sha256, size)
    except (FileLost, OSError):
        return False


def orphans(digests: Iterable[str]) -> list[str]:
    """Return the names of the stored files that have none of these digests.

    The files are listed first: one whose import is written down meanwhile is none of them then.
    """
    found = list(_files_in(FOLDER))
    ours = {_name(sha256) for sha256 in digests}
    return [name for name in found if name not in ours]


def download_name(file_name: str) -> str:
    """Return a name under which any system can save a file, whatever it was called."""
    plain = "".join("_" if c in FORBIDDEN else c for c in file_name).strip(". ")[-LONGEST_NAME:]
    device = plain.split(".")[0].rstrip().upper() in DEVICES
    return f"_{plain}" if device or not plain else plain


def _measure(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _name(sha256: str) -> str:
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def _files_in(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except OSError:
        # Not there yet, or not to be read: then the imports miss the files that lie in it.
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for inner in sorted(folders):
        yield from _files_in(f"{folder}/{inner}")
