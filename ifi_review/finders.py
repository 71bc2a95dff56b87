"""Where static files of installed packages come from."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class PackageFinder(BaseFinder):
    """The few files of npm packages that the pages use, as ``PACKAGE_FILES`` names them.

    Everything else in ``node_modules`` is invisible, so nothing is served or collected by chance.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.BASE_DIR) / "node_modules"
        self.storage = FileSystemStorage(location=self.root)
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where the file lies, or an empty list."""
        named = any(fnmatchcase(path, pattern) for pattern in settings.PACKAGE_FILES)
        place = self.root / path
        if not (named and ".." not in Path(path).parts and place.is_file()):
            return []
        return [str(place)] if find_all else str(place)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every file with where it is stored."""
        for pattern in settings.PACKAGE_FILES:
            for place in sorted(self.root.glob(pattern)):
                yield place.relative_to(self.root).as_posix(), self.storage

    def check(self, **kwargs: Any) -> Any:
        """Find nothing to say: ``doctor`` tells when packages are missing."""
        return []
