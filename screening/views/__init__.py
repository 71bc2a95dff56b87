"""Pages of screening, one module a subject."""
