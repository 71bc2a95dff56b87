"""Measure how well duplicates are found on a labelled table."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from records.duplicates import candidate_of, find_groups
from records.duplicates.measures import Measures, measure
from records.importers import FileRefused, ParsedFile, ParsedRecord, read_file


class Command(BaseCommand):
    """Prints one JSON object; no database is read or written."""

    help = "Hold the duplicates found in a labelled table against its labels; print JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the table and the column that says which records are one paper."""
        parser.add_argument("file", metavar="FILE", help="CSV, TSV or XLSX, any known headers")
        parser.add_argument(
            "--label",
            metavar="COLUMN",
            default="duplicate_group",
            help="records of one value here are one paper; an empty cell is a paper of its own",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the table, find the duplicates and print the measures."""
        records = _read(options["file"], options["label"]).records
        started = time.process_time()
        groups = find_groups(
            candidate_of(record, key=key, authors=record.authors)
            for key, record in enumerate(records)
        )
        seconds = time.process_time() - started
        found = measure(groups, dict(enumerate(_labels(records))))
        self.stdout.write(json.dumps(_result(found, records, seconds), indent=2))


def _read(file: str, label: str) -> ParsedFile:
    try:
        # The label travels in a field that the rule does not look at.
        return read_file(Path(file).read_bytes(), mapping={"language": label})
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except FileRefused as refusal:
        raise CommandError(str(refusal)) from refusal


def _labels(records: Iterable[ParsedRecord]) -> list[str | int]:
    alone = count()
    return [record.language or next(alone) for record in records]


def _result(
    found: Measures, records: tuple[ParsedRecord, ...], seconds: float
) -> Mapping[str, object]:
    names = [record.source_record_id or f"line {record.line}" for record in records]

    def told(groups: Iterable[Iterable[int]]) -> list[list[str]]:
        return [[names[key] for key in keys] for keys in groups]

    return found.as_dict() | {
        "false_merges": told(found.false_merges),
        "missed": told(found.missed),
        "useless_suggestions": told(found.useless),
        "seconds": round(seconds, 2),
    }
