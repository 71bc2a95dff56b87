"""Whatever stands in a tagged file: records and problems or one refusal, the same twice."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.importers import FileRefused, ParsedRecord, open_file

pytestmark = pytest.mark.timeout(1_800)
FILES = Path(__file__).parent / "files" / "tagged"
EXAMPLES = 1_500 if os.environ.get("IFI_SOAK") == "1" else 100
BASES = {
    "ris": ["endnote.ris", "embase.ris", "ovid.ris", "scopus.ris", "web_of_science.ris"],
    "nbib": ["pubmed.nbib"],
    "ovid": ["medline.ovid.txt", "journals.ovid.txt"],
    "wos": ["savedrecs.wos.txt"],
    "endnote": ["library.endnote.txt"],
}
TOKENS = {
    "ris": ["TY  - JOUR\n", "ER  - \n", "TY - ", "ER", "\nAB  - ", "\nOR  - 1.2", "  ", "\nUR  - "],
    "nbib": ["\nPMID- 1\n", "\n\n", "\nTI  - ", "      ", "\nFAU - ", "PMID-", "\nRIN - "],
    "ovid": ["<1. >\n", "\nVN  - Ovid Technologies\n", "<", ">", "\nSO  - 1(2):3", "\nAU  - ", "["],
    "wos": ["\nPT J\n", "\nER\n", "\nEF\n", "   ", "\nFN ", "\nTI ", "PT"],
    "endnote": ["\n%0 ", "\n%A ", "\n%K ", "%", "\n\n", "%0"],
}
ANYWHERE = ["\r", "\n", "\r\n", "\x00", "\ufeff", "\u2028", "\x1a", "\t", "é", "10.1/", ";", "😀"]
EDIT = st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["insert", "delete", "double"]))


def edited(text, edits, pieces):
    for (at, length, act), piece in zip(edits, pieces, strict=False):
        start = int(at * len(text))
        end = min(len(text), start + int(length * length * 400))
        if act == "insert":
            text = text[:start] + piece + text[start:]
        elif act == "delete":
            text = text[:start] + text[end:]
        else:
            text = text[:end] + text[start:]
    return text


def items_of(data, form):
    try:
        reading = open_file(io.BytesIO(data), format=form)
        items = list(reading)
    except FileRefused as refusal:
        return str(refusal)
    assert list(reading) == items
    return items


def prove(data, form):
    """Read a file twice: the same items or a refusal, all fit to be stored."""
    items = items_of(data, form)
    if isinstance(items, str):
        assert items.endswith(".")
        return
    for item in items:
        assert item.line >= 1
        if not isinstance(item, ParsedRecord):
            assert item.reason.endswith(".")
            continue
        texts = (item.raw, item.title, item.abstract, *item.authors, *item.keywords, *item.notices)
        assert item.raw
        assert "\x00" not in "".join(texts)
        "".join(texts).encode()
        assert all(text.isprintable() or "\n" not in text for text in texts[1:])
        assert any((item.title, item.abstract, item.doi, item.pmid, item.pmcid, item.accession))
        assert item.year is None or 1500 <= item.year <= 2100


@pytest.mark.soak
@pytest.mark.catalogue("I54")
@pytest.mark.catalogue("I08")
@pytest.mark.parametrize("form", BASES)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
@given(st.data())
def test_no_edit_of_a_real_file_makes_a_reader_fail_other_than_by_refusing(form, data):
    base = (FILES / data.draw(st.sampled_from(BASES[form]))).read_bytes().decode("utf-8-sig")
    pieces = data.draw(st.lists(st.sampled_from(TOKENS[form] + ANYWHERE), max_size=6))
    text = edited(base, data.draw(st.lists(EDIT, max_size=6)), pieces)
    encoded = text.encode(data.draw(st.sampled_from(["utf-8", "utf-16", "utf-16-le"])))
    damage = data.draw(st.binary(max_size=4))
    at = data.draw(st.integers(0, len(encoded)))
    prove(
        encoded[:at] + damage + encoded[at:],
        data.draw(st.sampled_from([form, "auto", *BASES])),
    )


@pytest.mark.soak
@pytest.mark.catalogue("I54")
@pytest.mark.parametrize("form", ["auto", *BASES])
@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_no_bytes_make_a_reader_fail_other_than_by_refusing(form, data):
    prove(data, form)


@pytest.mark.catalogue("I54")
@pytest.mark.parametrize("form", BASES)
def test_a_million_random_bytes_end_in_records_or_a_refusal(form):
    noise = hashlib.shake_256(form.encode()).digest(1_000_000)
    data = (FILES / BASES[form][0]).read_bytes() + noise

    prove(data, form)
    prove(noise, form)
