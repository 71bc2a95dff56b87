"""What the layout of the house promises beyond the arrows that ``lint-imports`` checks."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
JUDGING = re.compile(
    r"(?<![a-z])(votes?|voted|voters?|voting|verdicts?|seats?|seated|stages?|screeners?)(?![a-z])",
    re.IGNORECASE,
)
# "Stage II" is a word of titles, which copies of a paper must share.
OF_TITLES = {("records/duplicates/titles.py", "stage")}
FROM_ELSEWHERE = re.compile(
    r"""(?:\bsrc|\baction|<link[^>]*\bhref)\s*=\s*["']?(?:https?:)?//|(?:url\(|@import)\s*["']?(?:https?:)?//"""
)
NEW_WINDOW = re.compile(r"<[^>]*(?<![-\w])target\s*=[^>]*>")


@pytest.mark.catalogue("A20")
def test_no_page_loads_from_elsewhere_or_hands_its_window_to_a_link():
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/css/*.css")]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    links = [link for text in texts.values() for link in NEW_WINDOW.findall(text)]

    assert len(files) > 80
    assert [name for name, text in texts.items() if FROM_ELSEWHERE.search(text)] == []
    assert links
    assert [link for link in links if 'rel="noopener noreferrer"' not in link] == []
    assert settings.SECURE_CROSS_ORIGIN_OPENER_POLICY == "same-origin"


def test_no_file_of_records_names_a_vote_a_seat_or_a_stage():
    files = [*ROOT.glob("records/**/*.py"), *ROOT.glob("templates/records/**/*.html")]
    named = {
        (str(path.relative_to(ROOT)), word.lower())
        for path in files
        for word in JUDGING.findall(path.read_text(encoding="utf-8"))
    }

    assert len(files) > 80
    assert sorted(named - OF_TITLES) == []
