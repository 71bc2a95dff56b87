"""Whatever stands in a structured file: records and problems or one refusal, the same twice."""

import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.importers import FileRefused, ParsedRecord, open_file, table_head

pytestmark = pytest.mark.timeout(1_800)
FILES = Path(__file__).parent / "files"
MAPPED = {"csv", "tsv", "html"}
EXAMPLES = 3_000 if os.environ.get("IFI_SOAK") == "1" else 100
TOKENS = {
    "bibtex": [
        "@", "@article{", "@string{", "@comment{", "@preamble{", "{", "}", '"', "#", "=", ",",
        "\\", "\\'", '\\"{', "$", "~", "--", "(", ")", "\n@article{x,\n", " and ", "\\write18{",
        "%", "\r",
    ],
    "pubmed-xml": [
        "<", ">", "&", "&#0;", "&x;", "<!--", "-->", "<![CDATA[", "]]>", "<PubmedArticle>",
        "</PubmedArticle>", "<?", "?>", "<!DOCTYPE x [<!ENTITY x 'y'>]>", "\x00", "\x0b", '"',
        "<i>" * 120, "</ArticleTitle>",
    ],
    "endnote-xml": [
        "<", ">", "&", "&#xD;", "&x;", "<!--", "-->", "<![CDATA[", "<record>", "</record>",
        "<record/>", "<style>", "</style>", "<!DOCTYPE x [<!ENTITY x 'y'>]>", "\x00", "\ufffe", "'",
    ],
    "csl-json": [
        "{", "}", "[", "]", '"', ":", ",", "\\", "\\u0000", "\\ud800", "null", "1e999", "{" * 60,
        ',{"id":', '{"items":[', '"type":"book"', '"DOI":', '{"date-parts":[[', "9" * 5_000, "\x00",
        "//", "NaN",
    ],
    "ebsco-xml": [
        "<", ">", "&", "&x;", "<rec>", "</rec>", "<rec/>", "<header>", "<artinfo>", "<ui>", "<p>",
        "<!DOCTYPE x [<!ENTITY x 'y'>]>", "\x00", "<ppct>99999999999</ppct>", "<ppf>1</ppf>",
    ],
    "ictrp-xml": [
        "<", ">", "&", "&x;", "<Trial>", "</Trial>", "<Trial/>", "<TrialID>", "<br>", "&lt;br&gt;",
        "<!DOCTYPE x [<!ENTITY x 'y'>]>", "\x00", "<Public_title>",
    ],
    "html": [
        "<", ">", "&", "&#0;", "<!--", "-->", "<![if", "<![x[", "<?", "<table>", "</table>", "<tr>",
        "<td rowspan=2>", "<td colspan=999999>", "<th>", "<br>", "<script>", "</style>", "\x00",
        '"', "<td colspan=9", "</td", "&amp;lt;b&amp;gt;",
    ],
    "csv": [
        '"', ",", "\n", "\r", ";", "\t", "'=", "sep=;\n", '"\n"', "\x00", " and ", "\u2028", "|",
    ],
}  # fmt: skip
BASES = {
    "bibtex": ["library.bib"],
    "pubmed-xml": ["pubmed_export.xml"],
    "endnote-xml": ["endnote_library.xml"],
    "csl-json": ["csl.json"],
    "ebsco-xml": ["cases/ebsco_generic.xml"],
    "ictrp-xml": ["cases/ictrp.xml"],
    "html": ["saved_as_excel.html"],
    "csv": [
        "scopus.csv", "pubmed.csv", "rayyan.csv", "embase.csv", "zotero.csv", "wos_savedrecs.txt",
    ],
}  # fmt: skip
EDIT = st.tuples(
    st.floats(0, 1), st.floats(0, 1), st.sampled_from(["insert", "delete", "double", "bytes"])
)


def edited(data, edits, pieces):
    for (at, length, act), piece in zip(edits, pieces, strict=False):
        start = int(at * len(data))
        end = min(len(data), start + int(length * length * 400))
        if act == "insert":
            data = data[:start] + piece + data[start:]
        elif act == "delete":
            data = data[:start] + data[end:]
        elif act == "double":
            data = data[:end] + data[start:]
        else:
            data = data[:start] + piece + data[start + len(piece) :]
    return data


def items_of(data, kind, mapping=None):
    try:
        return list(open_file(io.BytesIO(data), format=kind, mapping=mapping)), ""
    except FileRefused as refusal:
        return None, f"{refusal} {refusal.line}"


def head_of(data, kind):
    try:
        return table_head(io.BytesIO(data), format=kind)
    except FileRefused:
        return None


def prove(data, kind, mapping=None):
    """Read a file twice: the same items or the same refusal, all fit to be stored."""
    found, refusal = items_of(data, kind, mapping)
    assert (found, refusal) == items_of(data, kind, mapping)
    for item in found or ():
        assert item.line >= 1
        if isinstance(item, ParsedRecord):
            texts = [item.raw, item.title, item.abstract, *item.authors, *item.keywords]
            assert "\x00" not in "".join(texts)
            assert "".join(texts).encode()
            assert (
                item.title or item.doi or item.pmid or item.pmcid or item.accession or item.abstract
            )


def pieces_of(kind):
    tokens = st.sampled_from([token.encode() for token in TOKENS[kind]])
    return st.lists(
        tokens | st.binary(max_size=8) | st.text(max_size=8).map(str.encode), max_size=6
    )


@pytest.mark.soak
@pytest.mark.catalogue("I54")
@pytest.mark.parametrize("kind", TOKENS)
def test_no_edit_of_a_file_makes_its_reader_fail(kind):
    bases = [(FILES / name).read_bytes() for name in BASES[kind]]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(bases), st.lists(EDIT, max_size=6), pieces_of(kind), st.booleans())
    def each(base, edits, pieces, forced):
        prove(edited(base, edits, pieces), kind if forced else "auto")

    each()


@pytest.mark.soak
@pytest.mark.catalogue("I54")
@pytest.mark.parametrize("kind", [*TOKENS, "tsv"])
def test_no_text_at_all_makes_a_reader_fail(kind):
    tokens = TOKENS.get(kind, TOKENS["csv"])
    words = st.sampled_from([*tokens, "title", "doi", "a", " ", "1", "é", "\n"])

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(words | st.text(max_size=5), max_size=60).map("".join))
    def each(text):
        data = text.encode("utf-8", errors="replace")
        prove(data, kind, {"title": "a"} if "a" in text and kind in MAPPED else None)
        prove(data, "auto")
        head_of(data, "auto")

    each()


def workbook():
    book = openpyxl.Workbook()
    book.active.append(["record_id", "title", "authors", "year", "date", "pages"])
    book.active.append(["1", "One", "Doe J; Roe R", 2001, None, "1-9"])
    book.active.append(["2", "'=Two", "Doe J", "in press", 2.5, True])
    book.active.append([None, None, None, "=1+1", "#N/A", None])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(data, name, change):
    """Return the archive with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return stream.getvalue()


SHEET_TOKENS = [
    b"<", b">", b"&", b'r="1048577"', b'r="ZZZ9"', b't="s"', b't="e"', b't="d"', b"<row>",
    b"</row>", b"<c/>", b"<v>9999999999999</v>", b"<v>1e400</v>", b"<v>nan</v>", b"<f>1</f>",
    b"</sheetData>", b"<!DOCTYPE x>", b'<row r="500000"/>', b"<v>-1</v>", b's="99"',
    b"_x0000_", b"#REF!",
]  # fmt: skip


@pytest.mark.soak
@pytest.mark.catalogue("I54")
def test_no_change_to_a_workbook_makes_its_reader_fail():
    base = workbook()
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        names = archive.namelist()
    pieces = st.lists(st.sampled_from(SHEET_TOKENS) | st.binary(max_size=6), max_size=5)
    likely = [*names, "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(likely), st.lists(EDIT, max_size=5), pieces, st.booleans())
    def each(name, edits, taken, within):
        if within:
            data = with_part(base, name, lambda content: edited(content, edits, taken))
        else:
            data = edited(base, edits, taken)
        prove(data, "xlsx")
        head_of(data, "xlsx")

    each()
