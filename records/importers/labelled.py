"""A dialect of tagged files whose tags are words or labels, taken as they are written."""

import re

from records.importers.dialects import Dialect

SPACES = re.compile(r"\s+")


class Labelled(Dialect):
    """A format with labels such as ``{Reference Type}:`` in place of tags of two capitals.

    ``tag_line`` has the label as first group and the text as second.
    """

    def split(self, line: str) -> tuple[str, str] | None:
        """Return the label and the text of a labelled line, or ``None``."""
        match = self.tag_line.match(line)
        if match is None:
            return None
        label, text = match.group(1, 2)
        return SPACES.sub(" ", label).strip(), text or ""
