"""Import search files into a review."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from ifi_review.management.review_command import ReviewCommand
from records.choices import BatchStanding
from records.importers import FORMATS
from records.models import BatchState, ImportProblem, Source
from records.services import add_source, import_file
from reviews.models import Membership
from reviews.roles import Capability


def field_and_column(text: str) -> tuple[str, str]:
    """Read ``field=column``."""
    field, equals, column = (part.strip() for part in text.partition("="))
    if not (field and equals and column):
        raise ArgumentTypeError(f"“{text}” is not field=column")
    return field, column


class Command(ReviewCommand):
    """Import search files and print their ledgers."""

    help = "Import search files into a review and print the ledger of each as JSON."
    capability = Capability.IMPORT

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, their source and how they are to be read."""
        super().add_arguments(parser)
        parser.add_argument(
            "files",
            metavar="FILE",
            nargs="+",
            help="a file of references in any format that is read",
        )
        parser.add_argument(
            "--source",
            metavar="NAME",
            required=True,
            help="where the records come from; made when new",
        )
        parser.add_argument("--format", choices=FORMATS, default="auto")
        parser.add_argument(
            "--map",
            metavar="FIELD=COLUMN",
            nargs="+",
            action="extend",
            type=field_and_column,
            default=[],
            help="for a table, the column of a field",
        )

    def act(self, member: Membership, **options: Any) -> None:
        """Import each file; one that is refused is told and does not stop the others."""
        how = {"format": options["format"], "mapping": dict(options["map"]) or None}
        ledgers = [_import(member, options["source"], file, how) for file in options["files"]]
        self.print_json(ledgers)
        wrong = sum(not _is_sound(ledger) for ledger in ledgers)
        if wrong:
            raise CommandError(f"{wrong} of {len(ledgers)} files could not be imported.")


def _source(member: Membership, name: str) -> Source:
    known = Source.objects.filter(review=member.review, name=name.strip()).first()
    return known or add_source(lead=member, name=name)


def _import(member: Membership, source: str, file: str, how: dict[str, Any]) -> dict[str, Any]:
    try:
        with Path(file).open("rb") as stream:
            batch = import_file(
                lead=member,
                source=_source(member, source),
                file_name=Path(file).name,
                stream=stream,
                **how,
            )
    except OSError as error:
        return _ledger(file, problems=[(0, f"The file cannot be read: {error.strerror}.")])
    except ValidationError as refusal:
        return _ledger(file, problems=[(0, refusal.messages[0])])
    state = BatchState.objects.current().get(batch=batch)
    if state.standing == BatchStanding.PUBLISHED:
        problems = ImportProblem.objects.filter(batch=batch).order_by("line", "pk")
        return _ledger(file, state, problems=problems.values_list("line", "reason"))
    why = state.refusal or "The import was cancelled while it ran."
    return _ledger(file, problems=[(state.refusal_line or 0, why)])


def _ledger(
    file: str, state: BatchState | None = None, *, problems: Iterable[tuple[int, str]]
) -> dict[str, Any]:
    return {
        "file": file,
        "format": state.format if state else None,
        "encoding": state.encoding if state else None,
        "found": state.found if state else 0,
        "imported": state.imported if state else 0,
        "repeated": state.repeated if state else 0,
        "rejected": state.rejected if state else 0,
        "problems": [{"line": line, "reason": reason} for line, reason in problems],
    }


def _is_sound(ledger: dict[str, Any]) -> bool:
    booked = ledger["imported"] + ledger["repeated"] + ledger["rejected"]
    return ledger["format"] is not None and ledger["found"] == booked
