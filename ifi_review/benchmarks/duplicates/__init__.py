"""A labelled set of search results, made for measuring how duplicates are found."""

from pathlib import Path

LABELLED = Path(__file__).parent / "labelled.csv"
