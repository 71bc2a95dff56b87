"""Pairs that were told apart wrongly: registrations by their number, and broken accents."""

from pathlib import Path

import pytest

from records.duplicates import candidate_of, find_groups
from records.importers import read_file

CASES = Path(__file__).parent / "files" / "cases"


@pytest.mark.parametrize(
    "case",
    [
        "dup_registry_two_titles.csv",
        "dup_reg_same_title.csv",
        "dup_reg_central_copy_other_title.csv",
        "dup_mojibake.csv",
        "dup_mojibake_replacement.csv",
    ],
)
def test_both_rows_are_one_paper(case):
    records = read_file((CASES / case).read_bytes()).records
    groups = find_groups(
        candidate_of(record, key=key, authors=record.authors) for key, record in enumerate(records)
    )

    assert [(group.sure, len(group.members)) for group in groups] == [(True, 2)]
