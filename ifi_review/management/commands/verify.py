"""Prove chains, rows, guards and caches."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ifi_review.management.review_command import told_plainly
from reviews.models import Review
from reviews.verification import verify_guards, verify_installation, verify_review


class Command(BaseCommand):
    """Prove that the database holds what the product wrote, review by review."""

    help = "Proves the chain of events, the rows, the guards and the caches; names what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one review, or none for all."""
        parser.add_argument("review", nargs="?", metavar="REVIEW", help="the review's address")
        parser.add_argument(
            "--expect-head", default="", metavar="HASH", help="a head printed in an export"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found as JSON; fail if anything is wrong."""
        slug, expected_head = options["review"], options["expect_head"]
        if expected_head and not slug:
            raise CommandError("--expect-head needs the review whose head it is.", returncode=2)
        reviews = Review.objects.order_by("slug")
        if slug:
            reviews = reviews.filter(slug=slug)
            with told_plainly():
                known = bool(reviews)
            if not known:
                raise CommandError(f"There is no review “{slug}”.")
        found = [asdict(verify_review(review, expected_head=expected_head)) for review in reviews]
        chain = verify_installation()
        installation = {"events": chain.events, "head": chain.head, "problems": chain.problems}
        missing = verify_guards()
        result = {"reviews": found, "installation": installation, "guards": missing}
        self.stdout.write(json.dumps(result, ensure_ascii=True, indent=2))
        problems = [problem for review in found for problem in review["problems"]]
        count = len(problems) + len(chain.problems) + len(missing)
        if count:
            raise CommandError("1 problem was found." if count == 1 else f"{count} problems found.")
