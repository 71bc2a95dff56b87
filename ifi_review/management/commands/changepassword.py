"""Django's own command, kept as one act with its event."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.models import User
from accounts.services import set_password
from ifi_review.management.review_command import told_plainly
from reviews.choices import Channel

MOST_TRIES = 3


class Command(changepassword.Command):
    """Sets the password of an account, asked for twice."""

    help = "Sets the password of an account."

    def handle(self, *args: Any, **options: Any) -> str:
        """Ask, which holds no lock while somebody types, then keep what was given."""
        email = options["username"] or getpass.getuser()
        with told_plainly():
            user = User.objects.filter(email=email).first()
            if user is None:
                raise CommandError(f"user '{email}' does not exist")
            self.stdout.write(f"Changing password for user '{user}'")
            set_password(user=user, password=self._asked(user), channel=Channel.COMMAND)
        return f"Password changed successfully for user '{user}'"

    def _asked(self, user: User) -> str:
        for _ in range(MOST_TRIES):
            password, again = self._typed("Password: "), self._typed("Password (again): ")
            if password != again:
                self.stderr.write("Passwords do not match. Please try again.")
                continue
            try:
                validate_password(password, user)
            except ValidationError as refusal:
                self.stderr.write("\n".join(refusal.messages))
                continue
            return password
        raise CommandError(
            f"Aborting password change for user '{user}' after {MOST_TRIES} attempts"
        )

    def _typed(self, prompt: str) -> str:
        typed = getpass.getpass(prompt)
        if not typed:
            raise CommandError("aborted")
        return typed
