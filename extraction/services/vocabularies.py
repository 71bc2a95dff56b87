"""The words a review adds to the vocabularies that ship."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from extraction.models import VocabularyTerms
from extraction.schema.meanings import VOCABULARIES
from extraction.vocabularies import Term, are_opposites, bare, name_key
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership
from reviews.roles import Capability

LONGEST = 200
MOST = 300


@all_or_nothing
def set_vocabulary(*, lead: Membership, name: str, terms: Sequence[Term]) -> VocabularyTerms:
    """Put the words of a vocabulary in force, in the order given; the same again changes nothing.

    Raises:
        ValidationError: there is no such vocabulary (code ``unknown_vocabulary``), a word is blank
            (code ``blank``), holds a control character (code ``bad_character``), is too long or one
            too many (code ``too_long``), has its opposite for another name (code ``opposites``), or
            one name stands for two words (code ``repeated``).
    """
    if name not in VOCABULARIES:
        raise ValidationError("There is no such list of words.", code="unknown_vocabulary")
    text = audit.canonical([_checked(term) for term in terms])
    _refuse_doubles(terms)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    current = VocabularyTerms.objects.current().filter(review=act.review, name=name).first()
    if current is not None and current.terms == text:
        return current
    new = act.replace(current, VocabularyTerms(name=name, terms=text))
    act.log("extraction.vocabulary_set", subject=new, name=name, terms=len(terms))
    return new


@all_or_nothing
def set_vocabularies(
    *, lead: Membership, terms: Mapping[str, Sequence[Term]], seen: Mapping[str, str]
) -> list[str]:
    """Put the words of several vocabularies in force, all of them or none; return which changed.

    Args:
        lead: who decides on them.
        terms: the words of each vocabulary, in their order.
        seen: the uid of what was in force of each when it was shown, empty where nothing was.

    Raises:
        ValidationError: by vocabulary, what ``set_vocabulary`` refuses, or that somebody changed
            it meanwhile (code ``changed_meanwhile``).
    """
    audit.begin_as(member=lead, capability=Capability.MANAGE)
    rows = VocabularyTerms.objects.current().filter(review=lead.review_id, name__in=terms)
    before = {row.name: row for row in rows}
    refused: dict[str, ValidationError] = {}
    changed = []
    for name, words in terms.items():
        current = before.get(name)
        if current is None and not words:
            continue
        try:
            row = set_vocabulary(lead=lead, name=name, terms=words)
        except ValidationError as refusal:
            refused[name] = refusal
            continue
        if current is None or row.pk != current.pk:
            changed.append(name)
            if seen.get(name, "") != (str(current.uid) if current else ""):
                refused[name] = ValidationError(
                    "Somebody changed this list after it was shown. Nothing was saved; open the "
                    "page again and look at theirs.",
                    code="changed_meanwhile",
                )
    if refused:
        raise ValidationError(refused)
    return changed


def _checked(term: Term) -> dict[str, object]:
    names = [" ".join(name.split()) for name in (term.name, *term.aliases)]
    if not all(bare(name) for name in names):
        raise ValidationError("A word is blank.", code="blank")
    if not all(name.isprintable() for name in names):
        raise ValidationError("A word holds a character that cannot be read.", code="bad_character")
    if any(len(name) > LONGEST for name in names) or len(names) > MOST:
        raise ValidationError(
            f"A word has at most {LONGEST} characters, and a list at most {MOST} of them.",
            code="too_long",
        )
    for alias in names[1:]:
        if are_opposites(names[0], alias):
            raise ValidationError(
                f"“{names[0]}” and “{alias}” are opposites, not two names of one thing.",
                code="opposites",
            )
    return {"name": names[0], "aliases": names[1:]}


def _refuse_doubles(terms: Sequence[Term]) -> None:
    if len(terms) > MOST:
        raise ValidationError(f"A list holds at most {MOST} words.", code="too_long")
    meant: dict[str, int] = {}
    for place, term in enumerate(terms):
        for name in (term.name, *term.aliases):
            other = meant.setdefault(name_key(name), place)
            if other != place:
                raise ValidationError(
                    f"“{name}” stands for “{terms[other].name}” and for “{term.name}”.",
                    code="repeated",
                )
