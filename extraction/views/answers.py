"""What a refused act answers, and what a posted page of cells says."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict

from extraction.forms import STUDY_PREFIX, prefix_of
from extraction.models import Element, Extraction, Report, Value
from extraction.schema import FieldSpec, FormSpec, question_key
from extraction.services import CellInput
from extraction.views.cells import beside, source_of
from extraction.wording import part_label
from reviews.http import ILL_FORMED, REFUSED

NOT_NOW = {"changed_meanwhile", "submitted", "gone", "right_lost"}
_QUESTION = rf"(?P<prefix>{STUDY_PREFIX}|[0-9a-f]{{32}})-(?P<key>[a-z][a-z0-9_]*"
_NAME = re.compile(rf"{_QUESTION}(?:\.[a-z_]+)?)")
_BEGIN = re.compile(rf"{_QUESTION})")


def status_of(refusal: ValidationError) -> int:
    """Return the status of a refused cell: changed elsewhere meanwhile, or not accepted."""
    codes = {error.code for error in refusal.error_list}
    return REFUSED if codes & NOT_NOW else ILL_FORMED


def question_of(name: str) -> str:
    """Return the name of the question that a control stands at, empty where it stands at none."""
    found = _BEGIN.match(name)
    return found.group() if found else ""


def refused_words(
    refused: Mapping[CellInput, ValidationError], form: FormSpec
) -> dict[CellInput, list[str]]:
    """Return why cells were refused; of a summary statistic with the part concerned."""
    return {cell: _said(form.by_cell.get(cell.key), why) for cell, why in refused.items()}


def _said(spec: FieldSpec | None, refusal: ValidationError) -> list[str]:
    # What was changed elsewhere was changed as a whole.
    whole = status_of(refusal) == REFUSED
    if whole or spec is None or "." not in spec.key:
        return list(refusal.messages)
    part = part_label(spec)
    named = f"{part[:1].upper()}{part[1:]}"
    return [
        words if words.startswith(spec.question) else f"{named}: {words}"
        for words in refusal.messages
    ]


def posted_cells(post: QueryDict, extraction: Extraction) -> dict[str, CellInput]:
    """Return the cells that a page sent, by the name of their control.

    Raises:
        Http404: a cell is of an element that this copy does not have.
    """
    found = [match for match in map(_NAME.fullmatch, post) if match]
    prefixes = {match["prefix"] for match in found} - {STUDY_PREFIX}
    uids = [UUID(hex=prefix) for prefix in prefixes]
    elements = Element.objects.filter(extraction=extraction, uid__in=uids) if uids else []
    known = {element.uid.hex: element for element in elements}
    if prefixes - known.keys():
        raise Http404("This extraction has no such part.")
    sources = _Sources(post, extraction, {question_key(match["key"]) for match in found})
    return {
        match.group(): CellInput(
            key=match["key"],
            text=_text(post, match.group()),
            element=known.get(match["prefix"]),
            seen=post.get(f"{question_key(match.group())}-seen"),
            **sources.of(match.group(), match["key"]),
        )
        for match in found
    }


def _text(post: QueryDict, name: str) -> str:
    # A group of boxes sends a blank first, so that none ticked is an answer too.
    return "; ".join(text for text in post.getlist(name) if text)


class _Sources:
    """What was posted beside answers.

    A page shows one source for all parts of a summary statistic. Parts that were read in different
    places keep theirs until the person changes what is shown; blank ones have none.
    """

    def __init__(self, post: QueryDict, extraction: Extraction, questions: set[str]) -> None:
        self.post, self.form = post, extraction.form_version.spec
        self.stored: dict[str, list[Value]] = {}
        self.reports: dict[int, str] = {}
        asked = [self.form.by_key[key] for key in questions if key in self.form.by_key]
        parts = [part.key for spec in asked if len(spec.cells) > 1 for part in spec.cells]
        if not parts:
            return
        values = Value.objects.current().filter(extraction=extraction, key__in=parts)
        for value in values.select_related("element"):
            prefix = prefix_of(value.element.uid if value.element else None)
            self.stored.setdefault(f"{prefix}-{question_key(value.key)}", []).append(value)
        reports = Report.objects.current().filter(study=extraction.study_id)
        self.reports = {report.pk: str(report.uid) for report in reports}

    def of(self, name: str, key: str) -> dict[str, str]:
        """Return what stands beside the answer in one cell from now on."""
        plain = beside(None, self.reports)
        question = question_key(name)
        posted = {
            each: _plain(self.post.get(f"{question}-{each}", text)) for each, text in plain.items()
        }
        spec = self.form.by_key.get(question_key(key))
        if spec is None or len(spec.cells) == 1:
            return posted
        start = name.removesuffix(key)
        answered = [part.key for part in spec.cells if _text(self.post, start + part.key).strip()]
        if key not in (answered or [spec.cells[0].key]):
            return plain
        values = self.stored.get(question, [])
        own = next((v for v in values if v.key == key and (v.text or v.missing)), None)
        unchanged = posted == source_of(spec, values, self.reports)
        return beside(own, self.reports) if own and unchanged else posted


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
