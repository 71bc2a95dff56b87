"""Pages of extraction, one module a subject."""
