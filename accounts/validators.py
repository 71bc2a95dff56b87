"""What a password and a key map may be."""

import re
import string
import unicodedata

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from accounts.keys import ACTIONS, RESERVED

LONGEST_PASSWORD = 1024
PRODUCT_WORDS = {
    "adjudication", "adjudicator", "extraction", "ifi", "impingement", "ischiofemoral",
    "password", "prisma", "review", "reviewer", "screening", "systematic",
}  # fmt: skip
FILLING = re.compile(r"[\d\s" + re.escape(string.punctuation) + r"]+")
WORDS = re.compile("|".join(sorted(PRODUCT_WORDS, key=len, reverse=True)))
FEWEST_OTHER_LETTERS = 4


class LongestPasswordValidator:
    """Bounds the work of hashing; far above any real password."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
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

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Refuse a password made of this application's own words, digits and punctuation."""
        text = unicodedata.normalize("NFKC", password).lower()
        letters = FILLING.sub("", text)
        if letters and len(WORDS.sub("", letters)) < FEWEST_OTHER_LETTERS < len(letters):
            raise ValidationError(
                "This password is made of words everyone here would guess.",
                code="password_product_words",
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return "Your password can’t be made only of words this application uses."


def validate_key_map(key_map: object) -> None:
    """Refuse anything but ``{action: key}`` that leaves every action a key of its own."""
    if not isinstance(key_map, dict) or not set(key_map) <= set(ACTIONS):
        raise ValidationError("The key map names an unknown action.", code="unknown_action")
    owners: dict[str, str] = {}
    for name, action in ACTIONS.items():
        key = key_map.get(name, action.key)
        if not (isinstance(key, str) and len(key) == 1 and key.isprintable() and key != " "):
            raise ValidationError(f"“{action.label}” needs one character.", code="not_a_key")
        if key in RESERVED:
            raise ValidationError(
                f"“{action.label}” cannot be {key}: digits choose a reason.", code="reserved_key"
            )
        if key.lower() in owners:
            raise ValidationError(
                f"“{action.label}” and “{owners[key.lower()]}” both have the key {key}.",
                code="key_used_twice",
            )
        owners[key.lower()] = action.label
