"""Every report of a review by its slug: those that ship, and the tables that its lead saved."""

from reporting.definitions import ReportDefinition, Snapshot
from reporting.reports import ALL_REPORTS, REPORTS
from reporting.saved import saved_reports
from reporting.submission import SUBMISSION


def report_named(snapshot: Snapshot, slug: str) -> ReportDefinition | None:
    """Return the report with a slug as of the snapshot, ``None`` where there is none."""
    if slug in REPORTS:
        return REPORTS[slug]
    if slug == SUBMISSION.slug:
        return SUBMISSION
    return next((report for report in saved_reports(snapshot) if report.slug == slug), None)


def reports_of(snapshot: Snapshot) -> tuple[ReportDefinition, ...]:
    """Return every report of a review: those that ship, then the saved ones in their order."""
    return (*ALL_REPORTS, SUBMISSION, *saved_reports(snapshot))
