"""Confirm that an e-mail address is the account's owner's, where no mail can."""

import json
from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import verify_address
from ifi_review.management.review_command import told_plainly
from reviews.choices import Channel


class Command(BaseCommand):
    """Takes the operator's word for an address, and keeps whose word it was."""

    help = "Confirms an e-mail address of an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, the account that claims it and the operator."""
        parser.add_argument("email", metavar="EMAIL", help="the address to confirm")
        parser.add_argument(
            "--account",
            metavar="EMAIL",
            help="the main address of the account, where several claim the address",
        )
        parser.add_argument(
            "--by", metavar="EMAIL", help="the operator who acts (default: the first operator)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Confirm the address, and print the account as JSON."""
        address = options["email"].strip().lower()
        with told_plainly():
            operator = _operator(options["by"])
            user = _account(address, options["account"])
            changed = verify_address(
                user=user, address=address, by=operator, channel=Channel.COMMAND
            )
        result = {"address": address, "account": user.email, "changed": changed}
        self.stdout.write(json.dumps(result, ensure_ascii=True))


def _operator(email: str | None) -> User:
    operators = User.objects.operators().active().order_by("pk")
    operator = (operators.named(email) if email else operators).first()
    if operator is None:
        raise CommandError(
            f"{email} is no operator of this installation."
            if email
            else "This installation has no operator: make one with createsuperuser."
        )
    return operator


def _account(address: str, main: str | None) -> User:
    """Return the account that has the address, as its main one or added to it."""
    if main:
        user = User.objects.named(main).first()
        if user is None:
            raise CommandError(f"There is no account {main}.")
        return user
    user = User.objects.named(address).first()
    claims = EmailAddress.objects.filter(email=address).select_related("user").order_by("pk")
    found = [user] if user else [claim.user for claim in claims]
    if not found:
        raise CommandError(f"No account has the address {address}.")
    if len(found) > 1:
        raise CommandError(f"Several accounts claim {address}; name one of them with --account.")
    return found[0]
