"""Whatever stands in a text of a service: records and problems or one refusal, the same twice."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.records.test_importers_fuzz_tagged import ANYWHERE, EDIT, edited, prove

pytestmark = pytest.mark.timeout(1_800)
FILES = Path(__file__).parent / "files" / "texts"
EXAMPLES = 1_500 if os.environ.get("IFI_SOAK") == "1" else 100
BASES = {
    "refworks": ["cnki.refworks.txt", "primo.refworks.txt"],
    "pubmed-text": ["abstract.pubmed.txt", "summary.pubmed.txt"],
    "pmids": ["list.pmids.txt"],
    "ovid-text": ["labels.ovid.txt"],
    "cochrane": ["reviews.cochrane.txt"],
    "noteexpress": ["wanfang.noteexpress.txt"],
}
TOKENS = {
    "refworks": ["\nRT Journal Article\n", "\nRT ", "\nER ", "\nvo 1", "\nSP 1\nOP 2", "\nAB "],
    "pubmed-text": ["\n\n\n2. ", "\n\n", "\nPMID: 1\n", "\n1: A. B. J. 2001;1:1. PMID: 1.", "-\n"],
    "pmids": ["\n", ",", "PMID: ", "OR", "[uid]", "0", "123456789", " 39999999 "],
    "ovid-text": ["<1>\n", "<2. >\n", "\nTitle\n  ", "\nAuthor\n", "\n  ", "\nSource\n  1(2):3"],
    "cochrane": ["\nRecord #3 of 9\n", "\nID: CN-1\n", "\nAB: ", "\nTI: ", "Record #", "\n\n"],
    "noteexpress": [
        "\n{Reference Type}: Thesis\n",
        "\n{Title}: ",
        "{",
        "}:",
        "}：",
        "\n{Author}: ;",
    ],
}


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
def test_no_edit_of_a_text_makes_a_reader_fail_other_than_by_refusing(form, data):
    base = (FILES / data.draw(st.sampled_from(BASES[form]))).read_bytes().decode()
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
@pytest.mark.parametrize("form", BASES)
@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_no_bytes_make_a_reader_of_texts_fail_other_than_by_refusing(form, data):
    prove(data, form)


@pytest.mark.catalogue("I54")
@pytest.mark.parametrize("form", BASES)
def test_a_million_random_bytes_after_a_text_end_in_records_or_a_refusal(form):
    noise = hashlib.shake_256(form.encode()).digest(1_000_000)
    data = (FILES / BASES[form][0]).read_bytes() + noise

    prove(data, form)
    prove(noise, form)


LONG = ["\n", "   \n", "1. A. J. 2001\n", "A B. ", "A, B, ", "PMID: ", "RT A\n", "<1>\n", "{A}: "]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("form", BASES)
@pytest.mark.parametrize("piece", LONG)
def test_what_repeats_without_end_is_read_in_time(form, piece):
    head = (FILES / BASES[form][0]).read_bytes()

    prove(head + piece.encode() * (200_000 // len(piece)), form)
