"""The words a review adds to the vocabularies that ship."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from extraction.models import VocabularyTerms
from extraction.schema.meanings import VOCABULARIES
from extraction.vocabularies import Term, bare
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
            (code ``blank``), too long or one too many (code ``too_long``), or one name stands for
            two words (code ``repeated``).
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


def _checked(term: Term) -> dict[str, object]:
    names = [" ".join(name.split()) for name in (term.name, *term.aliases)]
    if not all(bare(name) for name in names):
        raise ValidationError("A word is blank.", code="blank")
    if any(len(name) > LONGEST for name in names) or len(names) > MOST:
        raise ValidationError(
            f"A word has at most {LONGEST} characters, and a list at most {MOST} of them.",
            code="too_long",
        )
    return {"name": names[0], "aliases": names[1:]}


def _refuse_doubles(terms: Sequence[Term]) -> None:
    if len(terms) > MOST:
        raise ValidationError(f"A list holds at most {MOST} words.", code="too_long")
    meant: dict[str, str] = {}
    for term in terms:
        for name in (term.name, *term.aliases):
            other = meant.setdefault(bare(name), term.name)
            if other != term.name:
                raise ValidationError(
                    f"“{name}” stands for “{other}” and for “{term.name}”.", code="repeated"
                )
