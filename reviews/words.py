"""Lists of words, written one a line."""

from django.core.exceptions import ValidationError

LONGEST_WORD = 60
MOST_WORDS = 300


def validate_words(lines: str) -> None:
    """Refuse a list that is too long to be looked for in every abstract.

    Raises:
        ValidationError: there are too many words, or one is too long; the message names its line.
    """
    words = lines.splitlines()
    if len(words) > MOST_WORDS:
        raise ValidationError(
            f"The list has {len(words)} lines; at most {MOST_WORDS} fit.", code="too_many"
        )
    for number, word in enumerate(words, start=1):
        if len(word.strip()) > LONGEST_WORD:
            raise ValidationError(
                f"Line {number} has {len(word.strip())} characters; at most {LONGEST_WORD} fit.",
                code="too_long",
            )
