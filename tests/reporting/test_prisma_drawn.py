"""The flow diagram as it is drawn: four variants, every number of the table, nothing overflows."""

import re
from html import unescape

import pytest
from django.urls import reverse

from reporting.figures.shapes import Path, Rect
from reporting.prisma import Flow, FlowCounts, identities
from reporting.prisma_figure.boxes import boxes
from reporting.prisma_figure.drawing import prisma_figure
from reporting.proof import flow_list, proof
from reporting.reports.prisma import PRISMA, beside, prisma_table
from reporting.snapshot import take_snapshot
from reviews.services import set_exclusion_reasons, update_settings
from screening.choices import Retrieval, Stage, Standing
from tests.reporting.factories import make_records, make_study, settle
from tests.reporting.prisma_drawn import out_of_place, texts, untrue, words_of
from tests.reporting.test_prisma import full_text, merge

FULL = Stage.FULL_TEXT
EARLIER = {"previous_studies": 12, "previous_reports": 15, "studies_seen_before": 1}
LONG = "Population: more than one in five of the hips had another operation before the index one"


def drawn(lead):
    return PRISMA.figure.draw(take_snapshot(lead.review), "")


def rows_of(lead):
    return list(prisma_table(take_snapshot(lead.review)).rows)


def a_flow(lead, *, others=False):
    """Make a flow with something in every box; returns the reasons for exclusion."""
    wrong, other = set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    pubmed = make_records(lead, 8, source="PubMed")
    register = make_records(lead, 2, source="Register", kind="register")
    cited = make_records(lead, 3, source="Citations", kind="citation") if others else []
    merge(lead, pubmed[0], register[0])
    settle(lead, pubmed[:5] + cited[:2])
    settle(lead, pubmed[5:6] + cited[2:], verdict=Standing.EXCLUDED)
    full_text(lead, pubmed[0], Retrieval.NOT_RETRIEVED, "no library holds it")
    settle(lead, pubmed[1:2] + cited[:1], FULL)
    settle(lead, [pubmed[2]], FULL, Standing.EXCLUDED, reason=other)
    settle(lead, [pubmed[3], *cited[1:2]], FULL, Standing.EXCLUDED, reason=wrong)
    make_study(lead, record=pubmed[1])
    return wrong, other


@pytest.mark.parametrize("others", [False, True], ids=["searches", "others"])
@pytest.mark.parametrize("update", [False, True], ids=["new", "update"])
def test_each_variant_has_its_boxes_and_every_number_of_the_table(lead, update, others):
    a_flow(lead, others=others)
    if update:
        update_settings(lead=lead, changes=EARLIER)

    figure = drawn(lead)

    assert list(out_of_place(figure)) == []
    assert list(untrue(figure, rows_of(lead))) == []
    said = texts(figure)
    assert ("Previous studies" in said) is update
    assert ("Studies in all" in said) is update
    assert ("New studies included" in said, "Studies included" in said) == (update, not update)
    assert ("Other methods" in said) is others
    assert ("from other methods" in said) is others
    for phase in ("Identification", "Screening", "Included"):
        [band] = [words for words in words_of(figure) if words.text == phase]
        assert band.turned
    for text in ("Records identified", "PubMed", "Register", "by machine", "Records screened"):
        assert text in said
    arrows = [shape for shape in figure.shapes if isinstance(shape, Path)]
    assert all(arrow.arrow for arrow in arrows)
    # Down the searches 4, beside them 4; others 3 and 3; an update 2 more.
    assert len(arrows) == 8 + 6 * others + 2 * update


def test_a_number_opens_the_records_that_it_counts(lead):
    a_flow(lead, others=True)
    rows = {row.key: row for row in rows_of(lead)}

    opening = {w.opens.row: w for w in words_of(drawn(lead)) if w.opens}

    assert len(opening) > 25
    for key, words in opening.items():
        cell = rows[key].cell("value")
        assert cell.records is not None or cell.studies, key
        behind = len(cell.studies) if cell.studies else cell.records.count()
        assert words.text in {f"{behind:,}", f"{behind:,} still open"}, key
        assert words.opens.name, key


def test_each_reason_and_each_source_has_a_row_that_opens_its_records(lead):
    wrong, other = a_flow(lead, others=True)

    found = {row.key: row.cell("value") for row in rows_of(lead)}

    numbers = {
        f"dbr_excluded:{wrong.key}": 1,
        f"dbr_excluded:{other.key}": 1,
        f"other_excluded:{wrong.key}": 1,
        f"excluded:{wrong.key}": 2,
        f"excluded:{other.key}": 1,
    }
    assert {key: found[key].value for key in numbers} == numbers
    assert {key: found[key].records.count() for key in numbers} == numbers
    of_sources = {k.split(":")[0]: c for k, c in found.items() if ":" in k and "excluded" not in k}
    assert {kind: cell.value for kind, cell in of_sources.items()} == {
        "database": 8, "register": 2, "citation": 3,
    }  # fmt: skip
    assert all(cell.records.count() == cell.value for cell in of_sources.values())


def test_a_reason_put_on_the_list_again_is_one_reason(lead):
    [old] = set_exclusion_reasons(lead=lead, labels=["Design"])
    first, second = make_records(lead, 2)
    settle(lead, [first, second])
    settle(lead, [first], FULL, Standing.EXCLUDED, reason=old)
    set_exclusion_reasons(lead=lead, labels=["Other"])
    _, new = set_exclusion_reasons(lead=lead, labels=["Other", "Design"])
    settle(lead, [second], FULL, Standing.EXCLUDED, reason=new)

    found = {row.key: row.cell("value") for row in rows_of(lead)}

    assert new.key != old.key
    assert found["dbr_excluded"].text == "Design, 2"
    assert found[f"dbr_excluded:{new.key}"].records.count() == 2


def test_twenty_sources_and_long_reasons_wrap_and_leave_no_box(lead):
    labels = [LONG, "Nichtberichterstattungsgrund" * 4, "短い理由" * 12]
    reasons = set_exclusion_reasons(lead=lead, labels=labels)
    for number in range(20):
        name = f"A database of a long name on a platform of a longer one, part {number}"
        records = make_records(lead, 1, source=name)
        settle(lead, records)
        settle(lead, records, FULL, Standing.EXCLUDED, reason=reasons[number % 3])
    make_records(lead, 1, source="Colleagues", kind="other")
    update_settings(lead=lead, changes=EARLIER)

    figure = drawn(lead)

    assert list(out_of_place(figure)) == []
    said = " ".join(texts(figure))
    assert LONG in said
    assert all(f"part {number}" in said for number in range(20))
    assert all(label in said.replace(" ", "") for label in labels[1:])


def test_a_box_that_is_too_small_is_found_by_the_test_of_boxes(lead):
    a_flow(lead)
    figure = drawn(lead)
    box = next(s for s in figure.shapes if isinstance(s, Rect) and s.fill == "accent-soft")
    place = list(figure.shapes).index(box)

    smaller = Rect(x=box.x, y=box.y, width=40, height=20, fill=box.fill, stroke=box.stroke)
    shapes = [*figure.shapes[:place], smaller, *figure.shapes[place + 1 :]]
    broken = type(figure)(
        title="", description="", width=figure.width, height=figure.height, shapes=shapes
    )

    assert any("Studies included" in said for said in out_of_place(broken))


def test_work_that_is_open_is_named_in_its_box_in_words_that_open_it(lead):
    a_flow(lead)
    pending = [words for words in words_of(drawn(lead)) if words.fill == "unsure"]

    # Of 9 papers 6 are screened; of 5 reports sought 1 is not there and 3 are assessed.
    assert [(w.text, w.opens.row) for w in pending] == [
        ("3 still open", "records_still_in_screening"),
        ("1 still open", "dbr_not_yet_assessed"),
    ]
    settle(lead, make_records(lead, 1), FULL)
    assert "1 still open" in texts(drawn(lead))


def test_the_description_tells_the_whole_flow_in_sentences(lead):
    a_flow(lead, others=True)
    update_settings(lead=lead, changes={**EARLIER, "previous_studies_out": 2})

    told = drawn(lead).description

    for sentence in (
        "Previous studies: 12 studies were included before (excluded now 2); their reports 15.",
        "10 records were identified; databases 8 (PubMed 8); registers 2 (Register 2).",
        "Removed before screening: duplicates 1 (by machine 1)",
        "6 records were screened; 3 still open. 1 record was excluded.",
        "5 reports were sought. 1 report was not retrieved.",
        "3 reports were assessed; 1 still open.",
        "2 reports were excluded (Wrong population 1, Wrong design 1).",
        "Other methods: 3 records were identified (citations 3).",
        "1 new study was included (from databases 1, from other methods 0)",
        "10 studies are in the review in all (of these, in both 1)",
    ):
        assert sentence in told


def test_large_numbers_have_separators_in_the_drawing_only(lead):
    settle(lead, make_records(lead, 1_002))

    assert texts(drawn(lead)).count("1,002") == 5
    assert "1,002 records were screened." in drawn(lead).description
    printed = {row.key: row.cell("value").text for row in rows_of(lead)}
    assert printed["records_screened"] == "1002"


def test_a_review_without_public_counts_says_so_once_and_draws_no_number_before(lead):
    a_flow(lead, others=True)
    notice = "not available: the counts of the paper are not public"
    update_settings(lead=lead, changes={"identification_note": notice})

    figure = drawn(lead)

    assert list(out_of_place(figure)) == []
    said = texts(figure)
    assert " ".join(said).count(notice) == 1
    assert "Other methods" not in said
    assert [w.text for w in words_of(figure) if w.opens] == ["1", "2", "1 still open"]
    assert figure.description.startswith(f"Before inclusion: {notice}. 1 study was included")


def test_the_list_for_narrow_pages_has_every_number_of_the_drawing(lead):
    a_flow(lead, others=True)
    rows = rows_of(lead)

    entries = flow_list(boxes(rows))

    listed = [e for entry in entries for e in (entry, *entry.parts)]
    drawn_rows = [w.opens.row for w in words_of(prisma_figure(rows)) if w.opens]
    assert sorted(e.row for e in listed if e.row) == sorted(drawn_rows)
    [found] = [entry for entry in entries if entry.text == "Databases"]
    assert [(part.text, part.number) for part in found.parts] == [("PubMed", "8")]


def test_beside_it_stand_the_sums_and_the_reasons(lead):
    wrong, other = a_flow(lead, others=True)

    made = beside(take_snapshot(lead.review))

    checks = {check.sum: (check.sign, check.word, check.row) for check in made["checks"]}
    assert checks["10 − 1 − 3 still in screening = 6 screened"] == (
        "○", "3 still open", "records_still_in_screening",
    )  # fmt: skip
    assert checks["6 − 1 = 5 sought"] == ("✓", "holds", "")
    assert checks["3 − 1 = 2 sought, other methods"] == ("✓", "holds", "")
    assert checks["1 + 1 = 2 excluded"] == ("✓", "holds", "")
    assert checks["1 excluded ≤ 6 screened"] == ("✓", "holds", "")
    pending = "3 still in screening, 1 not yet assessed, 1 not yet put to a study"
    assert checks[pending] == ("○", "still open", "")
    assert [(r.label, r.reports, r.row, r.share) for r in made["reasons"]] == [
        ("Wrong population", 2, f"excluded:{wrong.key}", 100.0),
        ("Wrong design", 1, f"excluded:{other.key}", 50.0),
    ]
    assert made["excluded"] == 3


def test_a_sum_that_does_not_hold_names_what_is_unexplained(lead):
    counts = FlowCounts(found={1: 9}, duplicates=2, screened=6, excluded=6)
    broken = identities(Flow(databases=counts, others=FlowCounts()))

    made = proof(rows_of(lead), broken)["checks"]

    [check] = [check for check in made if check.state == "broken"]
    assert (check.sign, check.sum, check.word) == (
        "✕", "9 − 2 = 6 screened", "does not hold, -1 unexplained",
    )  # fmt: skip


def test_the_page_shows_drawing_list_sums_and_reasons_with_links_that_open(lead, as_member):
    a_flow(lead, others=True)
    client = as_member(lead)

    page = client.get(reverse("reporting:report-detail", args=[lead.review.slug, "prisma"]))

    body = page.content.decode()
    for words in ("<svg", "flow-list", "Do the sums hold?", "Excluded at full text, 3 reports"):
        assert words in body
    assert "style=" not in body
    links = set(re.findall(r'href="([^"]+/cells/[^"]+)"', body))
    assert len(links) > 30
    for link in sorted(links):
        assert client.get(unescape(link)).status_code == 200, link
