"""Enter an extraction sheet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from extraction.choices import CopySeat
from extraction.services import SheetInput, SheetOutcome, import_sheet
from extraction.services.sheets import FINAL
from ifi_review.management.review_command import ReviewCommand
from reviews.models import Membership


class Command(ReviewCommand):
    """Enter an extraction sheet as one copy of each study that it names."""

    help = "Enter an extraction sheet as one copy of each study it names, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the sheet, the form it answers, and as what it is entered."""
        super().add_arguments(parser)
        parser.add_argument(
            "file", metavar="FILE", help="a CSV file with the columns of the table values-long"
        )
        parser.add_argument(
            "--form",
            metavar="SLUG",
            required=True,
            help="the form it answers; one that ships is published where it is not yet",
        )
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument(
            "--seat",
            choices=(CopySeat.A.value, CopySeat.B.value),
            help="as the draft of who holds this seat of the studies",
        )
        way.add_argument(
            "--final",
            action="store_true",
            help="as final, where the review declares extraction by one person",
        )
        parser.add_argument(
            "--create-studies",
            action="store_true",
            help="make the studies that the review does not have",
        )

    def act(self, member: Membership, **options: Any) -> None:
        """Enter the sheet and print what it said and what does not fit in it."""
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as problem:
            raise ValidationError(
                f"{path} cannot be read: {problem.strerror}.", code="not_read"
            ) from problem
        given = SheetInput(
            data=data,
            file_name=path.name,
            form=options["form"],
            way=FINAL if options["final"] else options["seat"],
            create_studies=options["create_studies"],
        )
        outcome = import_sheet(member=member, given=given)
        if outcome.unread:
            columns = ", ".join(f"“{name}”" for name in outcome.unread)
            self.stderr.write(f"Nothing was read from these columns: {columns}.")
        self.print_json(_as_data(outcome))


def _as_data(outcome: SheetOutcome) -> dict[str, Any]:
    return {
        "studies": outcome.studies,
        "elements": outcome.elements,
        "values": outcome.values,
        "warnings": [
            {
                "check": warned.check,
                "study": warned.study,
                "element": warned.element,
                "question": warned.question,
            }
            for warned in outcome.warnings
        ],
    }
