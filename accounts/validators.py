"""What a password and a key map may be."""

import re
import string
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from accounts.keys import ACTIONS

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_PASSWORD = 1024
PRODUCT_WORDS = {
    "adjudication", "adjudicator", "extraction", "ifi", "impingement", "ischiofemoral",
    "password", "prisma", "review", "reviewer", "screening", "systematic",
}  # fmt: skip
FILLING = re.compile(r"[\d\s" + re.escape(string.punctuation) + r"]+")


class LongestPasswordValidator:
    """Bounds the work of hashing; far above any real password."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Refuse a password of more than 1,024 characters."""
        if len(password) > LONGEST_PASSWORD:
            raise ValidationError(
                f"A password has at most {LONGEST_PASSWORD} characters.", code="password_too_long"
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return f"Your password can have up to {LONGEST_PASSWORD} characters."


class ProductWordsValidator:
    """Refuses passwords that anybody who knows this application would try first."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Refuse a password made of this application's own words, digits and punctuation."""
        text = unicodedata.normalize("NFKC", password).lower()
        words = [word for word in FILLING.split(text) if word]
        if words and all(word in PRODUCT_WORDS for word in words):
            raise ValidationError(
                "This password is made of words everyone here would guess.",
                code="password_product_words",
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return "Your password can’t be made only of words this application uses."


def validate_key_map(key_map: object) -> None:
    """Refuse anything but ``{action: key}`` with known actions, one character each, no doubles."""
    if not isinstance(key_map, dict) or not set(key_map) <= set(ACTIONS):
        raise ValidationError("The key map names an unknown action.", code="unknown_action")
    for action, key in key_map.items():
        if not (isinstance(key, str) and len(key) == 1 and key.isprintable() and key != " "):
            raise ValidationError(
                f"“{ACTIONS[action].label}” needs a single character.", code="not_a_key"
            )
