"""What a review may say of the earlier one that it updates: the rule for its numbers."""

from django.core.exceptions import ValidationError

BOTH = "An update has both the studies and the reports of the earlier review; give both or neither."
NO_UPDATE = "Give the studies and reports of the earlier review first: without them this is none."
STUDIES_OUT = "There were {} studies; no more of them can be excluded now."
REPORTS_OUT = "There were {} reports; no more of them can be excluded now."
SEEN_BEFORE = "Of the earlier studies {} are left; no more can be found again."
TOO_FEW = "Each study has a report at least, so reports are not fewer than studies."


def validate_update(
    *,
    studies: int | None,
    reports: int | None,
    studies_out: int,
    reports_out: int,
    seen_before: int,
) -> None:
    """Refuse numbers of an earlier review that cannot be, each beside its field.

    Raises:
        ValidationError: one is missing (code ``both``), or more than there were (code ``more``).
    """
    refused: dict[str, ValidationError] = {}
    if studies is None and reports is None:
        taken = {
            "previous_studies_out": studies_out,
            "previous_reports_out": reports_out,
            "studies_seen_before": seen_before,
        }
        for name in (name for name, number in taken.items() if number):
            refused[name] = ValidationError(NO_UPDATE, code="both")
    elif studies is None or reports is None:
        missing = "previous_studies" if studies is None else "previous_reports"
        refused[missing] = ValidationError(BOTH, code="both")
    else:
        left = max(studies - studies_out, 0)
        for name, number, most, words in (
            ("previous_reports", studies, reports, TOO_FEW),
            ("previous_studies_out", studies_out, studies, STUDIES_OUT),
            ("previous_reports_out", reports_out, reports, REPORTS_OUT),
            ("studies_seen_before", seen_before, left, SEEN_BEFORE),
        ):
            if number > most:
                refused[name] = ValidationError(words.format(most), code="more")
    if refused:
        raise ValidationError(refused)
