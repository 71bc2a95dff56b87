"""RIS: the tags that reference managers read, each value on a line of its own."""

import pytest

from reporting.definitions import Cell, Column, ReportDefinition, Row
from reporting.renderers.ris import pages_of, render_ris
from reporting.reports import REPORTS


def written(**texts) -> list[str]:
    cells = {name: Cell(text=text, value=text) for name, text in texts.items()}
    definition = ReportDefinition(
        slug="r",
        title="R",
        columns=(Column(key="title", heading="Title"),),
        rows=lambda _: iter([Row(key="1", cells=cells)]),
    )
    data = b"".join(render_ris(definition, None))
    assert data.endswith(b"ER  - \r\n\r\n")
    return data.decode().split("\r\n")


def test_an_entry_begins_with_its_type_and_ends_with_its_end():
    assert written(record_type="CONF", title="A") == ["TY  - CONF", "TI  - A", "ER  - ", "", ""]


def test_a_record_without_type_is_a_generic_one():
    assert written(title="A")[0] == "TY  - GEN"


def test_authors_and_keywords_have_a_line_each():
    lines = written(authors="Smith, A.\nDoe, B.", keywords="hip\npain")

    assert "AU  - Smith, A." in lines
    assert "AU  - Doe, B." in lines
    assert lines.index("KW  - hip") + 1 == lines.index("KW  - pain")


@pytest.mark.catalogue("E05")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_text_of_several_lines_is_folded_so_that_no_line_is_taken_for_a_tag(end):
    text = f"first{end}ER  - {end}TY  - JOUR"
    lines = written(title=text, abstract=text)

    assert {"TI  - first ER - TY - JOUR", "AB  - first ER - TY - JOUR"} <= set(lines)
    assert sum(line.startswith(("TY", "ER")) for line in lines) == 2


@pytest.mark.parametrize(
    ("pages", "parts"),
    [
        ("123-128", ("123", "128")),
        ("S12-S18", ("S12", "S18")),
        ("e1023", ("e1023",)),
        ("10-12, 14", ("10-12, 14",)),
        ("5-5", ("5-5",)),
        ("", ()),
    ],
)
def test_pages_are_parted_only_where_they_are_one_range(pages, parts):
    assert pages_of(pages) == parts


def test_notices_stand_where_they_are_read_again():
    lines = written(
        title="RETRACTED: A",
        notices=(
            "Retracted publication (said in the title)\nRetracted publication\n"
            "Retraction in: J Hips. 2020"
        ),
    )

    assert "M3  - Retracted publication" in lines
    assert "N1  - Retraction in: J Hips. 2020" in lines
    assert not any("said in the title" in line for line in lines)


def test_the_place_in_the_review_is_named():
    lines = written(record="12", source_name="Embase", file="search.ris", merged_behind="3")

    assert lines[1:5] == [
        "C1  - Record 12", "C3  - Embase", "C4  - search.ris", "C6  - Merged behind record 3",
    ]  # fmt: skip


def test_where_a_record_stands_is_named_with_the_reason():
    lines = written(title="A", standing="excluded at full text", exclusion_reason="No outcome")

    assert "C7  - Screening: excluded at full text (No outcome)" in lines
    assert not any(line.startswith("C7") for line in written(title="A", standing=""))


def test_only_records_are_written_as_ris():
    written_so = [slug for slug, report in REPORTS.items() if "ris" in report.formats]

    assert written_so == ["records", "decisions-long"]
    assert REPORTS["decisions-long"].entries is not None
