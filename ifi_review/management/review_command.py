"""Commands that act in one review: who acts, what is printed, how a refusal is told."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.acts import REFUSED_IN_WORDS, as_refusal
from reviews.choices import Channel
from reviews.models import Membership, Review
from reviews.roles import Role


@contextmanager
def told_plainly() -> Iterator[None]:
    """Tell what is refused within in one sentence, with exit code 1."""
    try:
        yield
    except REFUSED_IN_WORDS as problem:
        raise CommandError(" ".join(as_refusal(problem).messages)) from problem


class ReviewCommand(BaseCommand):
    """A command on one review, by one of its members.

    A subclass writes ``act``. What that prints is JSON in ASCII on standard output and nothing
    else; a refusal is one sentence on standard error and exit code 1.
    """

    capability: str = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the review and the member who acts."""
        parser.add_argument(
            "review", metavar="REVIEW", help="the review's short name, as in its address"
        )
        parser.add_argument(
            "--by", metavar="EMAIL", help="the member who acts (default: the review's first lead)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find review and member, and act."""
        with told_plainly():
            self.act(self._member(options["review"], options["by"]), **options)

    def act(self, member: Membership, **options: Any) -> None:
        """Do the work of the command for ``member``."""
        raise NotImplementedError

    def print_json(self, result: Any) -> None:
        """Print the result of the command."""
        self.stdout.write(json.dumps(result, ensure_ascii=True, indent=2))

    def _member(self, slug: str, email: str | None) -> Membership:
        review = Review.objects.filter(slug=slug).first()
        if review is None:
            raise CommandError(f"There is no review “{slug}”.")
        members = Membership.objects.active().filter(review=review).select_related("review", "user")
        if email:
            member = members.filter(user__email__iexact=email).first()
            refusal = f"{email} is not a member of the review “{slug}”."
        else:
            member = members.filter(role=Role.LEAD).first()
            refusal = f"The review “{slug}” has no lead; name who acts with --by."
        if member is None:
            raise CommandError(refusal)
        if self.capability and not member.can(self.capability):
            raise CommandError(f"{member.user.email} may not do this: {member.get_role_display()}.")
        member.channel = Channel.COMMAND
        return member
