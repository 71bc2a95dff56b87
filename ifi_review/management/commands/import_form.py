"""Publish a form from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from extraction.models import FormVersion
from extraction.schema import FormRefused, read_json
from extraction.schema.plain import MAX_BYTES
from extraction.services import publish_form
from ifi_review.management.review_command import ReviewCommand
from reviews.models import Membership
from reviews.roles import Capability


class Command(ReviewCommand):
    """Publish a form as the next version of the one of its short name, or as a new form."""

    help = "Check a form in JSON and publish it; what is in force already changes nothing."
    capability = Capability.MANAGE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="a form as export_form writes it")

    def act(self, member: Membership, **options: Any) -> None:
        """Publish the form and print which version it is."""
        definition = _read(Path(options["file"]))
        known = FormVersion.objects.filter(review=member.review).count()
        version = publish_form(lead=member, definition=definition)
        self.print_json(
            {
                "review": member.review.slug,
                "form": version.form.slug,
                "version": version.number,
                "questions": len(version.spec.fields),
                "published": FormVersion.objects.filter(review=member.review).count() > known,
            }
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = read_json(file.read(MAX_BYTES + 1))
    except OSError as problem:
        raise ValidationError(
            f"{path} cannot be read: {problem.strerror}.", code="not_read"
        ) from problem
    except FormRefused as refused:
        raise ValidationError(f"{path}: {refused}", code="form_refused") from refused
    if not isinstance(data, dict):
        raise ValidationError(
            f"{path}: a form is one object with groups, sections and fields.", code="form_refused"
        )
    return data
