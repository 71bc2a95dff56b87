import re
from typing import Any

import pytest
from django.urls import reverse

from extraction.models import Element, Value
from extraction.schema import SHIPPED_FORMS, shipped_form
from extraction.services import (
    CellInput,
    link_report,
    save_cells,
    set_vocabulary,
    submit_extraction,
)
from extraction.services.elements import new_element
from extraction.vocabularies import Term
from reviews import audit
from tests.extraction.factories import SMALL_FORM, World, add, enter, fill, include, make_world
from tests.factories import make_records

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def shipped() -> World:
    """Return a study extracted with the form that ships."""
    return make_world(definition=None)


def url(world: World, name: str, copy=None, **keys) -> str:
    uid = (copy or world.a).uid
    return reverse(
        f"extraction:{name}", kwargs={"slug": world.lead.review.slug, "uid": uid, **keys}
    )


def save(client, world: World, element: Element | None = None, *, json=True, **texts):
    """Post answers by key as the page does."""
    prefix = element.uid.hex if element else "study"
    data = {f"{prefix}-{key.replace('__', '-')}": text for key, text in texts.items()}
    home = (element.across or element.parent or element) if element else None
    part = home.uid.hex if home else prefix
    data |= {"part": part, "changed": next(iter(data), "")}
    return client.post(url(world, "cell-save"), data, **(JSON if json else {}))


def stored(world: World) -> dict[str, str]:
    return dict(Value.objects.current().filter(extraction=world.a).values_list("key", "text"))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_cell_is_stored_and_the_answer_says_when(world, as_member):
    answer = save(as_member(world.first), world, design="Case series", design__page="3")
    body = answer.json()
    assert (answer.status_code, body["state"]) == (200, "saved")
    assert re.fullmatch(r"\d\d:\d\d", body["at"])
    assert body["seen"] == str(Value.objects.get().uid)
    assert Value.objects.get().page == "3"


def test_a_cell_that_does_not_fit_another_is_stored_with_the_reason(world, as_member):
    cohort = add(world.first, world.a, "cohort", label="All", patients="20")
    body = save(as_member(world.first), world, cohort, women="21").json()
    assert body["state"] == "saved"
    assert "Women (21)" in body["message"]
    assert body["progress"]["errors"] == 1
    assert body["findings"][f"{cohort.uid.hex}-women"] == [body["message"]]


def test_the_counters_of_every_part_come_with_each_answer(world, as_member):
    cohort = add(world.first, world.a, "cohort", label="All", patients="20")
    client = as_member(world.first)
    progress = save(client, world, cohort, women="21").json()["progress"]
    page = client.get(url(world, "extraction-edit")).content.decode()
    for part in ("study", cohort.uid.hex):
        for name in (f"of-{part}", f"found-{part}"):
            shown = re.search(rf'id="{name}">([^<]*)<', page)
            assert shown[1] == progress[name]
    assert progress[f"of-{cohort.uid.hex}"].startswith("3/")
    assert progress[f"found-{cohort.uid.hex}"] == "1"


@pytest.mark.catalogue("N02")
@pytest.mark.catalogue("N04")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,5", "Did you mean 1.5"),
        ("1.234,5", "Did you mean 1234.5"),
        ("5%", "Enter the number alone"),
        ("12 (3.4)", "two numbers, 12 and 3.4"),
        ("≥5", "at least 5"),
    ],
)
def test_a_doubtful_number_is_asked_about_and_nothing_is_stored(world, as_member, text, says):
    made = fill(world.first, world.a)
    answer = save(as_member(world.first), world, made["before"], mean=text)
    assert answer.status_code == 400
    assert answer.json()["state"] == "refused"
    assert says in answer.json()["message"]
    assert stored(world)["mean"] != text


@pytest.mark.catalogue("N04")
def test_a_qualifier_is_accepted_where_the_field_allows_it(world, as_member):
    made = fill(world.first, world.a)
    assert save(as_member(world.first), world, made["before"], p_value="≤0.05").status_code == 200
    value = Value.objects.current().get(element=made["before"], key="p_value")
    assert (value.qualifier, value.number) == ("≤", "0.05")


@pytest.mark.catalogue("N31")
@pytest.mark.parametrize("name", ["study-no_such", "study-women", "study-label"])
def test_a_question_the_form_does_not_ask_is_a_bad_request(world, as_member, name):
    answer = as_member(world.first).post(url(world, "cell-save"), {name: "4"}, **JSON)
    assert answer.status_code == 400
    assert not Value.objects.exists()


def test_a_cell_of_an_element_of_another_copy_is_not_found(world, as_member):
    theirs = add(world.second, world.b, "cohort", label="All")
    assert save(as_member(world.first), world, theirs, women="4").status_code == 404


def test_the_copy_of_another_is_not_found_by_anybody(world, as_member):
    for member in (world.second, world.lead, world.adjudicator):
        client = as_member(member)
        for name in ("extraction-edit", "extraction-submit"):
            assert client.get(url(world, name)).status_code == 404
        assert client.post(url(world, "cell-save"), {"study-design": "x"}).status_code == 404
    assert not Value.objects.exists()


def test_without_a_script_the_good_answers_are_stored_and_the_bad_one_is_kept(world, as_member):
    cohort = add(world.first, world.a, "cohort", label="All")
    client = as_member(world.first)

    page = save(client, world, cohort, json=False, label="Everybody", patients="1,5", women="9")

    html = page.content.decode()
    assert page.status_code == 400
    assert stored(world) == {"label": "Everybody", "women": "9"}
    assert 'value="1,5"' in html
    assert "Did you mean 1.5" in text_of(html)
    assert re.search(r'id="cell-[0-9a-f]{32}-patients".*?Did you mean 1.5', html, re.S)


def test_without_a_script_saving_leads_back_to_the_section(world, as_member):
    client = as_member(world.first)
    page = client.post(
        url(world, "cell-save"), {"study-design": "Series", "part": "study", "section": "design"}
    )
    assert page.status_code == 302
    assert page.url.endswith("?part=study#design")
    assert "Series</textarea>" in client.get(page.url).content.decode()


def test_without_a_script_a_whole_page_saved_unchanged_writes_nothing(shipped, as_member):
    client = as_member(shipped.first)
    cohort = add(shipped.first, shipped.a, "cohort", label="All", cohort_kind="arm")
    before = Value.objects.count()
    page = client.get(url(shipped, "extraction-edit"), {"part": cohort.uid.hex})
    data = fields(page.content.decode(), f"form-{cohort.uid.hex}")
    assert data[f"{cohort.uid.hex}-label"] == "All"
    answer = client.post(url(shipped, "cell-save"), data)
    assert answer.status_code == 302
    assert Value.objects.count() == before


def fields(html: str, form: str) -> dict[str, str]:
    """Return what a browser would send of one form, in its present state."""
    found = {}
    for tag in re.findall(rf'<input[^>]*form="{form}"[^>]*>', html):
        name = re.search(r'name="([^"]*)"', tag)[1]
        value = re.search(r'value="([^"]*)"', tag)
        found[name] = value[1] if value else ""
    for name, body in re.findall(
        rf'<textarea[^>]*name="([^"]*)"[^>]*form="{form}"[^>]*>(.*?)</textarea>', html, re.S
    ):
        found[name] = body.strip()
    for tag, body in re.findall(rf'<select([^>]*form="{form}"[^>]*)>(.*?)</select>', html, re.S):
        name = re.search(r'name="([^"]*)"', tag)[1]
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


@pytest.mark.catalogue("C09")
def test_another_window_is_told_what_was_stored_meanwhile(world, as_member):
    client = as_member(world.first)
    save(client, world, design="Case series", design__seen="")
    answer = save(client, world, design="Cohort study", design__seen="")
    assert answer.status_code == 409
    assert "“Case series”" in answer.json()["message"]
    again = save(client, world, design="Cohort study", design__seen=answer.json()["seen"])
    assert again.json()["state"] == "saved"
    assert Value.objects.count() == 2


@pytest.mark.catalogue("C11")
def test_an_answer_that_arrives_after_submission_is_refused(world, as_member):
    fill(world.first, world.a)
    client = as_member(world.first)
    assert client.post(url(world, "extraction-submit")).status_code == 302
    answer = save(client, world, design="Late")
    assert answer.status_code == 409
    assert stored(world)["design"] == "Case series"
    assert client.post(url(world, "extraction-submit")).status_code == 409


@pytest.mark.catalogue("N21")
def test_the_submit_page_leads_to_each_blank_and_wrong_field(world, as_member):
    cohort = add(world.first, world.a, "cohort", patients="4", units="9", women="5")
    html = as_member(world.first).get(url(world, "extraction-submit")).content.decode()
    assert "Study design is blank" in html
    assert f"?part={cohort.uid.hex}#id_{cohort.uid.hex}-label" in html
    assert html.count("state-error") == 2


@pytest.mark.catalogue("N33")
def test_a_reason_lets_an_error_stand_and_is_kept_on_the_page_when_another_lacks(world, as_member):
    fill(world.first, world.a, women="21")
    client = as_member(world.first)
    name = re.search(
        r'name="(reason-[0-9a-f]+)"', client.get(url(world, "extraction-submit")).content.decode()
    )[1]
    refused = client.post(url(world, "extraction-submit"), {name: "  "})
    assert refused.status_code == 409
    assert client.post(url(world, "extraction-submit"), {name: "as printed"}).status_code == 302
    assert "as printed" in world.a.states.current().get().note


def test_parts_are_added_removed_and_brought_back(world, as_member):
    client = as_member(world.first)
    page = client.post(url(world, "element-add"), {"group": "cohort"})
    cohort = Element.objects.get()
    assert page.url.endswith(f"?part={cohort.uid.hex}")
    enter(world.first, world.a, cohort, label="Everybody")

    client.post(url(world, "element-remove", element=cohort.uid))
    html = client.get(url(world, "extraction-edit")).content.decode()
    assert "Everybody" in html
    assert "Bring back" in html

    client.post(url(world, "element-restore", element=cohort.uid))
    assert client.get(url(world, "extraction-edit"), {"part": cohort.uid.hex}).status_code == 200


def test_a_result_is_added_to_the_grid_of_its_outcome(world, as_member):
    made = fill(world.first, world.a)
    client = as_member(world.first)
    data = {"group": "result", "across": made["outcome"].uid, "parent": made["cohort"].uid}
    client.post(url(world, "element-add"), data)
    html = client.get(
        url(world, "extraction-edit"), {"part": made["outcome"].uid.hex}
    ).content.decode()
    assert html.count('scope="col"') == 4


@pytest.mark.parametrize("group", ["result", "study", ""])
def test_what_cannot_be_added_is_said_and_nothing_changes(world, as_member, group):
    client = as_member(world.first)
    page = client.post(url(world, "element-add"), {"group": group}, follow=True)
    assert page.status_code == 200
    assert "message-error" in page.content.decode()
    assert not Element.objects.exists()


def test_the_library_fills_the_blank_fields_of_an_outcome_alone(shipped, as_member):
    outcome = add(shipped.first, shipped.a, "outcome", instrument="mhhs", range_max="90")
    client = as_member(shipped.first)
    html = client.get(url(shipped, "extraction-edit"), {"part": outcome.uid.hex}).content.decode()
    assert "The library says of this instrument" in html
    client.post(url(shipped, "element-fill", element=outcome.uid))
    values = dict(outcome.values.current().values_list("key", "text"))
    assert values["range_max"] == "90"
    assert values["range_min"] == "0"
    assert values["direction"] == "higher_better"


def test_missing_codes_are_offered_and_shown(world, as_member):
    cohort = add(world.first, world.a, "cohort", label="All", patients="nr", counts="uc")
    html = (
        as_member(world.first)
        .get(url(world, "extraction-edit"), {"part": cohort.uid.hex})
        .content.decode()
    )
    assert 'value="nr"' in html
    assert re.search(r'<option value="unclear" selected', html)


def test_an_unknown_part_and_an_unknown_address_are_not_found(world, as_member):
    client = as_member(world.first)
    assert client.get(url(world, "extraction-edit"), {"part": "x"}).status_code == 404
    assert (
        client.post(url(world, "element-add"), {"group": "result", "parent": "x"}).status_code
        == 404
    )


def test_what_was_typed_is_never_markup(world, as_member):
    evil = "<script>alert(1)</script>"
    cohort = add(world.first, world.a, "cohort", label=evil)
    html = (
        as_member(world.first)
        .get(url(world, "extraction-edit"), {"part": cohort.uid.hex})
        .content.decode()
    )
    assert evil not in html


def test_a_submitted_copy_is_shown_and_cannot_be_typed_into(world, as_member):
    fill(world.first, world.a)
    submit_extraction(extractor=world.first, extraction=world.a)
    html = as_member(world.first).get(url(world, "extraction-edit")).content.decode()
    assert "<fieldset disabled>" in html
    assert "data-autosave" not in html


def test_a_page_asks_the_database_the_same_few_times_however_much_is_in_the_copy(
    shipped, as_member, django_assert_num_queries
):
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    client = as_member(shipped.first)
    outcome = add(shipped.first, shipped.a, "outcome", instrument="mHHS")
    cohort = add(shipped.first, shipped.a, "cohort", label="All")
    add(shipped.first, shipped.a, "result", of=(cohort, outcome), n="1")
    address = url(shipped, "extraction-edit") + f"?part={outcome.uid.hex}"
    client.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    before = queries()
    with transaction.atomic():
        act = audit.begin_as(member=shipped.first, capability="read")
        for _ in range(20):
            new_element(act, shipped.a, "result", parent=cohort, across=outcome)
            new_element(act, shipped.a, "cohort")
        act.log("extraction.element_added")
    assert queries() == before


@pytest.fixture
def cohort(shipped) -> Element:
    return add(shipped.first, shipped.a, "cohort", label="All", patients_treated="20")


def parts_of(element: Element, key: str) -> dict[str, str]:
    """Return the answers in the parts of a summary statistic."""
    values = Value.objects.current().filter(element=element, key__startswith=f"{key}.").answered()
    return {name.partition(".")[2]: text for name, text in values.values_list("key", "text")}


def post(client, world: World, element: Element, *, json=True, **data):
    """Post controls of one element: ``__`` in a name stands for a hyphen, ``_of_`` for a point."""
    named = {name.replace("__", "-").replace("_of_", "."): text for name, text in data.items()}
    posted = {f"{element.uid.hex}-{name}": text for name, text in named.items()}
    posted |= {"part": element.uid.hex, "changed": next(iter(posted))}
    return client.post(url(world, "cell-save"), posted, **(JSON if json else {}))


AGE = {"age_of_centre": "mean", "age_of_value": "41.2", "age_of_spread": "sd"}


def test_a_summary_statistic_is_one_unit_with_one_source_and_one_version(
    shipped, cohort, as_member
):
    client = as_member(shipped.first)
    body = post(client, shipped, cohort, **AGE, age_of_spread_value="11", age__page="3").json()
    assert parts_of(cohort, "age") == {
        "centre": "mean",
        "value": "41.2",
        "spread": "sd",
        "spread_value": "11",
    }
    values = Value.objects.current().filter(element=cohort, key__startswith="age.")
    assert {value.page for value in values} == {"3"}
    assert body["seen"] == str(values.order_by("-recorded_at", "-pk")[0].uid)
    assert body["progress"][f"of-{cohort.uid.hex}"].startswith("3/")

    again = {**AGE, "age_of_spread_value": "12", "age__page": "3"}
    behind = post(client, shipped, cohort, **again, age__seen="")
    assert (behind.status_code, behind.json()["seen"]) == (409, body["seen"])
    assert behind.json()["message"].startswith("Another window stored “centre mean; value 41.2;")
    assert post(client, shipped, cohort, **again, age__seen=body["seen"]).status_code == 200
    assert parts_of(cohort, "age")["spread_value"] == "12"
    answered = client.get(url(shipped, "extraction-edit"), {"part": cohort.uid.hex})
    assert f'id="of-{cohort.uid.hex}">3/' in answered.content.decode()
    page = client.get(
        reverse("extraction:extraction-list", kwargs={"slug": shipped.lead.review.slug})
    )
    assert '<td class="num" data-label="Answers">3</td>' in page.content.decode()


def test_a_refused_part_stores_nothing_of_its_question_and_is_named(shipped, cohort, as_member):
    client = as_member(shipped.first)
    answer = post(client, shipped, cohort, **AGE, age_of_max="60,5")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Highest: ")
    assert answer.json()["controls"] == [f"{cohort.uid.hex}-age.max"]
    assert parts_of(cohort, "age") == {}


def test_without_a_script_a_refused_part_is_shown_and_other_questions_are_stored(
    shipped, cohort, as_member
):
    client = as_member(shipped.first)
    page = post(client, shipped, cohort, json=False, women="9", **AGE, age_of_max="60,5")
    html = page.content.decode()
    assert page.status_code == 400
    assert parts_of(cohort, "age") == {}
    assert Value.objects.current().get(element=cohort, key="women").text == "9"
    assert f'href="#cell-{cohort.uid.hex}-age"' in html
    for name, text in (("max", "60,5"), ("value", "41.2")):
        assert re.search(rf'name="{cohort.uid.hex}-age\.{name}"[^>]*value="{text}"', html) or (
            re.search(rf'value="{text}"[^>]*name="{cohort.uid.hex}-age\.{name}"', html)
        )


def test_what_does_not_fit_in_a_summary_stands_at_the_part_concerned(shipped, cohort, as_member):
    client = as_member(shipped.first)
    body = post(client, shipped, cohort, age_of_min="60", age_of_max="20").json()
    [said] = body["findings"][f"{cohort.uid.hex}-age.min"]
    assert body["message"] == said
    html = client.get(url(shipped, "extraction-edit"), {"part": cohort.uid.hex}).content.decode()
    assert re.search(rf'data-findings="{cohort.uid.hex}-age\.min"><li[^>]*>[^<]+', html)
    listed = client.get(url(shipped, "extraction-submit")).content.decode()
    assert f"#id_{cohort.uid.hex}-age.min" in listed
    assert f'id="id_{cohort.uid.hex}-age.min"' in html


def test_parts_that_were_read_in_different_places_keep_them_until_somebody_changes_that(
    shipped, cohort, as_member
):
    cells = [
        CellInput(key="age.centre", text="mean", element=cohort, page="2"),
        CellInput(key="age.value", text="41.2", element=cohort, page="2"),
        CellInput(key="age.spread", text="sd", element=cohort, page="2"),
        CellInput(
            key="age.spread_value",
            text="11.3",
            element=cohort,
            obtained="calculated",
            formula="2.4 × √22",
        ),
    ]
    save_cells(extractor=shipped.first, extraction=shipped.a, cells=cells)
    before = Value.objects.count()
    client = as_member(shipped.first)
    page = client.get(url(shipped, "extraction-edit"), {"part": cohort.uid.hex})
    data = fields(page.content.decode(), f"form-{cohort.uid.hex}")
    client.post(url(shipped, "cell-save"), data)
    assert Value.objects.count() == before

    client.post(url(shipped, "cell-save"), {**data, f"{cohort.uid.hex}-age-page": "5"})
    pages = Value.objects.current().filter(element=cohort, key__startswith="age.").answered()
    assert {value.page for value in pages} == {"5"}


def test_a_source_without_an_answer_is_kept_once(shipped, cohort, as_member):
    client = as_member(shipped.first)
    blank = {"age_of_centre": "", "age_of_value": "", "age__page": "4"}
    post(client, shipped, cohort, **blank)
    values = Value.objects.current().filter(element=cohort, key__startswith="age.")
    assert [value.page for value in values] == ["4"]
    html = client.get(url(shipped, "extraction-edit"), {"part": cohort.uid.hex}).content.decode()
    assert re.search(rf'name="{cohort.uid.hex}-age-page" value="4"', html)


def test_an_answer_names_its_report_where_the_study_has_several(shipped, as_member):
    client = as_member(shipped.first)
    assert "study-design-report" not in client.get(url(shipped, "extraction-edit")).content.decode()
    [record] = include(shipped.lead, make_records(shipped.lead, 1))
    report = link_report(lead=shipped.lead, study=shipped.study, record=record, kind="supplement")
    save(client, shipped, design="Series", design__report=str(report.uid))
    assert Value.objects.current().get(key="design").report == report
    html = client.get(url(shipped, "extraction-edit")).content.decode()
    assert f'<option value="{report.uid}" selected>Supplement' in html
    again = link_report(lead=shipped.lead, study=shipped.study, record=record, kind="erratum")
    html = client.get(url(shipped, "extraction-edit")).content.decode()
    assert f'<option value="{again.uid}" selected>Erratum' in html
    refused = save(client, shipped, design="Series", design__report=str(shipped.study.uid))
    assert "Choose a report of this study" in refused.json()["message"]


def test_what_belongs_to_a_cohort_is_added_removed_and_brought_back_on_its_page(
    shipped, cohort, as_member
):
    client = as_member(shipped.first)
    here = url(shipped, "extraction-edit") + f"?part={cohort.uid.hex}"
    page = client.post(url(shipped, "element-add"), {"group": "event", "parent": cohort.uid})
    event = Element.objects.get(group="event")
    assert page.url == f"{here}#panel-{event.uid.hex}"
    post(client, shipped, event, event_type="Sciatic neurapraxia", event_class="complication")
    html = client.get(here).content.decode()
    assert f'id="panel-{event.uid.hex}"' in html
    assert f'name="{event.uid.hex}-affected"' in html

    assert client.post(url(shipped, "element-remove", element=event.uid)).url == here
    html = client.get(here).content.decode()
    assert f'id="panel-{event.uid.hex}"' not in html
    assert "Sciatic neurapraxia" in html
    assert "Sciatic neurapraxia" not in client.get(url(shipped, "extraction-edit")).content.decode()

    page = client.post(url(shipped, "element-restore", element=event.uid))
    assert page.url == f"{here}#panel-{event.uid.hex}"
    assert f'id="panel-{event.uid.hex}"' in client.get(here).content.decode()


def test_what_belongs_to_what_belongs_to_a_part_is_shown_and_counted_there(
    shipped, cohort, as_member
):
    outcome = add(shipped.first, shipped.a, "outcome", instrument="mHHS")
    result = add(shipped.first, shipped.a, "result", of=(cohort, outcome), n="11")
    asked = add(shipped.first, shipped.a, "satisfaction", of=(cohort,), satisfied="9")
    client = as_member(shipped.first)
    for owner, part in ((result, outcome), (asked, cohort)):
        here = url(shipped, "extraction-edit") + f"?part={part.uid.hex}"
        page = client.post(url(shipped, "element-add"), {"group": "level", "parent": owner.uid})
        step = Element.objects.filter(group="level").latest("pk")
        assert page.url == f"{here}#panel-{step.uid.hex}"
        post(client, shipped, step, level_label="Excellent")
        html = client.get(here).content.decode()
        assert f'name="{step.uid.hex}-level_label"' in html
        assert f'id="of-{part.uid.hex}">{4 if part is cohort else 3}/' in html


def nested_form() -> dict[str, Any]:
    """Return a form with groups of a lead's own below, beside and across others."""
    own = [
        {"key": "scan", "name": "MRI scan", "plural": "MRI scans", "folded": True},
        {"key": "sign", "name": "Sign", "plural": "Signs", "of": ["scan"]},
        {"key": "grade", "name": "Grade", "plural": "Grades", "of": ["sign", "result"]},
        {"key": "verdict", "name": "Verdict", "plural": "Verdicts", "of": ["cohort"]},
        {"key": "look", "name": "Look", "plural": "Looks", "of": ["sign"], "across": "result"},
    ]
    own[3]["repeats"] = False
    sections = [{"key": f"about_{g['key']}", "title": "About", "group": g["key"]} for g in own]
    asked = [
        {
            "key": f"{g['key']}_size",
            "question": "Size",
            "group": g["key"],
            "section": f"about_{g['key']}",
            "type": "summary",
        }
        for g in own
    ]
    return {
        **SMALL_FORM,
        "groups": [*SMALL_FORM["groups"], *own],
        "sections": [*SMALL_FORM["sections"], *sections],
        "fields": [*SMALL_FORM["fields"], *asked],
    }


@pytest.mark.parametrize("slug", [*SHIPPED_FORMS, "nested"])
def test_every_group_of_a_form_can_be_added_from_some_page(slug, as_member):
    form = nested_form() if slug == "nested" else shipped_form(slug).as_data()
    world = make_world(definition=form)
    client, spec = as_member(world.first), world.form.spec
    address = url(world, "extraction-edit")

    def pages() -> dict[str, str]:
        tops = Element.objects.filter(parent=None).values_list("uid", flat=True)
        parts = ["study", *(uid.hex for uid in tops)]
        return {part: client.get(f"{address}?part={part}").content.decode() for part in parts}

    added, before = set(), None
    while added != before:
        before, shown = set(added), pages()
        for offer in re.findall(
            r'action="[^"]*/elements/">(.*?)</form>', "".join(shown.values()), re.S
        ):
            data = dict(re.findall(r'name="(group|across|parent)" value="([^"]*)"', offer))
            if chosen := re.search(r'name="parent">\s*<option value="([^"]*)"', offer):
                data["parent"] = chosen[1]
            if data["group"] not in added:
                added.add(data["group"])
                client.post(url(world, "element-add"), data)
    assert added == {group.key for group in spec.element_groups}
    for element in Element.objects.all():
        part = element
        while part.across or part.parent:
            part = part.across or part.parent
        for cell in spec.cells_of(element.group):
            assert f'name="{element.uid.hex}-{cell.key}"' in shown[part.uid.hex]


def test_a_vocabulary_is_offered_to_every_question_that_names_it(shipped, cohort, as_member):
    terms = [Term("Arthroscopic", ("endoscopic",))]
    set_vocabulary(lead=shipped.lead, name="categories", terms=terms)
    treatment = add(shipped.first, shipped.a, "intervention", intervention_label="One")
    event = add(shipped.first, shipped.a, "event", of=(cohort,), event_class="complication")
    client = as_member(shipped.first)

    def page(element: Element) -> str:
        return client.get(
            url(shipped, "extraction-edit"), {"part": element.uid.hex}
        ).content.decode()

    html = page(treatment)
    assert re.search(r'<datalist id="words-categories"><option value="Arthroscopic">', html)
    assert re.search(rf'<input[^>]*name="{treatment.uid.hex}-category"[^>]*list="words-cat', html)
    html = page(cohort)
    assert '<datalist id="words-severity">' in html
    assert re.search(
        rf'<input[^>]*name="{event.uid.hex}-severity_scheme"[^>]*list="words-sev', html
    )
