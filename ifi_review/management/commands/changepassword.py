"""Django's own command, and the event that says what it did."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from accounts.models import User
from accounts.services import set_password
from ifi_review.management.review_command import told_plainly
from reviews.choices import Channel


class Command(changepassword.Command):
    """Sets the password of an account, asked for twice."""

    help = "Sets the password of an account."

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Let Django ask and keep, which holds no lock while somebody types; then write it down."""
        email = options["username"] or getpass.getuser()
        with told_plainly():
            said = super().handle(*args, **options)
            set_password(user=User.objects.get(email=email), channel=Channel.COMMAND)
        return said
