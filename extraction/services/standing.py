"""Handing in a draft, and opening it again."""

import hashlib
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils import timezone

from extraction.checks import Finding, check_copy, required_blanks
from extraction.choices import CopyStanding
from extraction.copies import StudyCopy, read_copy
from extraction.models import CopyState, Extraction, final_consensus
from extraction.services.drafts import begin_draft, lock_copy, standing_of
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership, Review
from reviews.roles import Capability

Overrides = Mapping[str, str]


def finding_name(finding: Finding) -> str:
    """Return what a reason names a finding by; other values make it another finding."""
    content = [finding.code, finding.key, finding.element_uid or "", finding.message]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]


def findings_of(copy: StudyCopy, review: Review) -> list[Finding]:
    """Return what does not fit in a copy, without what is still blank."""
    settings = review.settings
    return check_copy(
        copy.form,
        copy.answers,
        units_per_patient=settings.units_per_patient,
        unit_label=settings.unit_plural,
        today=timezone.localdate(),
    )


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
        overrides: a reason for each error that a reason may override, by ``finding_name``.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            it was submitted already (code ``submitted``), required fields are blank
            (code ``required``), an error stands (code ``error``), or one that may be overridden
            has no reason (code ``reason_missing``).
    """
    act, copy = begin_draft(extractor, extraction)
    content = read_copy(copy)
    note = overriding_note(content, act.review, overrides or {})
    state = act.replace(
        standing_of(copy),
        CopyState(extraction=copy, standing=CopyStanding.SUBMITTED, note=note),
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
    """Return the reasons for the errors that may stand, or refuse those that may not."""
    blank = blanks_of(copy, review)
    if blank:
        raise ValidationError(
            [ValidationError(finding.message, code="required") for finding in blank]
        )
    errors = [f for f in findings_of(copy, review) if f.severity == "error"]
    refused = [
        ValidationError(f.message, code="error")
        if not f.overridable
        else ValidationError(f"{f.message}. Correct it or give a reason.", code="reason_missing")
        for f in errors
        if not (f.overridable and overrides.get(finding_name(f), "").strip())
    ]
    if refused:
        raise ValidationError(refused)
    return "\n".join(f"{f.message}: {overrides[finding_name(f)].strip()}" for f in errors)
