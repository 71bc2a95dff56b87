"""The figure of the flow on the overview: the numbers of the flow diagram, and nothing else."""

import re

import pytest

from extraction.services import submit_extraction
from records.choices import SourceKind
from reporting.figures.overview import Said, Standing, Station, Studies, flow_figure
from reporting.figures.shapes import Rect, Words
from reporting.overview import Both, figure, flow_numbers, stations
from reporting.reports.prisma import prisma_table
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from reviews.services import set_exclusion_reasons, update_settings
from screening.choices import Retrieval, Stage, Verdict
from screening.choices import Standing as Settled
from screening.services import release_records
from tests.factories import make_member
from tests.pages import address, count_queries
from tests.reporting.factories import make_records, make_study, settle
from tests.reporting.test_prisma import full_text, merge
from tests.test_non_interference import b_extracts, b_votes
from tests.world import make_world

pytestmark = pytest.mark.django_db
TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
INCLUDED, EXCLUDED = Settled.INCLUDED, Settled.EXCLUDED
LINK = re.compile(r'<a href="([^"]+)"')


def printed(lead: Membership) -> dict[str, int]:
    """Return the numbers of the flow diagram by field."""
    rows = prisma_table(take_snapshot(lead.review)).rows
    values = {row.key: row.cell("value").value for row in rows}
    return {key: value for key, value in values.items() if isinstance(value, int)}


def drawing(member: Membership) -> str:
    part = figure(member)
    assert part is not None
    return part.context["drawing"]


def everywhere(lead: Membership) -> None:
    """Put records of a database and of a website at every place of the flow."""
    db = make_records(lead, 10)
    web = make_records(lead, 6, source="Pages", kind=SourceKind.WEBSITE)
    merge(lead, db[0], db[1])
    merge(lead, web[0], db[2])
    settle(lead, [*db[4:9], *web[:4]], TITLES, INCLUDED)
    settle(lead, [db[0], web[4]], TITLES, EXCLUDED)
    for record in (db[4], web[1]):
        full_text(lead, record, Retrieval.NOT_RETRIEVED, "Not in any library")
    if not lead.review.exclusion_reasons().exists():
        set_exclusion_reasons(lead=lead, labels=["Design"])
    reason = lead.review.exclusion_reasons().get()
    settle(lead, [db[5], web[2]], FULL, EXCLUDED, reason=reason)
    settle(lead, [db[6], web[3]], FULL, INCLUDED)
    make_study(lead, record=db[6])


def test_every_number_of_the_figure_is_that_of_the_flow_diagram(lead):
    everywhere(lead)

    fields, numbers = printed(lead), flow_numbers(take_snapshot(lead.review))

    for one, first, second in (
        ("found", "records_identified", "other_records_identified"),
        ("waiting", "records_still_in_screening", "other_still_in_screening"),
        ("excluded", "records_excluded", "other_records_excluded"),
        ("sought", "dbr_sought_reports", "other_sought_reports"),
        ("not_retrieved", "dbr_notretrieved_reports", "other_notretrieved_reports"),
        ("awaiting", "dbr_not_yet_assessed", "other_not_yet_assessed"),
        ("excluded_reports", "dbr_excluded_reports", "other_excluded_reports"),
    ):
        assert getattr(numbers, one).numbers == (fields[first], fields[second]), one
        assert getattr(numbers, one).total > 0, one
    removed = fields["duplicates"] + fields["other_already_found"]
    assert numbers.duplicates.total == removed - fields["kept_from_other_methods"] == 2
    assert numbers.screened.numbers[0] == fields["records_screened"] > 0
    assert (numbers.included, numbers.studies, numbers.final) == (2, 1, 1)
    assert fields["new_reports"] == 2
    assert fields["new_studies"] == 1


def test_what_arrives_at_a_station_is_what_the_one_before_lets_go_on(lead):
    everywhere(lead)

    found = stations(flow_numbers(take_snapshot(lead.review)))

    labels = [station.label for station in found]
    assert labels == ["Identified", "Screened", "Full text", "Included"]
    arrived = [station.arrived for station in found]
    assert [station.goes_on for station in found[:-1]] == arrived[1:]
    assert arrived == [16, 14, 9, 2]


def test_a_number_opens_its_own_cell_and_one_of_two_columns_the_diagram(client, lead):
    first = make_records(lead, 3)
    settle(lead, first[:1], TITLES, EXCLUDED)
    client.force_login(lead.user)
    at = address(lead, "results", "prisma")

    links = LINK.findall(drawing(lead))

    assert f"{at}cells/records_identified/value/" in links
    assert f"{at}cells/records_excluded/value/" in links
    assert [client.get(link).status_code for link in links] == [200] * len(links)
    make_records(lead, 2, source="Pages", kind=SourceKind.WEBSITE)
    assert at in LINK.findall(drawing(lead))


def test_what_is_not_released_is_still_in_screening(lead):
    settle(lead, make_records(lead, 4)[:3], TITLES, EXCLUDED, released=False)

    numbers = flow_numbers(take_snapshot(lead.review))

    assert (numbers.screened.total, numbers.waiting.total, numbers.excluded.total) == (0, 4, 0)


def test_where_the_numbers_before_inclusion_are_not_public_none_is_drawn(lead):
    notice = "not available: the counts are not public"
    update_settings(lead=lead, changes={"identification_note": notice})
    everywhere(lead)

    said = drawing(lead)

    assert notice in said
    assert "Included" in said
    for label in ("Identified", "Screened", "Full text", "duplicates", "excluded"):
        assert label not in said


def test_a_review_without_a_record_has_no_figure(lead):
    assert figure(lead) is None


def test_studies_are_told_by_own_copies_and_by_what_is_final():
    world = make_world()
    before = drawing(world.a)

    b_votes(Verdict.EXCLUDE)(world)
    b_extracts(world)
    submit_extraction(extractor=world.b, extraction=world.copies["1B"])

    assert drawing(world.a) == before
    assert "1 of 2" in before
    assert drawing(world.observer) == drawing(world.adjudicator)
    submit_extraction(extractor=world.a, extraction=world.copies["1A"])
    assert "2 of 2" in drawing(world.a)
    # What is released is for all of them to see.
    release_records(lead=world.lead, stage=TITLES)
    assert drawing(world.observer) != before


def test_the_figure_takes_the_same_queries_however_much_there_is(lead, django_assert_num_queries):
    everywhere(lead)
    with django_assert_num_queries(10):
        figure(lead)

    everywhere(lead)
    with django_assert_num_queries(10):
        figure(lead)


def test_the_page_takes_the_same_queries_however_many_people_and_records(client, lead):
    client.force_login(lead.user)
    everywhere(lead)
    make_member(lead)
    few = count_queries(client, address(lead))

    everywhere(lead)
    for number in range(30):
        make_member(lead, full_name=f"Person {number}")

    assert count_queries(client, address(lead)) == few


def test_heights_follow_the_square_root():
    drawn = flow_figure(
        Standing(
            stations=[
                Station(label="Identified", number=10_000, arrived=10_000),
                Station(label="Screened", number=2_500, arrived=2_500),
                Station(label="Full text", number=100, arrived=100),
                Station(label="Included", number=1, arrived=1),
            ]
        )
    )

    bars = [s for s in drawn.shapes if isinstance(s, Rect) and s.fill == "accent"]
    assert [bar.height for bar in bars] == [125, 62.5, 12.5, 1.5]


def test_what_is_lost_and_what_is_open_is_said_in_words_beside_the_drawing():
    drawn = flow_figure(
        Standing(
            stations=[
                Station(
                    label="Full text",
                    number=12,
                    arrived=12,
                    remarks=[Said(number=3, words="not yet assessed")],
                    lost=[
                        Said(number=4, words="excluded", lost=True),
                        Said(number=2, words="not retrieved", lost=True),
                    ],
                    still_open=3,
                ),
                Station(label="Included", number=3, arrived=3),
            ]
        )
    )

    words = [shape.text for shape in drawn.shapes if isinstance(shape, Words)]
    for text in ("12", "3 not yet assessed", "−\u00a04", "excluded", "−\u00a02", "not retrieved"):
        assert text in words
    assert "Full text: 12, 3 not yet assessed, −\u00a04 excluded" in drawn.description


@pytest.mark.parametrize(("total", "squares"), [(7, 7), (60, 60), (300, 300), (100_000, 0)])
def test_a_square_is_a_study_until_there_are_too_many(total, squares):
    group = Studies(label="Final", words="settled", done=total // 2, total=total)
    included = Station(label="Included", number=total, arrived=total)

    drawn = flow_figure(Standing(stations=[included], studies=[group]))

    rects = [shape for shape in drawn.shapes if isinstance(shape, Rect) and shape.radius]
    of_studies = [rect for rect in rects if rect.width == rect.height]
    assert len(of_studies) == squares
    assert all(shape.x + shape.width <= drawn.width for shape in rects)
    assert max(shape.y + shape.height for shape in rects) < drawn.height
    words = [shape.text for shape in drawn.shapes if isinstance(shape, Words)]
    assert ("a square is a study" in words) is bool(squares)


def test_a_number_of_no_column_opens_nothing():
    assert Both(numbers=(0, 0), fields=("a", "b")).opens("nothing") is None
