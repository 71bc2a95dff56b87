import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from extraction.models import CellResolution, Element, Extraction, Study, StudyDetails, Value
from extraction.services import (
    assign_all,
    confirm_alignment,
    finalise_study,
    propose_alignment,
    publish_form,
    resolve_cell,
    submit_extraction,
    take_agreed,
)
from tests.extraction.factories import (
    SMALL_FORM,
    World,
    add,
    enter,
    fill,
    include,
    make_studies,
    make_world,
    submit,
)
from tests.factories import make_member, make_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Return a study with two submitted copies that differ in two cells."""
    world = make_world()
    world.elements = fill(world.first, world.a)
    fill(world.second, world.b, women="17", mean_after="82.5")
    submit(world)
    return world


@pytest.fixture
def aligned(world: World) -> World:
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    return world


def url(member_or_world, name: str, uid=None, **keys) -> str:
    lead = getattr(member_or_world, "lead", member_or_world)
    if uid is None and hasattr(member_or_world, "study"):
        uid = member_or_world.study.uid
    kwargs = {"slug": lead.review.slug, **({"uid": uid} if uid else {}), **keys}
    return reverse(f"extraction:{name}", kwargs=kwargs)


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_lead_makes_studies_of_included_reports(lead, as_member):
    include(lead, make_records(lead, 2))
    client = as_member(lead)
    assert "2 included reports" in client.get(url(lead, "study-list")).content.decode()
    page = client.post(url(lead, "study-open"), follow=True)
    assert "2 studies created" in page.content.decode()
    assert Study.objects.count() == 2


def test_the_lead_publishes_the_form_that_ships_and_assigns_all(lead, as_member):
    people = [make_member(lead), make_member(lead)]
    make_studies(lead, 3)
    client = as_member(lead)
    client.post(url(lead, "form-publish"))
    assert "Study design" in client.get(url(lead, "form-list")).content.decode()
    again = client.post(url(lead, "form-publish"), follow=True)
    assert "nothing was changed" in again.content.decode()
    client.post(url(lead, "study-assign-all"), {"extractors": [p.uid for p in people]})
    assert Extraction.objects.count() == 6


def test_who_extracts_a_study_is_chosen_on_its_page(lead, reviewer_a, reviewer_b, as_member):
    publish_form(lead=lead, definition=SMALL_FORM)
    study = make_studies(lead)[0]
    client = as_member(lead)
    address = url(lead, "study-assign", study.uid)
    same = client.post(address, {"first": reviewer_a.uid, "second": reviewer_a.uid})
    assert same.status_code == 409
    assert "Choose two different people" in same.content.decode()
    client.post(address, {"first": reviewer_a.uid, "second": reviewer_b.uid})
    assert study.extractions.count() == 2


def test_a_study_is_renamed_on_its_page(lead, as_member):
    study = make_studies(lead)[0]
    client = as_member(lead)
    assert client.post(url(lead, "study-rename", study.uid), {"label": ""}).status_code == 409
    client.post(url(lead, "study-rename", study.uid), {"label": "Kim 2016", "note": "Invented"})
    assert StudyDetails.objects.current().get().label == "Kim 2016"


def test_a_report_is_added_to_a_study_on_its_page(lead, as_member):
    first, second = make_studies(lead, 2)
    record = second.reports.get().record
    address = url(lead, "study-link", first.uid)
    assert as_member(lead).post(address, {"record": "x", "kind": "article"}).status_code == 409
    as_member(lead).post(address, {"record": record.uid, "kind": "abstract"})
    assert first.reports.current().count() == 2


def test_a_reviewer_knows_their_own_studies_and_the_final_ones(aligned, as_member):
    other = make_studies(aligned.lead)[0]
    client = as_member(aligned.first)
    html = client.get(url(aligned.lead, "study-list")).content.decode()
    assert str(aligned.study.uid) in html
    assert str(other.uid) not in html
    assert client.get(url(aligned.lead, "study-detail", other.uid)).status_code == 404
    observer = as_member(make_member(aligned.lead, "observer"))
    assert observer.get(url(aligned, "study-detail")).status_code == 404


@pytest.mark.catalogue("B03")
@pytest.mark.catalogue("B08")
@pytest.mark.parametrize("name", ["study-list", "extraction-list", "study-detail"])
def test_pages_of_an_extractor_are_the_same_whatever_the_other_did(name, as_member):
    world = make_world()
    fill(world.first, world.a)
    client = as_member(world.first)
    address = url(world.lead, name) if name != "study-detail" else url(world, name)
    client.get(address)

    def look() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as captured:
            html = client.get(address).content.decode()
        return re.sub(r'value="[A-Za-z0-9]{64}"', "", html), len(captured)

    before = look()
    fill(world.second, world.b, women="1")
    assert look() == before
    submit_extraction(extractor=world.second, extraction=world.b)
    assert look() == before


def test_the_lead_sees_how_far_a_study_is_and_an_adjudicator_with_a_seat_does_not(as_member):
    world = make_world()
    fill(world.first, world.a)
    submit_extraction(extractor=world.first, extraction=world.a)
    words = "1 of 2 submitted"
    assert words in as_member(world.lead).get(url(world.lead, "study-list")).content.decode()
    study = make_studies(world.lead)[0]
    from extraction.services import assign_extractors

    assign_extractors(lead=world.lead, study=study, first=world.adjudicator, second=world.second)
    fill(world.second, study.extractions.get(seat="B"))
    submit_extraction(extractor=world.second, extraction=study.extractions.get(seat="B"))
    html = as_member(world.adjudicator).get(url(world.lead, "study-list")).content.decode()
    assert html.count(words) == 1


def test_two_extractions_are_aligned_on_a_page(world, as_member):
    client = as_member(world.adjudicator)
    page = client.get(url(world, "study-compare"))
    assert page.url == url(world, "study-align")
    client.post(url(world, "study-align"), {"act": "propose"})
    html = client.get(url(world, "study-align")).content.decode()
    assert html.count("Proposed") == 5
    cohort = world.elements["cohort"]
    client.post(url(world, "study-align"), {"act": "part", "element": cohort.uid})
    partner = Element.objects.get(extraction=world.b, group="cohort")
    client.post(
        url(world, "study-align"),
        {"act": "pair", "element": partner.uid, "partner": cohort.uid},
    )
    page = client.post(url(world, "study-align"), {"act": "confirm"})
    assert page.url == url(world, "study-compare")


@pytest.mark.parametrize(
    "data", [{"act": "pair", "element": "x"}, {"act": "part"}, {}, {"act": "confirm"}]
)
def test_a_wrong_pair_is_refused_in_words(world, as_member, data):
    page = as_member(world.adjudicator).post(url(world, "study-align"), data, follow=True)
    assert "message-error" in page.content.decode()


def test_who_extracted_a_study_is_sent_away_from_its_comparison(aligned, as_member):
    lead_who_extracts = make_world()
    client = as_member(aligned.first)
    for name in ("study-align", "study-compare", "study-finalise"):
        assert client.get(url(aligned, name)).status_code == 403
    from reviews.services import change_role

    change_role(lead=aligned.lead, member=aligned.first, role="adjudicator")
    for name in ("study-align", "study-compare", "study-finalise"):
        assert client.get(url(aligned, name)).url == url(aligned, "study-detail")
    client.post(url(aligned, "study-take-agreed"))
    assert not CellResolution.objects.exists()
    assert lead_who_extracts


def test_only_differences_are_shown_unless_all_are_asked_for(aligned, as_member):
    client = as_member(aligned.adjudicator)
    html = client.get(url(aligned, "study-compare")).content.decode()
    assert html.count('<tr id="row-') == 2
    assert "0</span> of" in html
    assert "Take all agreed (13)" in html
    assert "B − A = -1 (5.6 %)" in html
    everything = client.get(url(aligned, "study-compare") + "?all=1").content.decode()
    assert everything.count('<tr id="row-') == 15


def test_a_study_is_settled_and_made_final_by_plain_forms(aligned, as_member):
    client = as_member(aligned.adjudicator)
    client.post(url(aligned, "study-take-agreed"))
    rows = re.findall(
        r'name="key" value="(\w+)">\s*<input type="hidden" name="element" value="([^"]*)"',
        client.get(url(aligned, "study-compare")).content.decode(),
    )
    assert len(rows) == 2
    for key, element in rows:
        page = client.post(
            url(aligned, "cell-resolve"),
            {"key": key, "element": element, "choice": "A", "reason": "table 1"},
        )
        assert page.status_code == 302
    assert "2</span> of" in client.get(url(aligned, "study-compare")).content.decode()
    page = client.post(url(aligned, "study-finalise"))
    assert page.url == url(aligned, "study-detail")
    observer = as_member(make_member(aligned.lead, "observer"))
    html = observer.get(url(aligned, "study-detail")).content.decode()
    assert "All patients" in html
    assert "81.5" in html


def test_after_a_settlement_the_next_open_row_has_the_focus(aligned, as_member):
    """The address names its summary, which browsers give the focus, with and without a script."""
    client = as_member(aligned.adjudicator)
    page = client.get(url(aligned, "study-compare")).content.decode()
    first, second = re.findall(r'<summary id="(settle-[^"]+)"', page)
    rows = re.findall(
        r'name="key" value="(\w+)">\s*<input type="hidden" name="element" value="([^"]*)"', page
    )
    went = []
    for key, element in (rows[1], rows[0]):
        data = {"key": key, "element": element, "choice": "A", "reason": "table 1"}
        went.append(client.post(url(aligned, "cell-resolve"), data).url.partition("#")[2])
    data = {"key": rows[1][0], "element": rows[1][1], "act": "undo"}
    went.append(client.post(url(aligned, "cell-resolve"), data).url.partition("#")[2])
    assert went == [first, first, second]


def test_a_refused_settlement_keeps_what_was_typed_and_says_why(aligned, as_member):
    client = as_member(aligned.adjudicator)
    element = Element.objects.get(extraction__seat="consensus", group="cohort")
    data = {"key": "women", "element": element.uid, "choice": "other", "reason": "text says so"}
    page = client.post(url(aligned, "cell-resolve"), {**data, "text": "1,5"})
    html = page.content.decode()
    assert page.status_code == 409
    assert 'value="1,5"' in html
    assert 'value="text says so"' in html
    assert not CellResolution.objects.exists()


@pytest.mark.parametrize(
    ("typed", "stored"), [({}, True), ({"text": "9"}, False), ({"page": "12"}, False)]
)
def test_a_third_value_typed_while_another_is_ticked_is_asked_about(
    typed, stored, aligned, as_member
):
    """What stood in the field before the person came was not typed."""
    client = as_member(aligned.adjudicator)
    element = Element.objects.get(extraction__seat="consensus", group="cohort")
    data = {"key": "women", "element": element.uid, "choice": "A", "reason": "table 1"}
    answer = client.post(url(aligned, "cell-resolve"), {**data, "was": "8", "text": "8", **typed})
    assert CellResolution.objects.exists() is stored
    if not stored:
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "Women: A third value is typed, but “Take A” is ticked." in html
        assert all(f'value="{text}"' in html for text in typed.values())


def test_a_settlement_is_undone_by_a_button(aligned, as_member):
    client = as_member(aligned.adjudicator)
    element = Element.objects.get(extraction__seat="consensus", group="cohort")
    data = {"key": "women", "element": element.uid}
    client.post(url(aligned, "cell-resolve"), {**data, "choice": "B", "reason": "x"})
    client.post(url(aligned, "cell-resolve"), {**data, "act": "undo"})
    assert not CellResolution.objects.current().exists()


def test_a_part_only_one_listed_is_taken_or_left_out_at_once(as_member):
    world = make_world()
    fill(world.first, world.a)
    fill(world.second, world.b)
    add(world.second, world.b, "cohort", label="Revisions", patients="4", women="3")
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    client = as_member(world.adjudicator)
    html = client.get(url(world, "study-compare")).content.decode()
    assert "Only B lists this cohort" in html
    extra = Element.objects.get(extraction__seat="consensus", group="cohort", position=2)
    data = {"element": extra.uid}
    client.post(url(world, "part-leave"), {**data, "reason": "not eligible"})
    html = client.get(url(world, "study-compare")).content.decode()
    assert "left out: not eligible" in html
    client.post(url(world, "part-leave"), {**data, "act": "back"})
    refused = client.post(url(world, "cell-resolve"), {**data, "act": "part", "choice": "B"})
    [anchor] = re.findall(r'<a href="#(settle-[^"]*)">[^<]*Revisions', refused.content.decode())
    assert f'id="{anchor}"' in refused.content.decode()
    client.post(
        url(world, "cell-resolve"),
        {**data, "act": "part", "choice": "B", "reason": "table 4", "error_type": "omission"},
    )
    assert Value.objects.current().filter(element=extra, member=world.adjudicator).count() == 3


def test_the_lead_opens_a_final_study_and_a_copy_again(aligned, as_member):
    take_agreed(adjudicator=aligned.adjudicator, study=aligned.study)
    client = as_member(aligned.adjudicator)
    for key, group in (("women", "cohort"), ("mean", "result")):
        element = Element.objects.filter(extraction__seat="consensus", group=group).last()
        client.post(
            url(aligned, "cell-resolve"),
            {"key": key, "element": element.uid, "choice": "A", "reason": "x"},
        )
    finalise_study(adjudicator=aligned.adjudicator, study=aligned.study)
    lead = as_member(aligned.lead)
    reopen = url(aligned, "extraction-reopen", aligned.a.uid)
    assert lead.post(reopen, {"reason": "a slip"}).status_code == 409
    assert lead.post(url(aligned, "study-reopen"), {"reason": ""}).status_code == 409
    assert lead.post(url(aligned, "study-reopen"), {"reason": "erratum"}).status_code == 302
    assert lead.post(reopen, {"reason": "a slip"}).status_code == 302
    assert aligned.a.states.current().get().standing == "draft"


@pytest.mark.parametrize("name", ["study-list", "extraction-list", "adjudication-list"])
def test_lists_ask_the_database_the_same_few_times_for_300_studies(name, as_member):
    from reviews.services import change_role

    world = make_world()
    change_role(lead=world.lead, member=world.first, role="lead")
    make_studies(world.lead, 30)
    assign_all(lead=world.lead, extractors=[world.first, world.second])
    client = as_member(world.first)
    address = url(world.lead, name)
    client.get(address)
    few = queries(client, address)
    make_studies(world.lead, 270)
    assign_all(lead=world.lead, extractors=[world.first, world.second])
    assert queries(client, address) == few


def test_a_list_is_paged_by_signed_cursors(lead, as_member):
    make_studies(lead, 60)
    client = as_member(lead)
    html = client.get(url(lead, "study-list")).content.decode()
    after = re.search(r'href="\?after=([^"]+)"', html)[1]
    second = client.get(url(lead, "study-list") + f"?after={after}").content.decode()
    assert second.count("data-row") == 10
    assert client.get(url(lead, "study-list") + "?after=forged").status_code == 404


def test_the_comparison_asks_the_database_the_same_few_times_however_large_it_is(as_member):
    counts = []
    for cohorts in (1, 12):
        world = make_world()
        for member, copy in ((world.first, world.a), (world.second, world.b)):
            fill(member, copy)
            for number in range(cohorts):
                add(member, copy, "cohort", label=f"Group {number}", patients=str(number + 1))
        submit(world)
        propose_alignment(adjudicator=world.adjudicator, study=world.study)
        confirm_alignment(adjudicator=world.adjudicator, study=world.study)
        client = as_member(world.adjudicator)
        client.get(url(world, "study-compare"))
        counts.append(
            [
                queries(client, url(world, "study-compare") + "?all=1"),
                queries(client, url(world, "study-align")),
                queries(client, url(world, "study-finalise")),
            ]
        )
    assert counts[0] == counts[1]


@pytest.fixture
def in_parts() -> World:
    """Return an aligned study of the shipped form whose two copies differ in the age alone."""
    world = make_world(definition=None)
    for member, copy, age in ((world.first, world.a, "41.2"), (world.second, world.b, "42.1")):
        enter(member, copy, design="Case series", country="Peru")
        cohort = add(
            member,
            copy,
            "cohort",
            label="All patients",
            cohort_kind="whole_series",
            counts_towards_totals="yes",
            patients_treated="20",
            **{"age.centre": "mean", "age.value": age, "age.spread": "sd", "age.spread_value": "9"},
        )
        event = {"event_class": "complication", "event_type": "Neurapraxia", "event_count": "1"}
        add(member, copy, "event", of=(cohort,), **event)
        outcome = add(member, copy, "outcome", instrument="mHHS")
        result = add(member, copy, "result", of=(cohort, outcome), time_kind="baseline", n="19")
        add(member, copy, "level", of=(result,), level_label="Excellent", level_n="7")
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    world.elements["cohort"] = Element.objects.get(extraction__seat="consensus", group="cohort")
    return world


def final_age(world: World) -> dict[str, str]:
    values = Value.objects.current().filter(element=world.elements["cohort"])
    rows = values.filter(key__startswith="age.").answered()
    return {key.partition(".")[2]: text for key, text in rows.values_list("key", "text")}


def test_a_summary_statistic_is_one_row_with_a_control_for_each_part_of_a_third_value(
    in_parts, as_member
):
    client = as_member(in_parts.adjudicator)
    html = client.get(url(in_parts, "study-compare")).content.decode()
    assert html.count('<tr id="row-') == 1
    assert "Mean 41.2 years; SD 9" in html
    assert "Mean 42.1 years; SD 9" in html
    assert '<select class="form-select" name="part-age.centre">' in html

    key = {"key": "age", "element": in_parts.elements["cohort"].uid, "reason": "table 1"}
    third = {"choice": "other", "part-age.centre": "median", "part-age.value": "41,5"}
    refused = client.post(url(in_parts, "cell-resolve"), {**key, **third})
    assert refused.status_code == 409
    assert 'name="part-age.value" value="41,5"' in refused.content.decode()
    assert '<option value="median" selected>' in refused.content.decode()
    assert final_age(in_parts) == {}

    ticked = {**key, **third, "choice": "A", "was-age.value": "", "was-age.centre": ""}
    assert client.post(url(in_parts, "cell-resolve"), ticked).status_code == 409
    client.post(url(in_parts, "cell-resolve"), {**key, **third, "part-age.value": "41.5"})
    assert final_age(in_parts) == {"centre": "median", "value": "41.5"}


def test_parts_are_paired_group_by_group_under_the_words_of_the_form(in_parts, as_member):
    html = as_member(in_parts.adjudicator).get(url(in_parts, "study-align")).content.decode()
    headings = re.findall(r"<h2>([^<]*)</h2>", html)
    assert headings == ["Cohorts", "Outcomes", "Results", "Events", "Steps of a scale"]
    assert "Mean 41.2 years; SD 9" in html


def test_a_released_study_shows_everything_that_was_answered_below_what_it_belongs_to(
    in_parts, as_member
):
    take_agreed(adjudicator=in_parts.adjudicator, study=in_parts.study)
    resolve_cell(
        adjudicator=in_parts.adjudicator,
        study=in_parts.study,
        key="age",
        element=in_parts.elements["cohort"],
        choice="A",
        reason="table 1",
    )
    finalise_study(adjudicator=in_parts.adjudicator, study=in_parts.study)
    html = as_member(in_parts.lead).get(url(in_parts, "study-detail")).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    wanted = [
        "Study design Case series",
        "Peru",
        "Cohort: All patients",
        "Mean 41.2 years; SD 9",
        "Event: Complication: Neurapraxia",
        "Outcome: mHHS",
        "Results All patients",
        "n analysed 19",
        "Step of a scale: Excellent",
        "Number 7",
    ]
    places = [text.find(words) for words in wanted]
    assert -1 not in places
    assert places == sorted(places)
