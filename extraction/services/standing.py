"""Handing in a draft, and opening it again."""

import hashlib
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone

from extraction.checks import Finding, check_copy, required_blanks
from extraction.choices import CopyStanding
from extraction.copies import Cell, StudyCopy, read_copy
from extraction.models import CopyState, Extraction, Value, final_consensus
from extraction.querysets.vocabularies import vocabularies_of
from extraction.schema import MAX_TEXT
from extraction.services.drafts import begin_draft, lock_copy, standing_of
from extraction.services.entry import CONTENT
from extraction.spreads import released_sds
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership, Review
from reviews.roles import Capability

Overrides = Mapping[str, str]


def finding_name(finding: Finding) -> str:
    """Return what a reason names a finding by; other values make it another finding."""
    content = [finding.code, finding.key, finding.element_uid or "", finding.message]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]


def findings_of(copy: StudyCopy, review: Review) -> list[Finding]:
    """Return what does not fit in a copy, without what is still blank."""
    settings, vocabularies = review.settings, vocabularies_of(review)
    return check_copy(
        copy.form,
        copy.answers,
        units_per_patient=settings.units_per_patient,
        unit_label=settings.unit_plural,
        today=timezone.localdate(),
        vocabularies=vocabularies,
        other_sds=released_sds(copy, vocabularies),
    )


def answer_beside(copy: StudyCopy, finding: Finding) -> str:
    """Return the note beside the value that a finding is about, which may answer it."""
    cell = _cells_of(copy, finding).get(finding.key)
    return cell.note if cell is not None else ""


def _cells_of(copy: StudyCopy, finding: Finding) -> Mapping[str, Cell]:
    if finding.element_uid is None:
        return copy.cells
    return next((e.cells for e in copy.elements if str(e.uid) == finding.element_uid), {})


def blanks_of(copy: StudyCopy, review: Review) -> list[Finding]:
    """Return the required fields of a copy that are blank."""
    return required_blanks(copy.form, copy.answers, unit_label=review.settings.unit_plural)


@all_or_nothing
def submit_extraction(
    *, extractor: Membership, extraction: Extraction, overrides: Overrides | None = None
) -> CopyState:
    """Hand in a draft; from then on it is not changed unless the lead opens it again.

    Args:
        extractor: whose copy it is.
        extraction: the copy, a draft.
        overrides: a reason for each error that a reason may override, by ``finding_name``; the
            answers to warnings, which may be given, stay in the note beside the value.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            it was submitted already (code ``submitted``), required fields are blank
            (code ``required``), an error stands (code ``error``), or one that may be overridden
            has no reason (code ``reason_missing``).
    """
    act, copy = begin_draft(extractor, extraction)
    content = read_copy(copy)
    answered = answered_findings(content, act.review, overrides or {})
    _keep_beside(act, extractor, copy, answered)
    state = act.replace(
        standing_of(copy),
        CopyState(extraction=copy, standing=CopyStanding.SUBMITTED, note=_in_words(answered)),
    )
    act.log("extraction.extraction_submitted", subject=copy)
    return state


@all_or_nothing
def reopen_extraction(*, lead: Membership, extraction: Extraction, reason: str) -> CopyState:
    """Make a submitted copy a draft again; what was settled from it stays until looked at anew.

    Raises:
        ValidationError: no reason (code ``reason_missing``), the copy is a draft (code
            ``not_submitted``), or its study is final (code ``final``).
    """
    copy = lock_copy(lead, extraction)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    if not reason.strip():
        raise ValidationError("Say why the extraction is opened again.", code="reason_missing")
    state = standing_of(copy)
    if state.standing == CopyStanding.DRAFT:
        raise ValidationError("This extraction is a draft already.", code="not_submitted")
    if final_consensus().filter(study=copy.study_id).exists():
        raise ValidationError("The study is final. Open the study again first.", code="final")
    state = act.replace(
        state, CopyState(extraction=copy, standing=CopyStanding.DRAFT, note=reason.strip())
    )
    act.log("extraction.extraction_reopened", subject=copy)
    return state


def overriding_note(copy: StudyCopy, review: Review, overrides: Overrides) -> str:
    """Return the reasons for the errors that may stand, or refuse those that may not.

    The answers given to warnings stand with them.
    """
    return _in_words(answered_findings(copy, review, overrides))


def answered_findings(
    copy: StudyCopy, review: Review, overrides: Overrides
) -> list[tuple[Finding, str]]:
    """Return what was found and the reason given for it, or refuse what may not stand.

    Raises:
        ValidationError: see ``submit_extraction``.
    """
    blank = blanks_of(copy, review)
    if blank:
        raise ValidationError(
            [ValidationError(finding.message, code="required") for finding in blank]
        )
    found = [(f, overrides.get(finding_name(f), "").strip()) for f in findings_of(copy, review)]
    refused = [
        ValidationError(f.message, code="error")
        if not f.overridable
        else ValidationError(f"{f.message}. Correct it or give a reason.", code="reason_missing")
        for f, reason in found
        if f.severity == "error" and not (f.overridable and reason)
    ]
    if refused:
        raise ValidationError(refused)
    return [(finding, reason) for finding, reason in found if reason]


def _in_words(answered: Sequence[tuple[Finding, str]]) -> str:
    return "\n".join(f"{finding.message}: {reason}" for finding, reason in answered)


def _keep_beside(
    act: Act, extractor: Membership, copy: Extraction, answered: Sequence[tuple[Finding, str]]
) -> None:
    """Write the answer to a warning into the note beside the value that it is about."""
    notes: dict[tuple[str | None, str], list[str]] = {}
    for finding, reason in answered:
        if finding.severity != "error":
            notes.setdefault((finding.element_uid, finding.key), []).append(reason)
    values = Value.objects.current().answered().filter(extraction=copy)
    changed = []
    for value in values.filter(key__in=[key for _, key in notes]).select_related("element"):
        place = (str(value.element.uid) if value.element else None, value.key)
        said = [value.note] if value.note else []
        said += [reason for reason in notes.get(place, []) if reason not in value.note]
        note = "; ".join(dict.fromkeys(said))[:MAX_TEXT]
        if note != value.note:
            changed.append((value, note))
    act.supersede(*[value for value, _ in changed])
    act.bulk_insert([_with_note(value, note, extractor) for value, note in changed])


def _with_note(value: Value, note: str, extractor: Membership) -> Value:
    kept = {name: getattr(value, name) for name in CONTENT}
    return Value(
        extraction_id=value.extraction_id,
        element_id=value.element_id,
        field_id=value.field_id,
        report_id=value.report_id,
        member=extractor,
        key=value.key,
        **{**kept, "note": note},
    )
