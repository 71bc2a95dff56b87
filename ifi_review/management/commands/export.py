"""Write tables of a review to files or to standard output."""

import hashlib
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from ifi_review.management.review_command import ReviewCommand
from reporting.definitions import ReportDefinition, Snapshot
from reporting.renderers import RENDERERS, Renderer
from reporting.reports import REPORTS
from reporting.snapshot import read_instant, take_snapshot
from reviews.models import Membership
from reviews.roles import Capability


class Command(ReviewCommand):
    """Prints one table, or writes every table in every format that it has."""

    help = "Export a table of a review; with --all every table in every format."
    capability = Capability.READ

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the table, the format, the instant and where to write."""
        super().add_arguments(parser)
        parser.add_argument("table", metavar="TABLE", nargs="?", help=", ".join(REPORTS))
        parser.add_argument("--format", default="csv", help=", ".join(RENDERERS))
        parser.add_argument("--as-of", metavar="TIME", help="as it stood then (ISO)")
        parser.add_argument("--out", metavar="PATH", help="a file; with --all a folder")
        parser.add_argument("--all", action="store_true", help="every table in every format")
        parser.add_argument(
            "--spreadsheet", action="store_true", help="make formulas in texts inert"
        )

    def act(self, member: Membership, **options: Any) -> None:
        """Write what was asked for; nothing is written when any part of it is unknown."""
        as_of = options["as_of"]
        snapshot = take_snapshot(member.review, read_instant(as_of) if as_of else None, member)
        out = Path(options["out"]) if options["out"] else None
        spreadsheet = options["spreadsheet"]
        if options["all"]:
            self._write_all(snapshot, out, spreadsheet=spreadsheet)
            return
        definition = _report(options["table"])
        renderer = _renderer(options["format"], definition)
        if out is None:
            self._print(renderer.render(definition, snapshot, spreadsheet=spreadsheet))
            return
        _write(out, definition, renderer, snapshot, spreadsheet=spreadsheet)

    def _print(self, pieces: Iterable[bytes]) -> None:
        """Print the table alone, byte for byte where standard output takes bytes."""
        stream = getattr(self.stdout, "buffer", None)
        try:
            for piece in pieces:
                if stream is None:
                    self.stdout.write(piece.decode(), ending="")
                else:
                    stream.write(piece)
            self.stdout.flush()
        except BrokenPipeError:
            # Whoever read has enough, as `| head` has; Python would complain again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _write_all(self, snapshot: Snapshot, out: Path | None, *, spreadsheet: bool) -> None:
        if out is None:
            raise ValidationError("Name a folder with --out for --all.", code="no_folder")
        for definition in REPORTS.values():
            for name in definition.formats:
                renderer = RENDERERS[name]
                path = out / f"{definition.slug}.{name}"
                _write(path, definition, renderer, snapshot, spreadsheet=spreadsheet)


def _report(slug: str | None) -> ReportDefinition:
    if slug is None:
        raise ValidationError(f"Name a table: {', '.join(REPORTS)}.", code="no_table")
    if slug not in REPORTS:
        raise ValidationError(
            f"There is no table “{slug}”; there are {', '.join(REPORTS)}.", code="unknown_table"
        )
    return REPORTS[slug]


def _renderer(name: str, definition: ReportDefinition) -> Renderer:
    if name not in RENDERERS:
        raise ValidationError(
            f"There is no format “{name}”; there are {', '.join(RENDERERS)}.", code="unknown_format"
        )
    if name not in definition.formats:
        raise ValidationError(
            f"The table “{definition.slug}” is not written as {name}; take one of "
            f"{', '.join(definition.formats)}.",
            code="no_such_file",
        )
    return RENDERERS[name]


def _write(
    path: Path,
    definition: ReportDefinition,
    renderer: Renderer,
    snapshot: Snapshot,
    *,
    spreadsheet: bool,
) -> None:
    """Write one table, and beside it what it was made from."""
    digest = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for piece in renderer.render(definition, snapshot, spreadsheet=spreadsheet):
                digest.update(piece)
                file.write(piece)
        meta = {
            "review": snapshot.review.slug,
            "table": definition.slug,
            "format": renderer.name,
            "spreadsheet": spreadsheet,
            "as_of": snapshot.as_text,
            "chain_head": snapshot.event_hash,
            "product_version": settings.PRODUCT_VERSION,
            "sha256": digest.hexdigest(),
        }
        beside = path.with_name(f"{path.name}.meta.json")
        beside.write_text(json.dumps(meta, indent=1) + "\n", encoding="ascii")
    except OSError as problem:
        raise ValidationError(
            f"{path} cannot be written: {problem.strerror}.", code="not_written"
        ) from problem
