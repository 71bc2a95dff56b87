"""``manage.py load_examples``: the three worked examples, idempotent."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ifi_review.examples import (
    SAMPLE_ACCOUNTS,
    SAMPLE_PASSWORD,
    load_illustration,
    load_practice,
    load_public_evidence,
    sample_people,
)


class Command(BaseCommand):
    """Load the worked examples that are not there yet."""

    help = (
        "Loads the worked examples through the product's own services. The sample accounts can "
        "sign in only with DEMO=1 or DEBUG=1; otherwise they are unusable until reset."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each example in a transaction of its own and print what was loaded."""
        with_passwords = settings.DEMO or settings.DEBUG
        people = sample_people(with_passwords=with_passwords)
        loaded = {
            "ifi": load_illustration(people),
            "ifi-public-evidence": load_public_evidence(people),
            "practice": load_practice(people),
        }
        self.stdout.write(json.dumps({"loaded": [slug for slug, new in loaded.items() if new]}))
        if with_passwords:
            self.stderr.write(f"Sample accounts, all with the password {SAMPLE_PASSWORD}:")
            for email, (_, role) in SAMPLE_ACCOUNTS.items():
                self.stderr.write(f"  {email:<24} {role.label.lower()}")
