import re

import pytest
from django.urls import reverse

from extraction.models import Element, Value
from extraction.services import submit_extraction
from extraction.services.elements import new_element
from reviews import audit
from tests.extraction.factories import World, add, enter, fill, make_world

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
