"""Reads of screening that ask several tables; functions that take the rows they narrow."""
