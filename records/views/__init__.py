"""Pages of records, one module a subject."""
