"""Every report by name; a new one is added here and nowhere else."""

from reporting.definitions import ReportDefinition
from reporting.reports.characteristics import CHARACTERISTICS
from reporting.reports.codebook import CODEBOOK
from reporting.reports.complications import COMPLICATIONS
from reporting.reports.contrasts import CONTRASTS
from reporting.reports.decisions_long import DECISIONS_LONG
from reporting.reports.demographics import DEMOGRAPHICS
from reporting.reports.duplicates import DUPLICATES
from reporting.reports.events import EVENTS
from reporting.reports.excluded_at_full_text import EXCLUDED_AT_FULL_TEXT
from reporting.reports.flow_table import FLOW
from reporting.reports.forest import FOREST
from reporting.reports.further_data import FURTHER_DATA
from reporting.reports.import_ledger import IMPORT_LEDGER
from reporting.reports.interventions import INTERVENTIONS
from reporting.reports.outcomes import OUTCOMES
from reporting.reports.prisma import PRISMA
from reporting.reports.published_claims import CLAIMS
from reporting.reports.records import RECORDS
from reporting.reports.reoperations import REOPERATIONS
from reporting.reports.results_long import RESULTS_LONG
from reporting.reports.return_to_activity import RETURN_TO_ACTIVITY
from reporting.reports.satisfaction import SATISFACTION
from reporting.reports.screening_agreement import AGREEMENT
from reporting.reports.summary import SUMMARY
from reporting.reports.totals import TOTALS
from reporting.reports.values_long import VALUES_LONG

ALL_REPORTS = (
    SUMMARY,
    CHARACTERISTICS,
    DEMOGRAPHICS,
    INTERVENTIONS,
    OUTCOMES,
    FOREST,
    COMPLICATIONS,
    REOPERATIONS,
    RETURN_TO_ACTIVITY,
    SATISFACTION,
    CONTRASTS,
    FLOW,
    TOTALS,
    CLAIMS,
    PRISMA,
    EXCLUDED_AT_FULL_TEXT,
    AGREEMENT,
    DUPLICATES,
    IMPORT_LEDGER,
    RECORDS,
    DECISIONS_LONG,
    VALUES_LONG,
    RESULTS_LONG,
    EVENTS,
    FURTHER_DATA,
    CODEBOOK,
)
REPORTS: dict[str, ReportDefinition] = {report.slug: report for report in ALL_REPORTS}
