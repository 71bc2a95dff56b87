"""What a file is, told by its content whatever it is called."""

import io
import zipfile
from pathlib import Path

import pytest

from records.importers import FORMATS, FileRefused, open_file, read_file, table_head

FILES = Path(__file__).parent / "files"
CONTENT = {
    "ris": "TY  - JOUR\nTI  - One\nER  - \n",
    "nbib": "PMID- 1\nTI  - One\n",
    "ovid": "<1. >\nVN  - Ovid Technologies\nTI  - One\n",
    "wos": "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nTI One\nER\n\nEF\n",
    "endnote": "%0 Journal Article\n%T One\n",
    "pubmed-text": "1. J One. 2001;1(1):1-2.\n\nOne.\n\nDoe J.\n\nPMID: 1\n",
    "ovid-text": "<1>\nTitle\n  One\nYear of Publication\n  2001\n",
    "cochrane": "Record #1 of 1\nID: CN-01234567\nTI: One\nYR: 2001\n",
    "refworks": "RT Journal Article\nT1 One\nYR 2001\n",
    "noteexpress": "{Reference Type}: Journal Article\n{Title}: One\n",
    "bibtex": "@article{one, title={One}}\n",
    "html": "<table>\n<tr><th>Title<th>Year</tr>\n<tr><td>One<td>2001</tr>\n</table>\n",
    "csv": "title,year\nOne,2001\n",
    "tsv": "title\tyear\nOne\t2001\n",
    "pubmed-xml": (
        "<?xml version='1.0'?>\n<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>"
        "<Article><ArticleTitle>One</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>\n"
    ),
    "csl-json": '[{"id": "1", "type": "article-journal", "title": "One"}]\n',
    "ebsco-xml": (
        "<?xml version='1.0'?>\n<records><rec resultID='1'><header shortDbName='rzh'><controlInfo>"
        "<artinfo><tig><atl>One</atl></tig></artinfo></controlInfo></header></rec></records>\n"
    ),
    "ictrp-xml": (
        "<?xml version='1.0'?>\n<Trials_downloaded_from_ICTRP><Trial><TrialID>N1</TrialID>"
        "<Public_title>One</Public_title></Trial></Trials_downloaded_from_ICTRP>\n"
    ),
    "endnote-xml": (
        "<?xml version='1.0'?>\n<xml><records><record><titles><title>One</title></titles>"
        "</record></records></xml>\n"
    ),
}


@pytest.mark.catalogue("I21")
@pytest.mark.parametrize("form", CONTENT)
def test_every_format_is_told_by_its_content(form):
    found = read_file(CONTENT[form].encode())

    assert found.format == form
    assert [record.title for record in found.records] == ["One"]


@pytest.mark.parametrize("form", [form for form in CONTENT if not form.endswith("xml")])
def test_a_mark_blank_lines_and_another_encoding_hide_no_format(form):
    text = "\n\n" + CONTENT[form]

    assert read_file(("\ufeff" + text).encode()).format == form
    assert read_file(text.encode("utf-16")).format == form
    assert read_file(text.replace("\n", "\r\n").encode()).format == form


@pytest.mark.parametrize(
    "form",
    [
        "ris", "ovid", "wos", "endnote", "nbib",
        "pubmed-text", "ovid-text", "cochrane", "refworks", "noteexpress",
    ],
)  # fmt: skip
def test_what_a_program_prints_before_the_records_hides_no_format(form):
    text = "Search of 12 March 2021\n1  hip.mp. (241)\n\n" + CONTENT[form]
    found = read_file(text.encode())

    assert found.format == form
    assert [record.title for record in found.records] == ["One"]
    assert found.problems[0].line == 1


def test_the_formats_are_those_that_content_can_show():
    assert {*CONTENT, "pmids"} == set(FORMATS) - {"auto", "xlsx", "xls"}


@pytest.mark.catalogue("I40")
def test_an_archive_that_is_no_workbook_is_refused():
    data = (FILES / "tagged" / "zotero.ris").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("zotero.ris", data)

    with pytest.raises(FileRefused, match="ZIP archive"):
        read_file(packed.getvalue())


def test_a_table_has_a_head_and_other_files_have_none():
    head = table_head(io.BytesIO(b"Titel;Jahr\nOne;2001\nTwo;2002\n"))

    assert head.columns == ("Titel", "Jahr")
    assert head.samples == (("One", "2001"), ("Two", "2002"))
    assert table_head(io.BytesIO(CONTENT["ris"].encode())) is None
    assert table_head(io.BytesIO(b"")) is None
    assert table_head(io.BytesIO(b"%PDF-1.7")) is None


def test_a_stream_is_read_wherever_others_left_it():
    stream = io.BytesIO(CONTENT["ris"].encode())
    stream.read(7)
    reading = open_file(stream)
    stream.read(3)

    assert [record.title for record in reading] == ["One"]
