"""Create an empty review."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from accounts.services import create_account
from ifi_review.management.review_command import told_plainly
from reviews.choices import Channel
from reviews.services import create_review

DEFAULT_LEAD = "lead@localhost"


class Command(BaseCommand):
    """Create an empty review, and its lead's account where there is none."""

    help = "Creates an empty review."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, the title and the lead."""
        parser.add_argument("slug", metavar="SLUG", help="the review's address")
        parser.add_argument("--title", required=True)
        parser.add_argument(
            "--lead",
            default=DEFAULT_LEAD,
            metavar="EMAIL",
            help=f"who leads it (default: {DEFAULT_LEAD}); an account made here cannot sign in "
            "until its password is set",
        )

        parser.add_argument(
            "--extraction",
            choices=("dual", "single"),
            default="dual",
            help="whether two people extract each study, or one (which every table then says)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the review and print it as JSON."""
        with told_plainly(), transaction.atomic():
            lead, made = _account(options["lead"])
            member = create_review(
                lead=lead,
                slug=options["slug"],
                title=options["title"],
                channel=Channel.COMMAND,
                single_extraction=options["extraction"] == "single",
            )
        result = {
            "review": member.review.slug,
            "title": member.review.title,
            "lead": lead.email,
            "account_made": made,
            "extraction": options["extraction"],
        }
        self.stdout.write(json.dumps(result, ensure_ascii=True))


def _account(email: str) -> tuple[User, bool]:
    user = User.objects.named(email).first()
    if user is not None:
        return user, False
    return create_account(email=email, channel=Channel.COMMAND), True
