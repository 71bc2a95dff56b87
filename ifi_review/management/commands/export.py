"""Write tables of a review to files or to standard output."""

import hashlib
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from ifi_review.management.review_command import ReviewCommand
from reporting.asked import default_layout, in_layout, renderer_of, with_part
from reporting.catalogue import report_named, reports_of
from reporting.definitions import ReportDefinition, Snapshot
from reporting.layouts import LAYOUTS, layouts_of
from reporting.renderers import RENDERERS, Renderer
from reporting.reports import REPORTS
from reporting.snapshot import read_instant, take_snapshot
from reviews.models import Membership
from reviews.roles import Capability

# Formats that draw the figure of a report; a file for each of its parts.
DRAWN = ("svg", "png")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One file that is asked for: a report in a layout, drawn in a part, in a format."""

    definition: ReportDefinition
    renderer: Renderer
    spreadsheet: bool

    def pieces(self, snapshot: Snapshot) -> Iterator[bytes]:
        """Return the file in pieces."""
        return self.renderer.render(self.definition, snapshot, spreadsheet=self.spreadsheet)


class Command(ReviewCommand):
    """Prints one table, or writes every table in every layout and format that it has."""

    help = "Export a table of a review; with --all every table in every layout and format."
    capability = Capability.READ

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the table, the format, the instant and where to write."""
        super().add_arguments(parser)
        parser.add_argument("table", metavar="TABLE", nargs="?", help=", ".join(REPORTS))
        parser.add_argument("--format", default="csv", help=", ".join(RENDERERS))
        parser.add_argument(
            "--layout", help=f"{', '.join(LAYOUTS)}; that of the format if not said"
        )
        parser.add_argument("--part", default="", metavar="KEY", help="the part of its figure")
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
            _write_all(snapshot, out, spreadsheet=spreadsheet)
            return
        definition = _report(snapshot, options["table"])
        renderer = renderer_of(definition, options["format"])
        layout = options["layout"] or default_layout(definition, renderer)
        definition = with_part(in_layout(definition, layout), snapshot, options["part"])
        asked = Asked(definition=definition, renderer=renderer, spreadsheet=spreadsheet)
        if out is None:
            self._print(asked.pieces(snapshot))
            return
        _write(out, asked, snapshot)

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


def _report(snapshot: Snapshot, slug: str | None) -> ReportDefinition:
    known = ", ".join(report.slug for report in reports_of(snapshot))
    if slug is None:
        raise ValidationError(f"Name a table: {known}.", code="no_table")
    definition = report_named(snapshot, slug)
    if definition is None:
        raise ValidationError(
            f"There is no table “{slug}”; there are {known}.", code="unknown_table"
        )
    return definition


def _write_all(snapshot: Snapshot, out: Path | None, *, spreadsheet: bool) -> None:
    """Write every table in every layout and format that it has, and every part of its figure."""
    if out is None:
        raise ValidationError("Name a folder with --out for --all.", code="no_folder")
    for definition in reports_of(snapshot):
        for name in definition.formats:
            renderer = RENDERERS[name]
            for ending, each in _variants(definition, renderer, snapshot):
                asked = Asked(definition=each, renderer=renderer, spreadsheet=spreadsheet)
                _write(out / f"{definition.slug}{ending}.{name}", asked, snapshot)


def _variants(
    definition: ReportDefinition, renderer: Renderer, snapshot: Snapshot
) -> Iterator[tuple[str, ReportDefinition]]:
    """Yield the report in each layout, or each part of its figure, and how the file's name ends."""
    if renderer.name in DRAWN and definition.figure is not None:
        for part, _ in definition.figure.parts(snapshot):
            yield f"-{part}" if part else "", with_part(definition, snapshot, part)
        return
    usual = default_layout(definition, renderer)
    for layout in layouts_of(definition):
        yield "" if layout == usual else f".{layout}", in_layout(definition, layout)


def _write(path: Path, asked: Asked, snapshot: Snapshot) -> None:
    """Write one table, and beside it what it was made from."""
    digest = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for piece in asked.pieces(snapshot):
                digest.update(piece)
                file.write(piece)
        meta = {
            "review": snapshot.review.slug,
            "table": asked.definition.slug,
            "format": asked.renderer.name,
            "layout": asked.definition.layout,
            "part": asked.definition.part,
            "spreadsheet": asked.spreadsheet,
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
