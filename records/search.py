"""Full-text search of records: one language of queries, the same answers on both databases.

Every word must occur; a word matches the beginning of a word; "words in quotation marks" stand
next to each other; a word behind a minus must not occur. Case and accents do not matter, and no
word is cut to its stem. What a person types is taken apart here, folded as the index folds the
records (``records.text_index``), and reaches the databases as quoted words alone.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from records.importers.identifiers import normalise_doi, normalise_pmcid
from records.models import RecordQuerySet, RecordText
from records.text_index import BORDER
from records.words import Term, words_of
from reviews.models import Review

MAX_QUERY = 500
# Shorter ones would match the beginning of nearly every record.
SHORTEST_BEGINNING = 3
TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
NUMBER = re.compile(r"(?:#|no\.?\s?)([0-9]{1,9})", re.IGNORECASE)
PMID = re.compile(r"(?:pmid|pubmed)[:\s]{0,3}([0-9]{1,9})", re.IGNORECASE)


def search(
    records: RecordQuerySet,
    text: str,
    *,
    review: Review | None = None,
    streamed: bool = False,
) -> RecordQuerySet:
    """Return the records that a person's text finds; all of them where it is blank.

    A DOI, ``PMID 123``, a PMCID or ``#12`` given whole finds that very record; a bare number, the
    record of that number or PMID and those in whose text it stands. ``review`` spares the index
    the words of other reviews. ``streamed``, where ``streams`` allows it, joins the index, so that
    records ordered by ``text`` come out of it one by one; in any other order that would be slow.
    """
    text = text[:MAX_QUERY].strip()
    if not text:
        return records
    if whole := _identifier(text):
        return records.filter(whole)
    terms = parse(text)
    if not terms:
        return records.none()
    within = [Term((f"{BORDER}{review.pk}",))] if review else []
    wanted = [term for term in terms if not term.excluded]
    if wanted and streamed:
        records = records.filter(text__document__matches=[*wanted, *within])
    elif wanted:
        records = records.filter(pk__in=_holding([*wanted, *within]))
    for term in terms:
        if term.excluded:
            records = records.exclude(pk__in=_holding([term, *within]))
    return records


def streams(text: str) -> bool:
    """Return whether what a text finds can be read out of the index one by one."""
    text = text[:MAX_QUERY].strip()
    return _identifier(text) is None and not all(term.excluded for term in parse(text))


def _holding(terms: Sequence[Term]) -> Any:
    return RecordText.objects.filter(document__matches=terms).values("record")


def parse(text: str) -> list[Term]:
    """Return the terms of a person's text; what holds no letter and no digit is left out."""
    found = []
    for minus, quoted, plain in TERM.findall(text):
        words = words_of(quoted or plain)
        if words:
            beginning = bool(plain) and _may_go_on(words[-1])
            found.append(Term(words, beginning, bool(minus)))
    return found


def _may_go_on(word: str) -> bool:
    long_enough = len(word) >= SHORTEST_BEGINNING or not word.isascii()
    return long_enough and not word.isdigit()


def _identifier(text: str) -> Q | None:
    """Return what finds the one record whose identifier the whole text is."""
    if " " not in text and (doi := normalise_doi(text)):
        return Q(pk__in=_holding([Term(words_of(doi))]), doi=doi)
    if match := NUMBER.fullmatch(text):
        return Q(number=int(match[1]))
    if match := PMID.fullmatch(text):
        return Q(pk__in=_holding([Term((match[1],))]), pmid=match[1])
    if " " not in text and text[:3].upper() == "PMC" and (pmcid := normalise_pmcid(text)):
        return Q(pk__in=_holding([Term(words_of(pmcid))]), pmcid=pmcid)
    return None
