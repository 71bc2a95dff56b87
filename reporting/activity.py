"""What the events of reporting say in the activity, and after which of them reports may change."""

PHRASES = {
    "reporting.claims_set": "entered the claims of a published paper",
    "reporting.table_saved": "saved a table of results",
    "reporting.table_removed": "removed a saved table of results",
}
REPORTED = frozenset(PHRASES)
UNREPORTED: frozenset[str] = frozenset()
