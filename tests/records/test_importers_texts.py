"""RefWorks, PubMed's texts, Ovid's labels, Cochrane's citations, NoteExpress: what each says."""

from pathlib import Path

import pytest

from records.importers import FileRefused, read_file

FILES = Path(__file__).parent / "files" / "texts"


def parsed(name):
    return read_file((FILES / name).read_bytes())


def read(text, form="auto"):
    return read_file(text.encode(), format=form)


@pytest.mark.parametrize(
    ("name", "form", "count"),
    [
        ("cnki.refworks.txt", "refworks", 2),
        ("primo.refworks.txt", "refworks", 2),
        ("abstract.pubmed.txt", "pubmed-text", 3),
        ("summary.pubmed.txt", "pubmed-text", 5),
        ("list.pmids.txt", "pmids", 6),
        ("labels.ovid.txt", "ovid-text", 2),
        ("reviews.cochrane.txt", "cochrane", 2),
        ("wanfang.noteexpress.txt", "noteexpress", 2),
    ],
)
def test_every_entry_of_a_text_is_found(name, form, count):
    found = parsed(name)

    assert (found.format, found.found, len(found.records)) == (form, count, count)


def test_cnki_writes_names_in_one_line_and_the_range_into_the_last_page():
    article, thesis = parsed("cnki.refworks.txt").records

    assert article.authors == ("张三", "李四")
    assert (article.volume, article.issue, article.pages) == ("12", "03", "101-109")
    assert (article.language, article.database) == ("中文", "CNKI")
    assert (thesis.title, thesis.journal) == ("另一项研究", "")


def test_a_line_of_an_abstract_that_begins_with_rt_stays_in_it():
    record = parsed("primo.refworks.txt").records[0]

    assert record.abstract.endswith("two seasons. RT Imaging of the wrist in all of them, said the"
                                    " authors at length.")  # fmt: skip
    assert record.doi == "10.5555/pel.2021.001"


def test_an_entry_of_refworks_without_its_type_line_is_rejected():
    found = read("A1 Doe,Jane\nT1 Lost\nYR 2001\n\nRT Book, Whole\nT1 One\nYR 2001\n")

    assert [record.title for record in found.records] == ["One"]
    assert found.found == 2
    assert found.problems[0].rejected


@pytest.mark.parametrize(
    ("lines", "pages"),
    [("SP 101\nOP 109", "101-109"), ("SP 101\nOP 9", "101-109"), ("SP 101\nOP +", "101"),
     ("OP 101-109", "101-109"), ("SP 101\nOP 101-109", "101-109"), ("SP e12", "e12")],
)  # fmt: skip
def test_the_pages_of_refworks_are_the_start_and_other_pages(lines, pages):
    assert read(f"RT Journal Article\nT1 One\n{lines}\n").records[0].pages == pages


def test_a_pubmed_number_in_refworks_needs_a_word_that_says_so():
    head = "RT Journal Article\nT1 One\n"

    assert read(f"{head}DB PubMed\nAN 39999991\n").records[0].pmid == "39999991"
    assert read(f"{head}NO PMID: 39999991; Copyright\n").records[0].pmid == "39999991"
    assert read(f"{head}DB Embase\nAN 39999991\n").records[0].pmid == ""
    assert read(f"{head}NO Grant 39999991\n").records[0].pmid == ""


def test_an_entry_of_the_abstract_format_is_read_paragraph_by_paragraph():
    chinese, chapter, preprint = parsed("abstract.pubmed.txt").records

    assert chinese.title.endswith("a very long title that wraps]")
    assert chinese.authors == (
        "Hartwell JK", "Osei PM", "van 't Hoff B Jr", "PELICAN Study Group",
    )  # fmt: skip
    assert chinese.abstract == (
        "BACKGROUND: A case-control study. METHODS: Forty. 1. A numbered paragraph of the abstract."
    )
    assert (chinese.journal, chinese.issue, chinese.pages) == ("3 Biotech", "3 Suppl 1", "e101")
    assert chinese.language == "Chinese"
    assert chinese.notices == ("Erratum in: J Imag Orthop. 2022;3:4",)
    assert (chapter.journal, chapter.year) == ("StatPearls [Internet]", 2023)
    assert chapter.abstract == "Excerpt text here."
    assert (preprint.pages, preprint.authors) == ("2021.03.01.21252", ("PELICAN Collaborators",))


def test_an_entry_of_the_summary_format_is_one_line():
    first, second, third, fourth, fifth = parsed("summary.pubmed.txt").records

    assert first.title == "Pelican splints for wheelwright wrist: a cohort of forty"
    assert (first.pmid, first.pmcid, first.pages) == ("39999991", "PMC9999991", "101-109")
    assert second.title == "Does it heal? A second look"
    assert second.authors == ("Brandt L", "van der Berg A Jr", "PELICAN Study Group")
    assert second.journal == "Ann Lantern Surg (Berl)"
    assert third.title == "[Pelican splints]"
    assert (fourth.title, fourth.year, fourth.pmid) == ("Splints in 2019", 2020, "39999994")
    assert fourth.notices == ("Retraction in: Lancet. 2021;1:1",)
    assert (fifth.title, fifth.authors) == ("3 Biotech title without authors", ())


def test_the_number_of_an_entry_in_its_search_is_no_part_of_its_text():
    for name in ("abstract.pubmed.txt", "summary.pubmed.txt"):
        text = (FILES / name).read_text()
        other = text.replace("\n2. ", "\n77. ").replace("\n2: ", "\n77: ")
        assert read(other).records[1].raw == read(text).records[1].raw
    numbered = "Record #{} of 9\nID: CN-01234567\nTI: One\nYR: 2001\n"
    assert read(numbered.format(1)).records[0].raw == read(numbered.format(9)).records[0].raw


@pytest.mark.parametrize("blank", ["\n", "\n\n", "\n\n\n"])
def test_entries_of_the_abstract_format_are_apart_however_many_lines_are_blank(blank):
    entry = "{n}. J One. 2001;1:{n}.\n\nTitle {n}.\n\nDoe J.\n\nPMID: 3999999{n}\n"
    found = read(blank.join(entry.format(n=n) for n in range(1, 5)))

    assert [record.title for record in found.records] == [f"Title {n}" for n in range(1, 5)]
    assert [record.pages for record in found.records] == ["1", "2", "3", "4"]


def test_what_follows_the_numbers_of_an_abstract_is_named():
    found = read("1. J One. 2001;1:1.\n\nOne.\n\nDoe J.\n\nPMID: 39999991\n\nStray words.\n")

    assert [problem.line for problem in found.problems] == [9]
    assert found.records[0].abstract == ""


def test_headings_within_a_paragraph_part_what_they_stand_above():
    found = read(
        "1: J One. 2001;1:1.\n\nOne.\n\nDoe J; One Trial Group.\n\nComment in\n    J Two. 2002.\n"
        "Erratum in\n    J One. 2001;2:2.\n\nVitamin D, calcium, and hips.\n\n"
        "PMID: 39999991  [Indexed for MEDLINE]\n\nConflict of interest statement: None.\n"
    )

    assert found.records[0].notices == ("Erratum in: J One. 2001;2:2",)
    assert found.records[0].authors == ("Doe J", "One Trial Group")
    assert found.records[0].abstract == "Vitamin D, calcium, and hips."
    assert found.problems == ()


def test_an_old_summary_names_pubmed_before_its_numbers():
    found = read(
        "1: Doe J. One. J One. 2010 Jan;1(2):3-9. Epub 2009 Dec 1. PubMed PMID: 39999991; PubMed"
        " Central PMCID: PMC9999991.\n2: Doe J. Two. J One. 2010;1:1. PubMed PMID: 39999992.\n"
    )

    assert [record.title for record in found.records] == ["One", "Two"]
    assert found.records[0].pmcid == "PMC9999991"


def test_a_chapter_of_the_summary_format_has_its_book_as_journal():
    found = read(
        "1: Brandt L. Wheelwright Wrist. 2023 Jan 1. In: StatPearls [Internet]. Treasure Island"
        " (FL): StatPearls Publishing; 2023 Jan–. PMID: 39999992.\n"
    ).records[0]

    assert (found.title, found.journal) == ("Wheelwright Wrist", "StatPearls [Internet]")
    assert (found.year, found.authors) == (2023, ("Brandt L",))


@pytest.mark.parametrize(
    "other",
    ["TY  - JOUR\nTI  - One\nN1  - x\nPMID: 39999991\nER  - \n",
     "@article{one, title={One}, note={\nPMID: 39999991\n}}\n", "%0 Journal Article\n%T One\n",
     "PMID- 39999991\nTI  - One\n"],
)  # fmt: skip
def test_numbered_lines_above_another_format_tell_no_text_of_pubmed(other):
    found = read(f"1. J One. 2001;1:1.\n2. Hip. 2002\n\n{other}")

    assert found.format in ("ris", "bibtex", "endnote", "nbib")
    assert [record.title for record in found.records] == ["One"]


def test_an_ovid_record_with_tags_is_not_taken_for_one_with_labels():
    found = read("<1. >\nTI  - One\n      two\nVN  - Ovid Technologies\n")

    assert found.format == "ovid"


def test_a_list_of_pmids_gives_a_record_for_each_number():
    found = parsed("list.pmids.txt")

    assert [record.pmid for record in found.records] == [f"3999999{n}" for n in range(1, 7)]
    assert found.records[2].raw == "39999993"
    assert not any(record.title for record in found.records)


def test_what_is_no_number_in_a_list_of_pmids_is_rejected():
    numbers = "\n".join(str(39999000 + n) for n in range(40))
    found = read(f"{numbers}\nend of the list\n123456789, 1234567\n")

    assert (found.found, len(found.records)) == (43, 41)
    assert [(p.line, p.rejected) for p in found.problems if p.rejected] == [(41, True), (42, True)]


@pytest.mark.parametrize(
    "text", ["2019\n2020\n2021\n", "1\n2\n3\n", "39999991\nhip\nknee\n", "555-0100\n555-0199\n"]
)
def test_other_numbers_are_no_list_of_pmids(text):
    with pytest.raises(FileRefused):
        read(text)


def test_ovids_labels_are_read_as_its_tags_are():
    embase, medline = parsed("labels.ovid.txt").records

    assert embase.authors == ("Hartwell J.K.", "Osei P.M.")
    assert embase.abstract == "A cohort of forty wheelwrights was followed. It wraps."
    assert (embase.volume, embase.issue, embase.pages) == ("12", "3", "101-109")
    assert (embase.pmid, embase.accession) == ("39999991", "2012345678")
    assert medline.authors == ("Brandt L", "Osei PM")
    assert medline.pmid == "39999992"


@pytest.mark.parametrize(
    "written", ["Hartwell JK. Osei PM.", "Hartwell JK, Osei PM", "Hartwell JK; Osei PM",
                "Hartwell JK\n  Osei PM"],
)  # fmt: skip
def test_names_below_ovids_label_are_parted(written):
    found = read(f"<1>\nTitle\n  One\nAuthors\n  {written}\nYear of Publication\n  2001\n")

    assert found.records[0].authors == ("Hartwell JK", "Osei PM")


def test_a_line_without_indent_below_ovids_label_is_named():
    found = read("<1>\nTitle\n  One\nAbstract\n  It was\nshort, and wrapped badly.\n")

    assert found.records[0].abstract == "It was short, and wrapped badly."
    assert [problem.line for problem in found.problems] == [6]


def test_a_registered_trial_of_the_cochrane_library_has_no_journal_and_no_author():
    review, trial = parsed("reviews.cochrane.txt").records

    assert review.title == "Hip things"
    assert review.abstract.endswith("AIM: to mend. OR: 1.2")
    assert (trial.journal, trial.authors) == ("", ())
    assert trial.url == "https://clinicaltrials.gov/show/NCT04123456"


def test_the_conference_below_a_journal_of_the_cochrane_library_is_no_part_of_its_name():
    found = read("ID: CN-01234567\nTI: One\nSO: J One. Conference: 12th meeting\nYR: 2001\n")

    assert found.records[0].journal == "J One"


def test_the_number_above_a_ris_record_of_the_cochrane_library_tells_no_citation():
    found = read("Record #1 of 1\nProvider: John Wiley\nTY  - JOUR\nTI  - One\nER  - \n")

    assert found.format == "ris"


def test_a_number_of_the_cochrane_library_without_fields_is_rejected():
    found = read("Record #1 of 2\nID: CN-01234567\nTI: One\nYR: 2001\n\nRecord #2 of 2\n")

    assert (found.found, len(found.records)) == (2, 1)


def test_noteexpress_is_read_as_wanfang_and_cnki_write_it():
    article, thesis = parsed("wanfang.noteexpress.txt").records

    assert article.title == "超声引导下前锯肌平面阻滞"
    assert article.translated_title == "Ultrasound-guided block"
    assert article.authors == ("江文杰", "韩超")
    assert (article.volume, article.issue) == ("9", "1")
    assert article.abstract == "目的 探讨 方法 选择{2015}年"
    assert thesis.authors == ("Smith, John", "Doe, Jane")
    assert thesis.record_type == "Thesis"


@pytest.mark.parametrize("between", [";", "；", ",", "，", "、"])
def test_chinese_names_are_parted_at_every_comma_and_semicolon(between):
    written = f"张三{between}李四"

    assert read(f"{{Reference Type}}: Book\n{{Title}}: One\n{{Author}}: {written}\n").records[
        0
    ].authors == ("张三", "李四")
    assert read(f"RT Book\nT1 One\nA1 {written}\n").records[0].authors == ("张三", "李四")


def test_an_entry_of_noteexpress_without_its_type_is_rejected():
    found = read("{Title}: Lost\n{Year}: 2001\n\n{Reference Type}: Book\n{Title}: One\n")

    assert (found.format, found.found, len(found.records)) == ("noteexpress", 2, 1)


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_entries_of_texts_that_are_joined_are_all_found(name):
    text = (FILES / name).read_text()
    found = read(f"{text.rstrip()}\n\n\n{text.removeprefix('PMID')}")

    assert found.found == 2 * parsed(name).found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RT Book\nT1 One\nYR 2001\n\nA1 Doe,J\nT1 Two\nYR 2002\n\nRT Book\nT1 Three\n", 5),
        ("{Reference Type}: Book\n{Title}: One\n \n{Title}: Two\n\n"
         "{Reference Type}: Book\n{Title}: Three\n", 4),
        ("<1>\nTitle\n  One\nPMID\n  39999991\n\nTitle\n  Two\n\n<3>\nTitle\n  Three\n", 7),
        ("1. J One. 2001;1:1.\n\nOne.\n\nPMID: 39999991\n\n\nJ One. 2001;1:2.\n\nTwo.\n\n"
         "PMID: 39999992\n\n\n3. J One. 2001;1:3.\n\nThree.\n\nPMID: 39999993\n", 8),
        ("1: One. J One. 2001;1:1. PMID: 39999991.\n\nTwo. J One. 2001;1:2. PMID: 39999992.\n\n"
         "3: Three. J One. 2001;1:3. PMID: 39999993.\n", 3),
    ],
)  # fmt: skip
def test_an_entry_whose_start_line_is_lost_is_counted_and_leaves_its_neighbours_alone(text, line):
    found = read(text)

    assert [record.title for record in found.records] == ["One", "Three"]
    assert found.found == 3
    assert [problem.line for problem in found.problems if problem.rejected] == [line]
    assert not any(record.authors for record in found.records)
    assert "Two" not in found.records[0].raw


@pytest.mark.parametrize("last", ["PMID: 39999992\n", ""])
def test_an_entry_of_the_abstract_format_takes_no_number_of_one_whose_own_is_lost(last):
    found = read(
        "1. J One. 2001;1:1.\n\nOne.\n\nPMID: 39999991\n\n"
        "Conflict of interest statement: None.\n\n\n"
        f"J One. 2001;1:2.\n\nTwo.\n\nDOI: 10.1000/second\nPMCID: PMC7654321\n{last}"
    )

    [only] = found.records
    assert (only.pmid, only.doi, only.pmcid) == ("39999991", "", "")
    assert only.raw.endswith("Conflict of interest statement: None.")
    assert found.found == 2
    assert [(problem.line, problem.rejected) for problem in found.problems] == [(10, True)]


def test_numbers_in_paragraphs_of_their_own_are_of_the_entry_above_them():
    found = read(
        "1. J One. 2001;1:1.\n\nOne.\n\nPMID: 39999991\n\nPMCID: PMC9999991\n\nDOI: 10.1000/a\n"
    )

    assert (found.found, found.problems) == (1, ())
    assert (found.records[0].pmcid, found.records[0].doi) == ("PMC9999991", "10.1000/a")


def test_a_pmid_far_from_its_word_ends_no_entry():
    found = read("1. J One. 2001;1:1.\nPMID:     39999991\n\nOne.\n\nTwo.\n")

    assert [record.title for record in found.records] == ["One"]


def test_what_stands_below_a_summary_is_named_and_changes_nothing_in_it():
    found = read("1: Doe J. One. J One. 2001;1:1. PMID: 39999991.\n\nStray words.\n")

    assert (found.records[0].title, found.records[0].authors) == ("One", ("Doe J",))
    assert [(problem.line, problem.rejected) for problem in found.problems] == [(3, False)]


def test_a_paragraph_of_an_abstract_that_begins_as_a_title_does_is_no_entry():
    found = read("RT Book\nA1 Doe,J\nT1 One\nAB Images:\n\nT1 weighted ones were taken.\nYR 2001\n")

    assert found.found == 1
