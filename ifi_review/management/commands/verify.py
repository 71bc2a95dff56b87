"""Prove chains, rows, people, guards, files and caches."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ifi_review.management.review_command import told_plainly
from records import indexed_words, text_index
from records.verification import orphans
from reviews import stored
from reviews.models import Review
from reviews.verification import (
    MOST_PROBLEMS,
    Chain,
    Findings,
    verify_guards,
    verify_installation,
    verify_review,
)


class Command(BaseCommand):
    """Prove that the database holds what the product wrote, review by review."""

    help = "Proves events, rows, people, guards, files and caches; names what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one review, or none for all."""
        parser.add_argument("review", nargs="?", metavar="REVIEW", help="the review's address")
        parser.add_argument(
            "--expect-head", default="", metavar="HASH", help="a head printed in an export"
        )
        parser.add_argument(
            "--all-problems",
            action="store_true",
            help=f"name every problem, not the first {MOST_PROBLEMS} of each review",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found as JSON; fail if anything is wrong."""
        slug, expected_head = options["review"], options["expect_head"]
        if expected_head and not slug:
            raise CommandError("--expect-head needs the review whose head it is.", returncode=2)
        most = None if options["all_problems"] else MOST_PROBLEMS
        found: list[dict[str, Any]] = []
        left: list[str] = []
        try:
            found.extend(
                asdict(one) for one in _reviews(slug, expected_head=expected_head, most=most)
            )
            chain = verify_installation(most=most)
            chain.problems.extend(indexed_words.strangers())
            left = orphans()
        except DatabaseError as broken:
            chain = Chain(problems=[_unreadable(broken)])
        try:
            wrong = [
                *verify_guards(known=text_index.names()),
                *text_index.missing(),
                *(f"{name}: is not what the product installs" for name in text_index.altered()),
            ]
        except DatabaseError as broken:
            wrong = [_unreadable(broken)]
        installation = {"events": chain.events, "head": chain.head, "problems": chain.problems}
        result = {
            "reviews": found, "installation": installation, "guards": wrong, "orphans": left
        }  # fmt: skip
        self.stdout.write(json.dumps(result, ensure_ascii=True, indent=2))
        problems = [problem for review in found for problem in review["problems"]]
        count = len(problems) + len(chain.problems) + len(wrong)
        if count:
            raise CommandError("1 problem was found." if count == 1 else f"{count} problems found.")


def _reviews(slug: str | None, *, expected_head: str, most: int | None) -> Iterator[Findings]:
    """Prove the reviews that can be read, one after the other; name one that cannot."""
    with stored.undecoded():
        rows = Review.objects.order_by("slug")
        if slug:
            rows = rows.filter(slug=slug)
            with told_plainly():
                known = rows.exists()
            if not known:
                raise CommandError(f"There is no review “{slug}”.")
        reviews = list(stored.readable(rows))
    for review in reviews:
        try:
            yield verify_review(review, expected_head=expected_head, most=most)
        except DatabaseError as broken:
            yield Findings(
                review=review.slug, events=0, head="", rows=0, problems=[_unreadable(broken)]
            )


def _unreadable(broken: DatabaseError) -> str:
    return f"the database cannot be read: {str(broken).strip()}"
