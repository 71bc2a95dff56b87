"""What a refused act answers, and what a posted page of cells says."""

import re
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict

from extraction.choices import Obtained
from extraction.forms import STUDY_PREFIX
from extraction.models import Element, Extraction
from extraction.services import CellInput
from reviews.http import ILL_FORMED, REFUSED

NOT_NOW = {"changed_meanwhile", "submitted", "gone", "right_lost"}
_NAME = re.compile(rf"({STUDY_PREFIX}|[0-9a-f]{{32}})-([a-z][a-z0-9_]*)")


def status_of(refusal: ValidationError) -> int:
    """Return the status of a refused cell: changed elsewhere meanwhile, or not accepted."""
    codes = {error.code for error in refusal.error_list}
    return REFUSED if codes & NOT_NOW else ILL_FORMED


def posted_cells(post: QueryDict, extraction: Extraction) -> dict[str, CellInput]:
    """Return the cells that a page sent, by the name of their control.

    Raises:
        Http404: a cell is of an element that this copy does not have.
    """
    found = [match for match in map(_NAME.fullmatch, post) if match]
    prefixes = {match.group(1) for match in found} - {STUDY_PREFIX}
    uids = [UUID(hex=prefix) for prefix in prefixes]
    elements = Element.objects.filter(extraction=extraction, uid__in=uids) if uids else []
    known = {element.uid.hex: element for element in elements}
    if prefixes - known.keys():
        raise Http404("This extraction has no such part.")
    return {
        match.group(): _cell(post, match.group(), match.group(2), known.get(match.group(1)))
        for match in found
    }


def _cell(post: QueryDict, name: str, key: str, element: Element | None) -> CellInput:
    # A group of boxes sends a blank first, so that none ticked is an answer too.
    texts = [text for text in post.getlist(name) if text]
    return CellInput(
        key=key,
        text="; ".join(texts),
        element=element,
        obtained=post.get(f"{name}-obtained", Obtained.REPORTED),
        formula=post.get(f"{name}-formula", ""),
        note=post.get(f"{name}-note", ""),
        page=post.get(f"{name}-page", ""),
        quote=post.get(f"{name}-quote", ""),
        seen=post.get(f"{name}-seen"),
    )
