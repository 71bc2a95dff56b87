"""Save a table that is made of another, from a file."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from extraction.schema import FormRefused, read_json
from extraction.schema.plain import MAX_BYTES, only, optional_text, text
from ifi_review.management.review_command import ReviewCommand
from reporting.choices import TableLayout
from reporting.models import SavedTable
from reporting.services import save_table
from reviews.models import Membership
from reviews.roles import Capability

PARTS = {"slug", "name", "table", "layout", "label", "position", "spec"}
LONGEST = 2000


class Command(ReviewCommand):
    """Save a table as the next version of the one of its slug, or as a new one."""

    help = "Check a table in JSON and save it; what is in force already changes nothing."
    capability = Capability.MANAGE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="slug, name, table and spec as JSON")

    def act(self, member: Membership, **options: Any) -> None:
        """Save the table and print which version it is and what is to be known of it."""
        path = Path(options["file"])
        try:
            given = _given(path)
        except FormRefused as refused:
            raise ValidationError(f"{path}: {refused}", code="table_refused") from refused
        saved, remarks = save_table(lead=member, **given)
        versions = SavedTable.objects.filter(review=member.review, slug=saved.slug)
        self.print_json({"slug": saved.slug, "version": versions.count(), "remarks": remarks})


def _given(path: Path) -> dict[str, Any]:
    """Return what a file says of a table."""
    try:
        with path.open("rb") as file:
            data = read_json(file.read(MAX_BYTES + 1))
    except OSError as problem:
        raise ValidationError(
            f"{path} cannot be read: {problem.strerror}.", code="not_read"
        ) from problem
    if not isinstance(data, Mapping):
        raise FormRefused("a saved table is one object with slug, name, table and spec.")
    only(data, PARTS, "the table")
    position = data.get("position")
    if position is not None and (not isinstance(position, int) or isinstance(position, bool)):
        raise FormRefused("position: it is a whole number.")
    return {
        **{name: text(data, name, "the table", longest=LONGEST) for name in _REQUIRED},
        "label": optional_text(data, "label", "the table", longest=LONGEST),
        "layout": data.get("layout", TableLayout.FULL),
        "spec": data.get("spec", {}),
        "position": position,
    }


_REQUIRED = ("slug", "name", "table")
