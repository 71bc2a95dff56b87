"""Tables as services really write them: each case of the folder gives its right values.

Every table is tried as it came, with tabs and semicolons between its cells,
as a workbook and as an old workbook.
"""

import csv
import io
import random
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from records.importers import FileRefused, read_file, table_head
from records.importers.author_cells import authors_in
from tests.records.old_workbooks import document, old_workbook, stream

FILES = Path(__file__).parent / "files" / "cases"
TITLE = "Pelican splints for wheelwright wrist: a cohort of forty"
SECOND = "Second look at the lantern jaw after heron fixation"
ABSTRACT = (
    "A cohort of forty wheelwrights was followed for two seasons."
    " The pelican splint halved the time to recovery."
)

CASES = {
    "dimensions.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell, Jane K.", "Osei, Paul M."),
            "year": 2021,
            "journal": "Journal of Imagined Orthopaedics",
            "volume": "12",
            "issue": "3",
            "pages": "101-109",
            "doi": "10.5555/pel.2021.001",
            "abstract": ABSTRACT,
            "accession": "pub.1100000001",
        },
        {"title": SECOND, "authors": ("Brandt, Lise", "van der Meer, Tom"), "year": 2022},
    ],
    "embase_with_query.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell J.K.", "Osei P.M.", "Brandt L."),
            "year": 2021,
            "journal": "Journal of Imagined Orthopaedics",
            "pages": "101-109",
            "pmid": "39999991",
            "doi": "10.5555/pel.2021.001",
            "abstract": ABSTRACT,
            "database": "",
        }
    ],
    "embase_rows.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell J.K.", "Osei P.M.", "Brandt L."),
            "year": 2021,
            "doi": "10.5555/pel.2021.001",
        },
        {"title": SECOND, "year": 2022},
    ],
    "cochrane_central.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell, JK", "Osei, PM"),
            "journal": "Journal of imagined orthopaedics",
            "year": 2021,
            "volume": "12",
            "pages": "101-109",
            "pmid": "39999991",
            "accession": "CN-02345678",
            "database": "",
        }
    ],
    "cinahl_ebsco.csv": [
        {
            "title": "Pelican splints for wheelwright wrist: a cohort of forty.",
            "authors": ("Hartwell, Jane K.", "Osei, Paul M."),
            "year": 2021,
            "year_text": "3/14/2021",
            "issn": "12345679",
            "journal": "J IMAGINED ORTHOP",
            "accession": "151234567",
            "doi": "10.5555/pel.2021.001",
        }
    ],
    "google_scholar_library.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell, Jane K", "Osei, Paul M"),
            "journal": "Journal of Imagined Orthopaedics",
            "volume": "12",
            "issue": "3",
            "pages": "101-109",
            "year": 2021,
        }
    ],
    "refworks.tsv": [
        {
            "title": TITLE,
            "authors": ("Hartwell,Jane K.", "Osei,Paul M."),
            "journal": "Journal of Imagined Orthopaedics",
            "year": 2021,
            "pages": "101-109",
            "doi": "10.5555/pel.2021.001",
            "issn": "1234-5679",
        }
    ],
    "abstrackr.csv": [
        {"title": TITLE, "authors": ("Hartwell, J.K.", "Osei, P.M.", "Brandt, L."), "pmid": ""}
    ],
    "ictrp.csv": [
        {
            "title": "A randomised trial of the pelican splint in wheelwrights with wrist pain",
            "accession": "ACTRN12699000123456",
            "year": 2021,
            "url": "https://anzctr.example/ACTRN12699000123456",
        }
    ],
    "clinicaltrials_old.csv": [
        {
            "title": "Pelican Splint for Wrist Pain",
            "accession": "NCT09900001",
            "url": "https://ClinicalTrials.gov/show/NCT09900001",
            "year": 2019,
        }
    ],
    "scopus_old_jr.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell J.K., Jr.", "Osei P.M.", "Brandt L."),
            "year": 2021,
            "journal": "Journal of Imagined Orthopaedics",
            "pages": "101-109",
            "accession": "2-s2.0-85000000001",
            "database": "Scopus",
        }
    ],
    "pubmed_group.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell JK", "Osei PM", "PELICAN Trial Group"),
            "year": 2021,
            "journal": "J Imag Orthop",
            "volume": "12",
            "issue": "3",
            "pages": "101-109",
            "pmid": "39999991",
            "pmcid": "PMC9999991",
        }
    ],
    "rayyan_url_embase.csv": [
        {
            "title": SECOND,
            "url": "https://www.embase.com/search/results?subaction=viewrecord&id=L2012345679&from=export",
        }
    ],
    "proquest_table.csv": [
        {
            "title": TITLE,
            "authors": ("Hartwell, Jane K", "Osei, Paul M"),
            "journal": "Journal of Imagined Orthopaedics",
            "doi": "10.5555/pel.2021.001",
            "url": "https://www.proquest.com/docview/2500000001",
            "volume": "12",
            "pages": "101-109",
            "database": "APA PsycInfo",
        }
    ],
    "distiller.csv": [
        {"title": TITLE, "authors": ("Hartwell JK", "Osei PM"), "source_record_id": "12"}
    ],
    "authors_comma_and.csv": [
        {"title": TITLE, "authors": ("Hartwell J", "Osei P", "Brandt L"), "year": 2021}
    ],
}
WAYS = ("as it came", "tabs", "semicolons", "xlsx", "xls")


def rows_of(name):
    text = (FILES / name).read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter="\t" if name.endswith("tsv") else ","))


def text_table(rows, delimiter):
    handle = io.StringIO()
    csv.writer(handle, delimiter=delimiter).writerows(rows)
    return handle.getvalue().encode()


def new_workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in (cell for row in book.active.iter_rows() for cell in row):
        # A text that begins as a formula does is a text here.
        cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def written(name, way):
    if way == "as it came":
        return (FILES / name).read_bytes()
    rows = rows_of(name)
    if way == "xlsx":
        return new_workbook(rows)
    return old_workbook(*rows) if way == "xls" else text_table(rows, "\t" if way == "tabs" else ";")


def read(text, **options):
    found = read_file(text if isinstance(text, bytes) else text.encode(), **options)
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
def test_a_table_of_a_service_gives_its_right_values_however_it_is_saved(name, way):
    found = read(written(name, way))
    told = [
        {field: getattr(record, field) for field in expected}
        for record, expected in zip(found.records, CASES[name], strict=True)
    ]

    assert told == CASES[name]
    assert not [problem for problem in found.problems if "left out:" not in problem.reason]


SERVICES = {
    "Springer": (
        "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,"
        "Authors,Publication Year,URL,Content Type",
        "T,J Hip,,12,3,10.5555/a,Jane K. HartwellPaul McDonald,2021,https://a.example/1,Article",
        {
            "title": "T",
            "journal": "J Hip",
            "volume": "12",
            "issue": "3",
            "doi": "10.5555/a",
            "year": 2021,
            "authors": ("Jane K. Hartwell", "Paul McDonald"),
            "record_type": "Article",
        },
    ),
    "Publish or Perish": (
        "Cites,Authors,Title,Year,Source,Publisher,ArticleURL,CitesURL,GSRank,QueryDate,Type,DOI,"
        "ISSN,CitationURL,Volume,Issue,StartPage,EndPage,ECC,Abstract",
        '3,"Jane Hartwell, PM Osei",T,2021,J Hip,Heron,https://a.example/1,https://c.example,1,'
        "2024-01-01,,10.5555/a,,,12,3,101,109,3,Text",
        {
            "authors": ("Jane Hartwell", "PM Osei"),
            "journal": "J Hip",
            "database": "",
            "url": "https://a.example/1",
            "pages": "101-109",
            "abstract": "Text",
        },
    ),
    "OpenAlex": (
        "id,doi,title,display_name,publication_year,publication_date,language,type,ids.pmid,"
        "primary_location.landing_page_url,primary_location.source.display_name,"
        "primary_location.source.issn_l,primary_location.source.issn,biblio.volume,biblio.issue,"
        "biblio.first_page,biblio.last_page,abstract,authorships.raw_author_name,"
        "authorships.author.display_name,keywords.display_name",
        "https://openalex.example/W1,https://doi.org/10.5555/A,T,T,2021,2021-03-14,en,article,"
        "https://pubmed.ncbi.nlm.nih.gov/39999991,https://a.example/1,J Hip,1234-5679,"
        "1234-5679|9876-5432,12,3,101,109,Text,J H|P O,Jane Hartwell|Paul Osei,Hip|Knee",
        {
            "title": "T",
            "doi": "10.5555/a",
            "pmid": "39999991",
            "journal": "J Hip",
            "issn": "1234-5679; 9876-5432",
            "volume": "12",
            "issue": "3",
            "pages": "101-109",
            "authors": ("Jane Hartwell", "Paul Osei"),
            "keywords": ("Hip", "Knee"),
            "year": 2021,
            "url": "https://a.example/1",
        },
    ),
    "LILACS": (
        "ID,Title,Authors,Source,Journal,Database,Type,Language,Publication year,Descriptor(s),"
        "Publication Country,Fulltext URL,Abstract,Entry Date,Volume number,Issue number,DOI,ISSN",
        'lil-1,T,"Hartwell, Jane; Osei, Paul",Rev. hip;J Hip,LILACS,article,en,2021,Hip; Knee,BR,'
        "https://a.example/1; https://b.example/2,Text,20210505,12,3,10.5555/a,1234-5679".replace(
            ";J Hip", ",J Hip"
        ),
        {
            "source_record_id": "lil-1",
            "authors": ("Hartwell, Jane", "Osei, Paul"),
            "journal": "J Hip",
            "database": "LILACS",
            "keywords": ("Hip", "Knee"),
            "url": "https://a.example/1",
            "volume": "12",
            "issue": "3",
        },
    ),
    "ClinicalTrials.gov": (
        "NCT Number,Study Title,Study URL,Acronym,Study Status,Brief Summary,Conditions,Sponsor,"
        "Study Type,Start Date,First Posted",
        "NCT09900001,T,https://clinicaltrials.gov/study/NCT09900001,,COMPLETED,Text,Wrist|Pain,UN,"
        "INTERVENTIONAL,2019-03-14,2019-02-02",
        {
            "title": "T",
            "accession": "NCT09900001",
            "abstract": "Text",
            "year": 2019,
            "pmid": "",
        },
    ),
    "EBSCO, the newer table": (
        "an,title,contributors,abstract,docTypes,pubTypes,publicationDate,coverDate,source,volume,"
        "issue,pageStart,pageEnd,doi,issns,isbns,language,longDBName,shortDBName,plink",
        '151234567,T,"Hartwell, Jane K.; Osei, Paul M.",Text,Article,Academic Journal,20210314,'
        "Mar2021,J Hip,12,3,101,109,10.5555/a,12345679,,English,CINAHL Ultimate,ccm,https://a.example",
        {
            "accession": "151234567",
            "authors": ("Hartwell, Jane K.", "Osei, Paul M."),
            "journal": "J Hip",
            "database": "CINAHL Ultimate",
            "year": 2021,
            "pages": "101-109",
            "pmid": "",
        },
    ),
    "Embase without its numbers": (
        "Title,Author Names,Source,Publication Year",
        'T,"Hartwell J.K., Osei P.M.",J Hip (2021) 12:3 (101-109). Date of Publication: 14,2021',
        {"journal": "J Hip", "database": "", "volume": "12", "issue": "3", "pages": "101-109"},
    ),
}


@pytest.mark.parametrize("service", SERVICES)
def test_the_columns_of_a_service_are_known(service):
    header, row, expected = SERVICES[service]
    [record] = read(f"{header}\n{row}\n").records

    assert {field: getattr(record, field) for field in expected} == expected


def test_names_that_run_together_are_parted_with_a_word():
    header, row, _ = SERVICES["Springer"]

    assert ["Springer" in p.reason for p in read(f"{header}\n{row}\n").problems] == [True]


@pytest.mark.parametrize(
    "above",
    [
        "Search: hip\nDate: 2024-01-01\n\n",
        '"Exported on Aug 17, 2024. Title, abstract"\n',
        "Title,My search of hips\nDate,2024-01-01\n\n",
        "\n\nA list\n",
        "line\n" * 40,
    ],
)
def test_what_stands_above_a_header_is_left_out_with_one_word(above):
    found = read(f"{above}Title,Authors,Year,DOI,Journal\nOne,A B,2020,10.5555/a,J\n")

    assert [(r.title, r.line) for r in found.records] == [("One", above.count("\n") + 2)]
    assert [("left out" in p.reason, p.rejected) for p in found.problems] == [(True, False)]


@pytest.mark.parametrize("text", ["Title\nOne\n", "Author\nTitle\nOne\n", "A\nTitle\nYear\n"])
def test_a_name_of_a_column_alone_on_a_line_makes_no_table(text):
    with pytest.raises(FileRefused, match="no format"):
        read_file(text.encode())


def test_a_header_that_comes_again_is_named_and_no_record():
    found = read("title,year\nOne,2001\ntitle,year\nTwo,2002\n")

    assert [r.title for r in found.records] == ["One", "Two"]
    assert [(p.line, p.rejected) for p in found.problems] == [(3, False)]


def test_what_stands_below_a_table_is_named_and_no_record():
    found = read("title,authors,year\nOne,A B,2001\n\nExported on 1 May\n")

    assert [r.title for r in found.records] == ["One"]
    assert [(p.line, p.rejected) for p in found.problems] == [(4, False)]


def test_a_row_of_one_cell_below_a_gap_is_a_record_where_other_rows_follow():
    found = read(
        "title,year,journal\nFirst,2020,J\n\nSecond paper with only a title\nThird,2021,J\n\nEnd"
    )

    assert [r.title for r in found.records] == ["First", "Second paper with only a title", "Third"]
    assert [("left out" in p.reason, p.line) for p in found.problems] == [(False, 4), (True, 7)]


def test_a_map_finds_a_header_below_other_lines():
    found = read("My list\n\nNaam;Jaar\nHeup;2001\n", mapping={"title": "Naam", "year": "Jaar"})

    assert [(r.title, r.year) for r in found.records] == [("Heup", 2001)]


def test_a_text_of_entries_that_mentions_columns_is_no_table():
    text = "TY  - JOUR\nAB  - We took\n title,authors,year,doi\n and more.\nER  - \n"

    assert read_file(text.encode()).format == "ris"


@pytest.mark.parametrize(
    ("cell", "database", "journal"),
    [
        ("The Lancet", "", "The Lancet"),
        ("Cochrane Database of Systematic Reviews", "", "Cochrane Database of Systematic Reviews"),
        ("https://clinicaltrials.example/1", "", "https://clinicaltrials.example/1"),
        ("Ovid MEDLINE(R) ALL", "Ovid MEDLINE(R) ALL", ""),
        ("Web of Science", "Web of Science", ""),
        ("Scopus", "Scopus", ""),
    ],
)
def test_a_column_source_is_the_journal_unless_it_names_a_database(cell, database, journal):
    [record] = read(f"title,source,year\nT,{cell},2020\n").records

    assert (record.database, record.journal) == (database, journal)


def test_a_person_says_what_a_column_source_holds():
    text = "title,source\nT,The Lancet\n"

    [record] = read(text, mapping={"database": "source"}).records
    assert (record.database, record.journal) == ("The Lancet", "")
    [record] = read(text.replace("The Lancet", "Scopus"), mapping={"journal": "source"}).records
    assert (record.database, record.journal) == ("", "Scopus")


@pytest.mark.parametrize("nothing", ["NA", "N/A", "#N/A", "NULL", "NaN", "None"])
def test_what_r_and_others_write_for_nothing_is_nothing(nothing):
    names = ("authors", "journal", "volume", "pages", "abstract", "pmid", "doi", "year")
    found = read(f"title,{','.join(names)}\nT{f',{nothing}' * len(names)}\n")
    [record] = found.records

    assert not found.problems
    assert (record.authors, record.year, record.year_text) == ((), None, "")
    assert [getattr(record, name) for name in names[1:7]] == [""] * 6


def test_a_formula_that_guards_a_text_is_that_text():
    [record] = read(
        'title,volume,issn,accession\n"=""A """"word""""""",="05",="0123-4567","=""0012"""\n'
    ).records

    assert (record.title, record.volume) == ('A "word"', "05")
    assert (record.issn, record.accession) == ("0123-4567", "0012")


@pytest.mark.parametrize(
    ("cell", "link"),
    [
        ("https://a.example/1; https://b.example/2", "https://a.example/1"),
        ("https://a.example/1 https://b.example/2", "https://a.example/1"),
        ("https://a.example/1|https://b.example/2", "https://a.example/1"),
        ("https://a.example/1,https://b.example/2", "https://a.example/1"),
        ("https://a.example/1?x=1;y=2", "https://a.example/1?x=1;y=2"),
        ("https://a.example/1    U2  - L1", "https://a.example/1"),
        ("see the library", "see the library"),
    ],
)
def test_of_several_links_the_first_is_taken(cell, link):
    assert read(f'title,url\nT,"{cell}"\n').records[0].url == link


def test_a_line_of_ris_that_was_left_in_a_cell_is_cut_off():
    [record] = read(
        "title,doi,language,abstract\n"
        "T,10.5555/a     LK  - https://x?doi=10.5555/b,English     N1  - L2,Text     U2  - stays\n"
    ).records

    assert (record.doi, record.language) == ("10.5555/a", "English")
    assert record.abstract.endswith("stays")


def test_no_number_but_that_of_a_pmid_column_is_a_pmid():
    [record] = read(
        "title,phone,grant number,accession number,pubmed id\nT,12345678,39999991,38888881,0\n"
    ).records

    assert (record.pmid, record.accession) == ("", "38888881")


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith J; Doe A; PELICAN Trial Group.", ["Smith J", "Doe A", "PELICAN Trial Group"]),
        ("Smith J, Doe A, PELICAN Group", ["Smith J", "Doe A", "PELICAN Group"]),
        ("Smith J, Doe A and the HIP and KNEE Investigators",
         ["Smith J", "Doe A", "the HIP and KNEE Investigators"]),
        ("Research and Development Group", ["Research and Development Group"]),
        ("Smith J.K., Jr., Doe A.", ["Smith J.K., Jr.", "Doe A."]),
        ("Smith JK 3rd, Doe A", ["Smith JK 3rd", "Doe A"]),
        ("Smith, J., III, Doe, A.", ["Smith, J., III", "Doe, A."]),
        ("Smith, J. K., Doe, A., & Roe, B.", ["Smith, J. K.", "Doe, A.", "Roe, B."]),
        ("Smith J & Doe A", ["Smith J", "Doe A"]),
        ("J. Smith, A. van Doe", ["J. Smith", "A. van Doe"]),
        ("Jane Smith, Ann Doe and Bea Roe", ["Jane Smith", "Ann Doe", "Bea Roe"]),
        ("Jane K. Smith, Ann M. Doe", ["Jane K. Smith", "Ann M. Doe"]),
        ("Smith J, Doe A, et al.", ["Smith J", "Doe A"]),
        ("张三；李四", ["张三", "李四"]),
        ("张三，李四", ["张三", "李四"]),
        ("['Smith, J', 'Doe, A']", ["Smith, J", "Doe, A"]),
        ("van der Meer, Tom", ["van der Meer, Tom"]),
        ("García Márquez, Gabriel José", ["García Márquez, Gabriel José"]),
        ("Smith J, Doe A;", ["Smith J, Doe A"]),
    ],
)  # fmt: skip
def test_names_are_parted_however_they_are_listed(cell, names):
    assert authors_in(cell) == names


def test_names_that_semicolons_alone_part_are_not_parted_again_in_a_record():
    text = 'title,authors\nOne,"Smith J, Doe A, Roe B;"\nTwo,"Smith J, Doe A; Roe B, Poe C;"\n'

    assert [r.authors for r in read(text).records] == [
        ("Smith J, Doe A, Roe B",),
        ("Smith J, Doe A", "Roe B, Poe C"),
    ]


@pytest.mark.parametrize(
    ("header", "row", "names"),
    [
        ("Authors,Group Authors", "Smith J; Doe A,HIP Group", ("Smith J", "Doe A", "HIP Group")),
        ("Authors,Group Authors", ",HIP Group", ("HIP Group",)),
        ("Authors,Group Authors", "Smith J; HIP Group,HIP Group", ("Smith J", "HIP Group")),
        ("Group Authors,Authors,Book Group Authors", "A Group; B Group,Smith J,C Group",
         ("Smith J", "A Group", "B Group", "C Group")),
    ],
)  # fmt: skip
def test_groups_of_authors_stand_behind_the_persons(header, row, names):
    found = read(f"Title,{header}\nOne,{row}\n")

    assert not found.problems
    assert found.records[0].authors == names


def test_groups_of_authors_are_read_from_tables_of_web_of_science_too():
    [record] = read(
        "PT\tAU\tAF\tCA\tTI\tSO\tUT\nJ\tSmith, J\tSmith, Jane\tHIP Trial Group\tOne\tJ Hip\tWOS:1\n"
    ).records

    assert record.authors == ("Smith, Jane", "HIP Trial Group")


def test_a_table_on_its_side_is_read_record_by_record_below_its_query():
    text = (
        '"SEARCH QUERY","hip"\n-----\n\n"TITLE","One"\n"AUTHOR NAMES","A B.","C D."\n'
        '"EMTREE MEDICAL INDEX TERMS","adult","human"\n\n"TITLE","Two"\n"PUI","L2"\n'
    )
    found = read(text)

    assert [(r.title, r.authors, r.keywords, r.line) for r in found.records] == [
        ("One", ("A B.", "C D."), ("adult", "human"), 4),
        ("Two", (), (), 8),
    ]
    assert found.records[0].raw.count("\n") == 2


LYING = (
    '"TITLE","One"\n"ABSTRACT","A"\n"WHERE","J Hip"\n\n"TITLE","Two"\n"ABSTRACT","B"\n'
    '"SOURCE TITLE","J Knee"\n'
)


def test_a_table_on_its_side_is_mapped_by_the_names_of_its_rows():
    mapping = {"journal": "WHERE", "abstract": ""}
    workbook = new_workbook([line.replace('"', "").split(",") for line in LYING.split("\n")])
    web = LYING.replace('"', "").replace(",", "<td>").replace("\n", "<tr><td>")

    for data in (LYING.encode(), workbook, f"<table><tr><td>{web}</table>".encode()):
        found = read(data, mapping=mapping)
        assert [(r.title, r.journal, r.abstract) for r in found.records] == [
            ("One", "J Hip", ""),
            ("Two", "", ""),
        ]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [({"journal": "PLACE"}, "no column “PLACE”"), ({"place": "WHERE"}, "no field")],
)
def test_a_map_to_nowhere_in_a_table_on_its_side_is_refused(mapping, said):
    with pytest.raises(FileRefused, match=said):
        read(LYING, mapping=mapping)


def test_names_of_rows_without_latin_letters_are_told_apart():
    text = "TITLE,One\nABSTRACT,A\n杂志,J Hip\n\nTITLE,Two\nABSTRACT,B\n地址,Street\n"
    found = read(text, mapping={"journal": "杂志"})

    assert [r.journal for r in found.records] == ["J Hip", ""]


def test_a_map_finds_the_header_below_a_heading_that_looks_as_a_table_on_its_side():
    text = "Title,My search\nDate,2024\n\nNaam,Jaar\nHeup,2001\n"
    found = read(text, mapping={"title": "Naam", "year": "Jaar"})

    assert [(r.title, r.year) for r in found.records] == [("Heup", 2001)]


def test_the_head_of_a_table_on_its_side_shows_its_fields_as_columns():
    head = table_head(io.BytesIO(b'"TITLE","One"\n"PUI","L1"\n"TITLE","Two"\n"DOI","10.5/a"\n'))

    assert head.columns == ("TITLE", "PUI", "DOI")
    assert head.samples == (("One", "L1", ""), ("Two", "", "10.5/a"))


def test_an_old_workbook_is_read_from_its_visible_sheet_with_the_table():
    data = document(
        stream(
            {"notes": [["About"]], "old": [["title"], ["Hidden"]], "refs": [["My search"], [],
             ["title", "year", "volume"], ["Größe", 2001, 12.0], [], ["Two", 2002, 1.5]]},
            hidden={"old"},
        )
    )  # fmt: skip
    found = read(data)

    assert found.format == "xls"
    assert [(r.title, r.year, r.volume, r.line) for r in found.records] == [
        ("Größe", 2001, "12", 4),
        ("Two", 2002, "1.5", 6),
    ]
    assert [problem.line for problem in found.problems] == [1, 3]
    assert table_head(io.BytesIO(data)).columns == ("title", "year", "volume")


def test_nothing_that_a_workbook_gives_holds_a_nul_character():
    found = read(
        old_workbook(["title", "year", "notes"], ["O\0ne", 2001, "\0"], **{"more\0": [["Text"]]})
    )
    [record], [problem] = found.records, found.problems

    assert (record.title, record.raw) == ("One", "One,2001")
    assert "“more”" in problem.reason


OLD = old_workbook(["title", "year"], ["One", 2001])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLD[:1500], "damaged"),
        (OLD[:512] + b"\x07" * 9_000, "damaged"),
        (OLD.replace("Workbook".encode("utf-16-le"), "WordFile".encode("utf-16-le")), "no Excel"),
        (
            OLD.replace("Workbook".encode("utf-16-le"), "WordFile".encode("utf-16-le"))
            + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (old_workbook(), "no table"),
    ],
)
def test_an_old_file_that_is_no_sound_workbook_is_refused(data, said):
    with pytest.raises(FileRefused, match=said):
        read_file(data)


@pytest.mark.parametrize("seed", range(8))
def test_an_old_workbook_with_changed_bytes_is_read_or_refused_and_nothing_else(seed):
    chance = random.Random(seed)
    data = bytearray(OLD)
    for _ in range(chance.randint(1, 40)):
        data[chance.randrange(8, len(data))] = chance.randrange(256)
    with suppress(FileRefused):
        assert read(bytes(data)).format == "xls"


def test_an_old_workbook_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr("records.importers.xls.SECONDS", 0.001)

    with pytest.raises(FileRefused, match="more time"):
        read_file(OLD)


def test_an_old_workbook_that_takes_too_much_memory_ends_its_process_alone(monkeypatch, tmp_path):
    greedy = tmp_path / "greedy.py"
    greedy.write_text(
        "from records.importers import xls_process\n"
        "xls_process.limit()\n"
        "held = bytearray(10 * xls_process.MEMORY)\n"
    )
    monkeypatch.setattr("records.importers.xls.PROCESS", greedy)

    with pytest.raises(FileRefused, match="memory"):
        read_file(OLD)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><table><tr><td>Title</td></tr></table></html>", "web page"),
        (b"<table><tr><td>Title</td></tr></table>", "web page"),
    ],
)
def test_a_web_page_named_as_an_old_workbook_is_refused_by_what_it_is(data, said):
    with pytest.raises(FileRefused, match=said):
        read_file(data)


def test_a_text_table_named_as_an_old_workbook_is_read_as_what_it_is():
    assert read("Title\tYear\nOne\t2001\n".encode("utf-16")).format == "tsv"
