"""Rules for words that tables are grouped by."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from extraction.checks.scope import Finding, Scope
from extraction.schema import CheckSpec, ElementAnswers
from extraction.vocabularies import are_opposites, bare

_ALIKE = 85


def category(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a category that the review's list does not know, or that is spelled in two ways."""
    key = check.name("field")
    answer = element.answers.get(key)
    known = scope.vocabularies.categories
    if answer is None or answer.missing or known.term(answer.text):
        return
    for other in scope.copy.in_group(element.group):
        if other.uid == element.uid:
            break
        before = other.answers.get(key)
        if before and not before.missing and _two_spellings(before.text, answer.text):
            yield scope.finding(
                check,
                "spelled_two_ways",
                element,
                key,
                f"“{answer.text}” and “{before.text}”: tables keep them apart. Are they the same?",
            )
            return
    if known.names:
        yield scope.finding(
            check,
            "unknown_category",
            element,
            key,
            f"“{answer.text}” is none of the categories of this review: {', '.join(known.names)}",
        )


def _two_spellings(one: str, other: str) -> bool:
    if " ".join(one.split()) == " ".join(other.split()):
        return False
    first, second = bare(one), bare(other)
    return first == second or (
        fuzz.token_sort_ratio(first, second) >= _ALIKE and not are_opposites(one, other)
    )
