"""Filters of the templates of records."""
