"""Encodings, line ends and characters: what a file may do to its own text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from records.importers import FileRefused, ParsedFile, read_file

RIS = (
    "TY  - JOUR\nAU  - Müller, A.\nTI  - Naïve hips “revisited”\nPY  - 2019\nER  - \n\n"
    "TY  - JOUR\nAU  - Özçakar, L.\nTI  - A second title\nPY  - 2020\nER  - \n"
)


def titles(data):
    return [record.title for record in read_file(data).records]


def reasons(parsed):
    return [problem.reason for problem in parsed.problems]


@pytest.mark.catalogue("I01")
@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff"])
def test_a_byte_order_mark_costs_no_record(mark):
    assert read_file((mark + RIS).encode()).records == read_file(RIS.encode()).records


@pytest.mark.catalogue("I01")
def test_a_byte_order_mark_amid_joined_files_costs_no_record():
    assert len(read_file((RIS + "\ufeff" + RIS).encode()).records) == 4


@pytest.mark.catalogue("I01")
def test_a_byte_order_mark_does_not_hide_the_first_column():
    found = read_file("\ufefftitle,year\nA title,2001\n".encode())

    assert found.records[0].title == "A title"


@pytest.mark.catalogue("I02")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_read_with_and_without_its_mark(encoding):
    found = read_file(RIS.encode(encoding))

    assert found.records == read_file(RIS.encode()).records
    assert found.encoding.startswith(encoding)


ENTRIES = {
    "ris": "TY  - JOUR\nTI  - One\nAU  - {names}\nKW  - {words}\nER  - \n",
    "refworks": "RT Book\nT1 One\nA1 {names}\nK1 {words}\n",
    "noteexpress": (
        "{{Reference Type}}: Book\n{{Title}}: One\n{{Author}}: {names}\n{{Keywords}}: {words}\n"
    ),
    "cochrane": "Record #1 of 1\nID: CN-01234567\nTI: One\nAU: {names}\nKY: {words}\n",
    "bibtex": "@book{{a, title={{One}}, author={{{names}}}, keywords={{{words}}}}}\n",
    "csl-json": '[{{"type": "book", "title": "One", "author": "{names}", "keyword": "{words}"}}]',
    "csv": 'title,authors,keywords\nOne,"{names}","{words}"\n',
}


def entry(form, *, names="Doe J", words="hip"):
    found = read_file(ENTRIES[form].format(names=names, words=words).encode())
    assert found.format == form
    return found.records[0]


@pytest.mark.parametrize("form", ENTRIES)
def test_the_semicolon_of_an_entity_parts_no_keywords(form):
    words = "hip &amp; knee; f&eacute;mur&nbsp;head"

    assert entry(form, words=words).keywords == ("hip & knee", "fémur head")


@pytest.mark.parametrize("form", ["bibtex", "csl-json", "csv"])
def test_commas_part_keywords_whose_only_semicolons_are_those_of_entities(form):
    assert entry(form, words="hip &amp; knee, pain").keywords == ("hip & knee", "pain")


@pytest.mark.parametrize("form", [form for form in ENTRIES if form != "csv"])
def test_the_semicolon_of_an_entity_parts_no_names(form):
    assert entry(form, names="M&uuml;ller, A; Doe, J").authors == ("Müller, A", "Doe, J")


@pytest.mark.catalogue("I03")
def test_a_windows_1252_file_is_read_and_the_encoding_named():
    found = read_file(RIS.encode("cp1252"))

    assert found.records == read_file(RIS.encode()).records
    assert found.encoding == "cp1252"
    assert "Windows-1252" in reasons(found)[0]
    assert not found.problems[0].rejected


@pytest.mark.catalogue("I04")
def test_a_damaged_byte_in_a_utf_8_file_is_flagged_and_every_record_kept():
    data = RIS.encode().replace("ï".encode(), b"\xc3")
    found = read_file(data)

    assert found.encoding == "utf-8"
    assert found.records[0].title == "Na\ufffdve hips “revisited”"
    assert found.records[1].authors == ("Özçakar, L.",)
    assert [(p.line, p.rejected) for p in found.problems] == [(3, False)]


@pytest.mark.catalogue("I05")
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_make_no_difference(end):
    assert read_file(RIS.replace("\n", end).encode()).records == read_file(RIS.encode()).records


@pytest.mark.catalogue("I05")
def test_mixed_line_ends_make_no_difference():
    mixed = RIS.replace("\n", "\r\n", 3).replace("\nER", "\rER")

    assert read_file(mixed.encode()).records == read_file(RIS.encode()).records


@pytest.mark.catalogue("I06")
@pytest.mark.parametrize("inside", ["\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1c"])
@pytest.mark.parametrize(
    "form", ["TY  - JOUR\nTI  - One{}title\nPY  - 2019\nER  - \n", "title,year\nOne{}title,2019\n"]
)
def test_odd_line_ends_within_a_title_do_not_tear_the_record(inside, form):
    found = read_file(form.format(inside).encode())

    assert [(r.title, r.year) for r in found.records] == [("One title", 2019)]


@pytest.mark.catalogue("I07")
def test_nul_characters_are_removed_with_a_word():
    found = read_file(RIS.replace("second", "sec\x00ond").encode())

    assert found.records[1].title == "A second title"
    assert "\x00" not in found.records[1].raw
    assert "line 9" in f"line {found.problems[0].line}"
    assert "NUL" in reasons(found)[0]


@pytest.mark.catalogue("I08")
@pytest.mark.parametrize("bad", [b"\xed\xa0\x80", b"\xc0\xaf", b"\xf8\x88\x80\x80\x80"])
def test_surrogates_and_overlong_forms_are_replaced(bad):
    found = read_file(RIS.encode().replace(b"second", b"sec" + bad + b"ond"))

    assert len(found.records) == 2
    assert "\ufffd" in found.records[1].title
    assert found.records[1].raw.encode()


@pytest.mark.catalogue("I08")
def test_half_a_surrogate_pair_in_utf_16_is_replaced():
    found = read_file(
        b"\xff\xfe" + RIS.encode("utf-16-le").replace(b"s\x00e\x00c\x00", b"\x00\xd8c\x00")
    )

    assert len(found.records) == 2
    assert found.records[1].raw.encode()


@pytest.mark.catalogue("I09")
def test_direction_marks_and_zero_width_letters_are_stored():
    title = "Hip \u202eoversed\u202c and zero\u200bwidth"

    assert titles(f"TY  - JOUR\nTI  - {title}\nER  - \n".encode()) == [title]


@pytest.mark.catalogue("I22")
@pytest.mark.parametrize(
    "data", [b"", b"  \n\t\r\n ", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00", b"\xef\xbb\xbf \n"]
)
def test_an_empty_file_is_refused_in_plain_words(data):
    with pytest.raises(FileRefused, match=r"empty|white space|binary"):
        read_file(data)


@pytest.mark.catalogue("I23")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        (b"%PDF-1.7\nTY  - JOUR\n", "PDF"),
        (b"MZ\x90\x00\x03" + bytes(64), "program"),
        (b"\x7fELF\x02\x01", "program"),
        (bytes(range(256)) * 20, "binary"),
    ],
)
def test_a_binary_file_is_refused_whatever_its_name(data, said):
    with pytest.raises(FileRefused, match=said):
        read_file(data)


@pytest.mark.catalogue("I40")
@pytest.mark.parametrize(
    "data", [b"\x1f\x8b\x08\x00", b"PK\x03\x04\x14\x00", b"BZh91AY", b"7z\xbc\xaf\x27\x1c"]
)
def test_an_archive_is_refused(data):
    with pytest.raises(FileRefused, match="archive"):
        read_file(data + bytes(50))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE html><html></html>\n", "web page"),
        ("<?xml version='1.0'?><rss/>\n", "XML"),
        ('{"records": []}\n', "JSON"),
        ("Dear colleague,\nplease find the references below.\n", "no format of references"),
    ],
)
def test_a_format_that_is_not_read_is_refused_by_name(text, said):
    with pytest.raises(FileRefused, match=said):
        read_file(text.encode())


def test_an_unknown_format_is_refused():
    with pytest.raises(FileRefused, match="no format"):
        read_file(RIS.encode(), format="docx")


PIECES = st.sampled_from(
    [
        "TY  - JOUR",
        "ER  - ",
        "TI  - A",
        "AU  - B, C",
        "\n",
        "\n\n",
        "PMID- 1",
        "      wrapped",
        "title,year",
        "title;doi",
        "id\ttitle",
        '"',
        ",",
        "'=1",
        "\x00",
        "\ufeff",
        "\u2028",
        "10.1000/a",
        "PY  - 99999",
        "DP  - 2019",
        "AB  - ",
        "UR  - ",
        "sep=;",
        "\r",
        " ",
        "%0 ",
        "é",
    ]
)
FILES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(PIECES, max_size=25).map(lambda parts: "".join(parts).encode()),
    st.lists(PIECES, max_size=25).map(lambda parts: "\n".join(parts).encode("utf-16")),
)


def check(data, form):
    """Read anything: a refusal, or books that balance."""
    try:
        found = read_file(data, format=form)
    except FileRefused as refusal:
        return refusal
    assert isinstance(found, ParsedFile)
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    for record in found.records:
        assert record.raw
        assert "\x00" not in record.raw
        record.raw.encode()
        "".join((record.title, record.abstract, *record.authors)).encode()
        assert (
            record.title
            or record.abstract
            or record.doi
            or record.pmid
            or record.pmcid
            or record.accession
        )
    for problem in found.problems:
        assert problem.line >= 1
        assert problem.reason.endswith(".")
    return found


@pytest.mark.catalogue("I54")
@pytest.mark.catalogue("I04")
@pytest.mark.catalogue("I08")
@pytest.mark.parametrize("form", ["auto", "ris", "nbib", "csv"])
@settings(max_examples=60, deadline=None)
@example(data=b"\xff\xfe\x00\xd8")
@example(data=b"TY  - JOUR\nTI  - \xed\xa0\x80\n")
@example(data=b'title,year\n"a\n')
@given(data=FILES)
def test_no_bytes_make_the_reader_fail_other_than_by_refusing(data, form):
    check(data, form)


@pytest.mark.catalogue("I43")
@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=60))
@example("'; DROP TABLE record; --")
@example("<script>alert(1)</script>")
@example("{{7*7}} ${x} %s %(a)s \\n")
def test_every_visible_character_of_a_title_is_kept_literally(text):
    title = f"X {text} X"
    found = read_file(f"TY  - JOUR\nTI  - {title}\nER  - \n".encode())

    assert found.records[0].title == " ".join(title.split())


@pytest.mark.catalogue("I41")
@pytest.mark.catalogue("I42")
@pytest.mark.parametrize(
    "title", ["<img src=x onerror=alert(1)>", "javascript:alert(1)", "{{7*7}}", "${x}", "%s"]
)
def test_a_title_that_looks_like_code_is_text(title):
    assert titles(f"title,year\n{title},2001\n".encode()) == [title]
    assert titles(f"TY  - JOUR\nTI  - {title}\nER  - \n".encode()) == [title]


@pytest.mark.catalogue("I41")
def test_a_script_link_is_kept_out_of_identifiers_and_links():
    found = read_file(
        b"TY  - JOUR\nTI  - A\nDO  - javascript:alert(1)\nUR  - javascript:alert(1)\nER  - \n"
    )

    assert found.records[0].doi == ""
    assert found.records[0].url == ""
    assert "not a DOI" in reasons(found)[0]
