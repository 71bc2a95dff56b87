"""Whether the answers of one copy fit each other."""

from extraction.checks.results import scale_name
from extraction.checks.running import check_copy, required_blanks
from extraction.checks.scope import Finding, Scope
from extraction.schema import CopyAnswers, ElementAnswers

__all__ = [
    "CopyAnswers",
    "ElementAnswers",
    "Finding",
    "Scope",
    "check_copy",
    "required_blanks",
    "scale_name",
]
