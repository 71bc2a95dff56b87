"""Reads of extraction that ask several packages."""
