"""RIS as vendors write it: nothing is lost without a word."""

import re
import time
from pathlib import Path

import pytest

from records.importers import FileRefused, read_file
from records.importers.parsed import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE

FILES = Path(__file__).parent / "files"


def read(text, **options):
    found = read_file(text.encode(), **options)
    assert found.format == "ris"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def record(*lines):
    """Return the only record of one entry made of these lines."""
    return read("\n".join(("TY  - JOUR", *lines, "ER  - \n"))).records[0]


def problems(found):
    return [(problem.line, problem.rejected) for problem in found.problems]


def test_the_search_file_of_the_topic_is_read_whole():
    data = (FILES / "search_web.ris").read_bytes()
    found = read_file(data)

    assert (found.format, found.encoding, found.found, found.problems) == ("ris", "utf-8", 125, ())
    assert found.found == len(re.findall(rb"(?m)^TY", data))
    assert len({r.source_record_id for r in found.records}) == 125
    assert found.records[3].authors == ("Wilson, M. D.", "Keene")
    assert found.records[3].pages == "146-153"
    assert found.records[3].doi == "10.1093/jhps/hnw006"
    assert found.records[3].raw.startswith("TY  - JOUR\nID  - R004\n")
    assert found.records[3].raw.endswith("ER  -")


@pytest.mark.catalogue("I15")
def test_the_last_record_without_its_end_is_imported_and_flagged():
    found = read("TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two")

    assert [r.title for r in found.records] == ["One", "Two"]
    assert problems(found) == [(4, False)]


def test_two_records_with_a_missing_end_between_them_stay_two():
    found = read("TY  - JOUR\nTI  - One\nAU  - A, B\nTY  - JOUR\nTI  - Two\nAU  - C, D\nER  - \n")

    assert [(r.title, r.authors) for r in found.records] == [("One", ("A, B",)), ("Two", ("C, D",))]
    assert problems(found) == [(1, False)]


@pytest.mark.catalogue("I16")
def test_an_entry_without_its_start_is_named_and_counted_as_rejected():
    found = read(
        "TY  - JOUR\nTI  - One\nER  - \n\nTI  - Two\nAU  - A, B\nER  - \n\n"
        "TY  - JOUR\nTI  - Three\nER  - \n"
    )

    assert [r.title for r in found.records] == ["One", "Three"]
    assert problems(found) == [(5, True)]
    assert found.found == 3


@pytest.mark.catalogue("I16")
def test_a_stray_end_and_text_before_the_first_record_are_named():
    found = read("Exported from somewhere\nDatabase: X\n\nTY  - JOUR\nTI  - One\nER  - \nER  - \n")

    assert [r.title for r in found.records] == ["One"]
    assert problems(found) == [(1, False), (7, False)]


@pytest.mark.catalogue("I17")
def test_of_tags_that_stand_twice_the_first_counts_and_the_rest_stays_in_raw():
    found = read(
        "TY  - JOUR\nTI  - One\nTI  - Other\nPY  - 2001\nPY  - 2002\n"
        "DO  - 10.1000/a\nDO  - 10.1000/b\nER  - \n"
    )
    only = found.records[0]

    assert (only.title, only.year, only.doi) == ("One", 2001, "10.1000/a")
    assert "Other" in only.raw
    assert "10.1000/b" in only.raw
    assert problems(found) == [(3, False), (5, False), (7, False)]


def test_the_same_abstract_in_two_tags_is_taken_once_without_a_word():
    found = read("TY  - JOUR\nTI  - One\nAB  - Text.\nN2  - Text.\nER  - \n")

    assert found.records[0].abstract == "Text."
    assert not found.problems


@pytest.mark.catalogue("I18")
@pytest.mark.parametrize(
    "text",
    [
        "TY - JOUR\nTI - One\nPY - 2001\nER -\n",
        "ty  - JOUR\nti  - One\npy  - 2001\ner  - \n",
        "TY  - JOUR\nZZ  - what\nX9  - ever\nTI  - One\nPY  - 2001\nER  -\n",
        "  TY  - JOUR\n  TI  - One\n  PY  - 2001\n  ER  - \n",
        "TY   -  JOUR\nTI   -  One\nPY   -  2001\nER   -\n",
    ],
)
def test_tags_written_loosely_are_read(text):
    assert [(r.title, r.year) for r in read(text).records] == [("One", 2001)]


@pytest.mark.catalogue("I19")
def test_blank_lines_inside_a_record_and_a_program_header_are_tolerated():
    found = read(
        "% Encoding: UTF-8\nProvider: X\n\nTY  - JOUR\n\nTI  - One\n\n\n"
        "AB  - First.\n\nSecond.\nPY  - 2001\nER  - \n"
    )
    only = found.records[0]

    assert (only.title, only.abstract, only.year) == ("One", "First. Second.", 2001)
    assert not any(problem.rejected for problem in found.problems)


@pytest.mark.catalogue("I20")
def test_lines_without_a_tag_continue_running_text_and_lists():
    only = record(
        "TI  - A long title that",
        "runs on",
        "AB  - An abstract",
        "   in two lines",
        "KW  - hip",
        "knee",
        "PY  - 2001",
    )

    assert only.title == "A long title that runs on"
    assert only.abstract == "An abstract in two lines"
    assert only.keywords == ("hip", "knee")


def test_an_abstract_line_that_looks_like_a_tag_stays_in_the_abstract():
    only = record("TI  - One", "AB  - Pooled", "OR  - 1.2 (0.9 to 1.6)", "and so on", "PY  - 2001")

    assert only.abstract == "Pooled OR - 1.2 (0.9 to 1.6) and so on"
    assert only.year == 2001


def test_a_stray_line_is_named_and_not_glued_to_the_field_before_it():
    found = read(
        "TY  - JOUR\nTI  - One\nDO  - 10.1000/a\n"
        "Link to the Ovid Full Text or citation:\nhttps://example.org/x\n"
        "ER  - \n"
    )

    assert found.records[0].doi == "10.1000/a"
    assert problems(found) == [(4, False)]
    glued = read(
        "TY  - JOUR\nTI  - One\nAB  - Text.\n"
        "Link to the Ovid Full Text or citation:\nhttps://x\nER  - \n"
    )
    assert glued.records[0].abstract == "Text."


def test_a_link_with_a_semicolon_is_kept_whole():
    assert (
        record("TI  - One", "UR  - https://example.org/a;b=c?d=1;e").url
        == "https://example.org/a;b=c?d=1;e"
    )


@pytest.mark.catalogue("I11")
@pytest.mark.catalogue("I12")
def test_texts_beyond_the_caps_are_cut_with_a_word_and_kept_in_raw():
    authors = "\n".join(f"AU  - Name{n}, A." for n in range(5_000))
    found = read(
        f"TY  - JOUR\nTI  - {'t' * 1_000_000}\n{authors}\nAB  - {'a ' * 10_000_000}\nER  - \n"
    )
    only = found.records[0]

    assert len(only.title) == MAX_TITLE
    assert MAX_ABSTRACT - 2 < len(only.abstract) <= MAX_ABSTRACT
    assert len(only.authors) == MAX_AUTHORS
    assert len(only.raw) > 21_000_000
    assert [p.rejected for p in found.problems] == [False] * 3


def test_an_entry_with_nothing_to_screen_is_rejected_by_line_and_the_others_imported():
    found = read(
        "TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nPY  - 2001\nAU  - A, B\n"
        "ER  - \nTY  - JOUR\nTI  - Three\nER  - \n"
    )

    assert [r.title for r in found.records] == ["One", "Three"]
    assert problems(found) == [(4, True)]
    assert found.found == 3


@pytest.mark.parametrize("line", ["DO  - 10.1000/a", "PM  - 123456", "AB  - An abstract."])
def test_a_record_without_title_is_kept_with_a_word(line):
    found = read(f"TY  - JOUR\n{line}\nER  - \n")

    assert found.records[0].title == ""
    assert problems(found) == [(1, False)]


def test_a_file_without_any_record_is_refused():
    with pytest.raises(FileRefused, match="no record"):
        read_file(b"nothing here\n", format="ris")


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (["T1  - Title", "T2  - Journal"], "title", "Title"),
        (["TT  - Translated", "TI  - Own"], "title", "Own"),
        (["TT  - Translated", "TI  - Own"], "translated_title", "Translated"),
        (["TT  - Translated"], "title", "Translated"),
        (["TI  - T", "JO  - J Hip", "JF  - Journal of the Hip"], "journal", "Journal of the Hip"),
        (["TI  - T", "JO  - J Hip", "JF  - Journal of the Hip"], "journal_abbreviation", "J Hip"),
        (["TI  - T", "JO  - J Hip"], "journal", "J Hip"),
        (["TI  - T", "JO  - J Hip"], "journal_abbreviation", ""),
        (
            ["TI  - T", "A1  - One, A.", "AU  - Two, B.", "A2  - Editor, E."],
            "authors",
            ("One, A.", "Two, B."),
        ),
        (["TI  - T", "AU  - One, A.; Two, B."], "authors", ("One, A.", "Two, B.")),
        (["TI  - T", "SP  - 123", "EP  - 8"], "pages", "123-128"),
        (["TI  - T", "SP  - 123-8"], "pages", "123-128"),
        (["TI  - T", "SP  - E863", "EP  - E870"], "pages", "E863-E870"),
        (["TI  - T", "SP  - 12", "EP  - 12"], "pages", "12"),
        (["TI  - T", "SP  - e2115"], "pages", "e2115"),
        (["TI  - T", "AR  - 1234"], "pages", "1234"),
        (["TI  - T", "Y1  - 2012/05//"], "year", 2012),
        (["TI  - T", "PY  - 2020/11//Nov/Dec2020"], "year", 2020),
        (["TI  - T", "Y2  - 2021/01/01"], "year", None),
        (["TI  - T", "PY  - in press", "DA  - 2019/01/02"], "year", 2019),
        (["TI  - T", "M3  - 10.1000/a"], "doi", "10.1000/a"),
        (["TI  - T", "M3  - Article"], "doi", ""),
        (["TI  - T", "N1  - see doi:10.1000/A."], "doi", "10.1000/a"),
        (["TI  - T", "UR  - https://doi.org/10.1000/a?x=1"], "doi", "10.1000/a"),
        (["TI  - T", "AN  - 123456", "DB  - PubMed"], "pmid", "123456"),
        (["TI  - T", "AN  - 123456", "DB  - Scopus"], "pmid", ""),
        (["TI  - T", "AN  - 123456", "DB  - Embase MEDLINE"], "pmid", ""),
        (["TI  - T", "AN  - 123456", "DB  - Scopus"], "accession", "123456"),
        (["TI  - T", "AN  - null"], "accession", ""),
        (["TI  - T", "UR  - https://x.org/?eid=2-s2.0-84901&b=1"], "accession", "2-s2.0-84901"),
        (["TI  - T", "C5  - 25108907"], "pmid", "25108907"),
        (["TI  - T", "U2  - L612345678"], "pmid", ""),
        (["TI  - T", "U1  - 25108907 [PMID: 25108907]"], "pmid", "25108907"),
        (["TI  - T", "C2  - PMC4567890"], "pmcid", "PMC4567890"),
        (["TI  - T", "SN  - 0028-4793", "SN  - 1533-4406"], "issn", "0028-4793; 1533-4406"),
        (["TI  - T", "KW  - hip; knee", "KW  - hip"], "keywords", ("hip", "knee")),
        (["TI  - T", "M1  - 4"], "issue", "4"),
        (["TI  - T", "LA  - eng", "DP  - Ovid"], "database", "Ovid"),
    ],
)
def test_vendors_tags_mean_what_they_mean(lines, field, value):
    assert getattr(record(*lines), field) == value


def test_a_journal_is_never_taken_for_a_title():
    assert record("T2  - Journal of the Hip", "DO  - 10.1000/a").title == ""


@pytest.mark.catalogue("I21")
def test_ris_is_known_by_its_content_even_when_it_speaks_of_pmids():
    assert read("TY  - JOUR\nN1  - PMID- 12\nTI  - One\nER  - \n").records[0].title == "One"


def test_trailing_blank_lines_do_not_change_the_raw_text():
    first, second = read(
        "TY  - JOUR\nTI  - One\nER  - \n\n\nTY  - JOUR\nTI  - One\nER  -\n"
    ).records

    assert first.raw == second.raw
    assert (first.line, second.line) == (1, 6)


def test_two_authors_of_one_name_stay_two():
    data = b"TY  - JOUR\nTI  - A title\nAU  - X\nAU  - X\nER  - \n"
    assert read_file(data).records[0].authors == ("X", "X")


@pytest.mark.catalogue("I53")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("TY  - JOUR TI  - One ER  - " * 8_000, 8_000),
        ("TY  - JOUR\nTI  - One\n" + "ER  - x\n" * 60_000, 1),
        ("TY  - JOUR TI  - One ER  - x PY  - 2001 ER  - " * 4_000 + "\nx" * 4_000, 4_000),
    ],
)
def test_neither_entries_on_one_line_nor_ends_with_words_make_the_reader_slow(text, count):
    begun = time.process_time()
    assert read(text).found == count
    assert time.process_time() - begun < 3
