"""Print a form of a review as JSON."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from extraction.models import FormVersion
from extraction.schema import SHIPPED_FORMS, FormSpec, shipped_form
from ifi_review.management.review_command import ReviewCommand
from reviews.models import Membership, Review
from reviews.roles import Capability


class Command(ReviewCommand):
    """Print the latest version of a form, or one that ships, as ``import_form`` reads it."""

    help = "Print the latest version of a form as JSON, or write it to a file."
    capability = Capability.READ

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form and where to write it."""
        super().add_arguments(parser)
        parser.add_argument("form", metavar="FORM", help="the form's short name")
        parser.add_argument("--out", metavar="PATH", help="a file instead of standard output")

    def act(self, member: Membership, **options: Any) -> None:
        """Write the form; a file that cannot be written is refused."""
        data = _form(member.review, options["form"]).as_data()
        if not options["out"]:
            self.print_json(data)
            return
        path = Path(options["out"])
        try:
            path.write_text(json.dumps(data, ensure_ascii=True, indent=2) + "\n", encoding="ascii")
        except OSError as problem:
            raise ValidationError(
                f"{path} cannot be written: {problem.strerror}.", code="not_written"
            ) from problem


def _form(review: Review, slug: str) -> FormSpec:
    """Return the latest version of a review's form; else the form that ships under this name."""
    versions = FormVersion.objects.filter(review=review)
    latest = versions.filter(form__slug=slug).order_by("number").last()
    if latest is not None:
        return latest.spec
    if slug in SHIPPED_FORMS:
        return shipped_form(slug)
    known = sorted({*versions.values_list("form__slug", flat=True), *SHIPPED_FORMS})
    raise ValidationError(
        f"There is no form “{slug}”; there are {', '.join(known)}.", code="unknown_form"
    )
