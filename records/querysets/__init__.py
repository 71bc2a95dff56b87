"""Reads of records that ask several tables."""
