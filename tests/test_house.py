"""What the layout of the house promises beyond the arrows that ``lint-imports`` checks."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JUDGING = re.compile(
    r"(?<![a-z])(votes?|voted|voters?|voting|verdicts?|seats?|seated|stages?|screeners?)(?![a-z])",
    re.IGNORECASE,
)
# "Stage II" is a word of titles, which copies of a paper must share.
OF_TITLES = {("records/duplicates/titles.py", "stage")}


def test_no_file_of_records_names_a_vote_a_seat_or_a_stage():
    files = [*ROOT.glob("records/**/*.py"), *ROOT.glob("templates/records/**/*.html")]
    named = {
        (str(path.relative_to(ROOT)), word.lower())
        for path in files
        for word in JUDGING.findall(path.read_text(encoding="utf-8"))
    }

    assert len(files) > 80
    assert sorted(named - OF_TITLES) == []
