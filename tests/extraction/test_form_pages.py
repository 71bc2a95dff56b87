"""The pages on which a lead publishes forms, makes them, and keeps the words they are read by."""

import json
import re

import pytest
from django.urls import reverse

from extraction.building import Builder, starts_of
from extraction.models import Form, FormVersion, VocabularyTerms
from extraction.querysets.vocabularies import vocabularies_of
from extraction.schema import SHIPPED_FORMS, load_form, meanings, shipped_form
from extraction.services import publish_form, set_vocabulary
from extraction.vocabularies import Term
from reviews.models import AuditEvent
from tests.extraction.factories import SMALL_FORM, enter, fill, make_world
from tests.pages import count_queries

pytestmark = pytest.mark.django_db


def url(member, name: str) -> str:
    return reverse(f"extraction:{name}", kwargs={"slug": member.review.slug})


def text_of(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.replace("&quot;", '"').split())


def sent(builder: Builder) -> dict:
    """Return what the page of a builder would send unchanged."""
    data = {
        "start": builder.start.value,
        "follows": str(builder.follows),
        "pick": [tick.value for g in builder.library for _, ticks in g.sections for tick in ticks
                 if tick.ticked],
        "keep": [tick.value for tick in builder.own if tick.ticked],
    }  # fmt: skip
    if builder.is_new:
        data |= {name: builder.title_form.initial.get(name, "") for name in ("title", "slug")}
    return data


def page_of(member, start: str) -> dict:
    """Return what the page would send that starts from ``start``."""
    found = next(one for one in starts_of(member.review) if one.value == start)
    return sent(Builder(found, member.review.settings.unit_plural))


def hidden(answer) -> dict:
    """Return what a preview carries on."""
    found: dict = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode()
    ):
        found.setdefault(name, []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return found


MIGRAINE = {
    "title": "Drugs against migraine",
    "slug": "",
    "pick": [
        "study:design", "cohort:label", "cohort:kind", "cohort:counts", "cohort:patients.treated",
        "cohort:age", "intervention:label", "intervention:category", "intervention:cohorts",
        "outcome:label", "outcome:instrument", "result:time.kind", "result:n", "result:estimate",
        "event:class", "event:events", "event:affected", "event:of", "event:of.unit",
    ],
    "groups": ["1"],
    "g1-name": "Headache diary",
    "g1-of": "cohort",
    "questions": ["1", "2", "3"],
    "q1-question": "Definition of response",
    "q1-group": "outcome",
    "q1-type": "text",
    "q2-question": "Days with migraine a month",
    "q2-group": "new-1",
    "q2-type": "summary",
    "q2-unit": "days",
    "q3-question": "Kind of diary",
    "q3-group": "new-1",
    "q3-type": "choice",
    "q3-choices": "Paper\nTelephone",
}  # fmt: skip


def test_a_migraine_drug_form_is_made_on_the_page(lead, as_member):
    client, build = as_member(lead), url(lead, "form-build")
    data = page_of(lead, "empty") | MIGRAINE
    shown = client.post(build, data | {"act": "preview"})
    assert shown.status_code == 200
    assert not FormVersion.objects.exists()
    text = text_of(shown)
    for words in ("Days with migraine a month", "Headache diary", "of a cohort", "is no standard"):
        assert words in text
    assert hidden(shown)["pick"] == MIGRAINE["pick"]

    done = client.post(build, hidden(shown) | {"act": "publish"}, follow=True)

    form = FormVersion.objects.get().spec
    assert "Drugs against migraine version 1 is published" in text_of(done)
    assert (form.slug, form.title) == ("drugs-against-migraine", "Drugs against migraine")
    assert form.group("headache_diary").of == ("cohort",)
    days = form.field("days_with_migraine_a_month")
    assert (days.type, days.unit, days.means) == ("summary", "days", "")
    assert [choice.label for choice in form.field("kind_of_diary").choices] == [
        "Paper",
        "Telephone",
    ]
    assert form.meaning("result", "estimate")
    assert form.group("result").across == "outcome"
    event = AuditEvent.objects.filter(review=lead.review).latest("position")
    assert event.verb == "extraction.form_published"


def test_everything_is_kept_when_the_form_is_to_be_changed(lead, as_member):
    client, build = as_member(lead), url(lead, "form-build")
    shown = client.post(build, page_of(lead, "empty") | MIGRAINE | {"act": "preview"})
    html = client.post(build, hidden(shown) | {"act": "change"}).content.decode()
    assert 'value="Drugs against migraine"' in html
    assert len(re.findall(r'name="pick"[^>]*checked', html)) == len(MIGRAINE["pick"])
    assert 'value="Days with migraine a month"' in html
    assert "Paper\nTelephone</textarea>" in html
    assert '<option value="new-1" selected>Headache diary (own group 1)</option>' in html


def test_rows_are_added_and_taken_out_and_the_others_keep_what_was_typed(lead, as_member):
    client, build = as_member(lead), url(lead, "form-build")
    data = page_of(lead, "empty") | MIGRAINE
    added = client.post(build, data | {"act": "add-question"})
    html = added.content.decode()
    assert added.status_code == 200
    assert 'name="q4-question"' in html
    assert "alert-danger" not in html
    html = client.post(build, data | {"act": "drop-question-2"}).content.decode()
    assert 'name="q2-question"' not in html
    assert 'value="Kind of diary"' in html
    html = client.post(build, data | {"act": "add-group"}).content.decode()
    assert 'name="g2-name"' in html
    assert not FormVersion.objects.exists()


@pytest.mark.parametrize("start", ["orthopaedic-case-series", "form:small"])
def test_the_next_version_keeps_what_is_not_unticked(lead, as_member, start):
    publish_form(lead=lead, definition=SMALL_FORM)
    publish_form(lead=lead)
    value = start if start.startswith("form:") else f"form:{start}"
    data = page_of(lead, value)
    before = next(s.base for s in starts_of(lead.review) if s.value == value)
    same = as_member(lead).post(url(lead, "form-build"), data | {"act": "preview"})
    assert "there is nothing to publish" in text_of(same)
    data["pick"] = [value for value in data["pick"] if value != "cohort:women"]
    data["pick"].append("activity:kind")
    as_member(lead).post(url(lead, "form-build"), data | {"act": "publish"})
    latest = FormVersion.objects.order_by("recorded_at").last()
    assert latest.number == 2
    assert latest.spec.meaning("cohort", "women") is None
    assert latest.spec.meaning("activity", "kind")
    kept = [spec for spec in before.fields if spec.means != "women"]
    assert all(latest.spec.field(spec.key) == spec for spec in kept)


def test_own_questions_of_the_form_in_force_can_be_unticked(lead, as_member):
    publish_form(lead=lead, definition=SMALL_FORM)
    data = page_of(lead, "form:small")
    assert data["keep"] == ["mean", "p_value"]
    as_member(lead).post(url(lead, "form-build"), data | {"keep": ["mean"], "act": "publish"})
    assert "p_value" not in FormVersion.objects.get(number=2).spec.by_key


def test_what_would_orphan_an_answer_is_said_before_and_refused_after(as_member):
    world = make_world()
    fill(world.first, world.a)
    client, build = as_member(world.lead), url(world.lead, "form-build")
    data = page_of(world.lead, "form:small")
    data["pick"] = [value for value in data["pick"] if value != "cohort:women"]
    shown = client.post(build, data | {"act": "preview"})
    assert "“Women” is not asked any more" in text_of(shown)
    assert 'value="publish"' not in shown.content.decode()
    refused = client.post(build, data | {"act": "publish"})
    assert refused.status_code == 409
    assert "“Women” is not asked any more" in text_of(refused)
    assert FormVersion.objects.count() == 1


def test_a_version_published_meanwhile_stops_the_one_made_from_the_older(lead, as_member):
    publish_form(lead=lead, definition=SMALL_FORM)
    data = page_of(lead, "form:small") | {"keep": ["mean"], "act": "publish"}
    publish_form(lead=lead, definition={**SMALL_FORM, "title": "Theirs"})
    refused = as_member(lead).post(url(lead, "form-build"), data)
    assert refused.status_code == 409
    assert "published meanwhile" in text_of(refused)
    assert FormVersion.objects.count() == 2


def test_a_short_name_that_is_taken_is_said_beside_it(lead, as_member):
    publish_form(lead=lead, definition=SMALL_FORM)
    data = page_of(lead, "empty") | MIGRAINE | {"slug": "small", "act": "publish"}
    refused = as_member(lead).post(url(lead, "form-build"), data)
    assert refused.status_code == 409
    assert "There is a form “small” already" in text_of(refused)
    assert re.search(r'id="error_\d+_id_slug"', refused.content.decode())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Title : This field is required"),
        ({"slug": "Ä Ö"}, "Short name : Write a short name"),
        ({"title": "頭痛", "slug": ""}, "Short name : Write a short name"),
        ({"pick": [], "keep": [], "questions": [], "groups": []}, "tick at least one question"),
        ({"pick": ["cohort:shoe_size"], "questions": [], "groups": []}, "tick at least one"),
        ({"g1-name": ""}, "Name : This field is required"),
        ({"g1-of": "new-1"}, "Belongs to : Select a valid choice"),
        ({"questions": ["1"]}, "Name : Ask a question of this group"),
        ({"q2-group": "ghost"}, "Asked of : Select a valid choice"),
        ({"q2-group": "new-7"}, "Asked of : Select a valid choice"),
        ({"q1-question": " "}, "Question : This field is required"),
        ({"q1-type": "colour"}, "Answer : Select a valid choice"),
        ({"q1-unit": "days"}, "Unit : Only a number has a unit"),
        ({"q1-choices": "A\nB"}, "Choices : Only an answer out of a list"),
        ({"q3-choices": ""}, "Choices : Write what can be chosen"),
        ({"q3-choices": "Paper\npaper"}, "Choices : Line 2 repeats line 1"),
        ({"q1-question": "x" * 501}, "Question : Ensure this value has at most 500"),
        ({"q1-question": "a\x01b"}, "question holds a character that cannot be stored"),
        ({"g1-of": "new-2", "groups": ["1", "2"], "g2-name": "Two", "g2-of": "new-1",
          "q1-group": "new-2"}, "would belong to itself"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
    lead, as_member, changes, words
):
    data = page_of(lead, "empty") | MIGRAINE | changes
    for act in ("preview", "publish"):
        refused = as_member(lead).post(url(lead, "form-build"), data | {"act": act})
        assert refused.status_code == 409
        assert words in text_of(refused)
        html = refused.content.decode()
        assert len(re.findall(r'name="pick"[^>]*checked', html)) == len(
            [value for value in data["pick"] if value != "cohort:shoe_size"]
        )
        assert all(f'name="q{row}-question"' in html for row in data["questions"])
    assert not Form.objects.exists()


def test_nobody_starts_from_what_is_not_there(lead, as_member):
    client, build = as_member(lead), url(lead, "form-build")
    for start in ("form:ghost", "ghost", "", "form:"):
        assert client.get(build, {"start": start}).status_code == 404
        assert client.post(build, {"start": start, "act": "publish"}).status_code == 404


def test_without_a_choice_the_page_starts_from_the_form_in_force(lead, as_member):
    client, build = as_member(lead), url(lead, "form-build")
    assert 'value="orthopaedic-case-series"' in client.get(build).content.decode()
    publish_form(lead=lead, definition=SMALL_FORM)
    html = client.get(build).content.decode()
    assert "Next version of" in html
    assert 'value="form:small"' in html


def test_the_page_lists_every_question_of_the_library_with_what_it_means(lead, as_member):
    html = as_member(lead).get(url(lead, "form-build"), {"start": "empty"}).content.decode()
    assert len(re.findall('name="pick"', html)) == len(meanings())
    for (group, means), meaning in meanings().items():
        assert f'value="{group}:{means}"' in html
        assert meaning.means in html
    assert "Hips treated" in html


def test_all_forms_that_ship_can_be_published_and_are_listed_with_their_versions(lead, as_member):
    client, page = as_member(lead), url(lead, "form-list")
    assert "No form is published yet" in text_of(client.get(page))
    for slug in SHIPPED_FORMS:
        done = client.post(url(lead, "form-publish"), {"form": slug}, follow=True)
        assert f"{shipped_form(slug).title} version 1 is published" in text_of(done)
    assert set(Form.objects.values_list("slug", flat=True)) == set(SHIPPED_FORMS)
    shown = client.get(page).content.decode()
    assert shown.count("In force") == 1
    assert "Questions of Diagnostic accuracy version 1" in shown
    assert 'value="two-arm-trial"' not in shown
    unknown = client.post(url(lead, "form-publish"), {"form": "ghost"}, follow=True)
    assert "No such form ships" in text_of(unknown)


def test_a_shipped_form_that_would_orphan_answers_is_refused_in_words(as_member):
    own = {"key": "mood", "question": "Mood", "group": "study", "section": "design", "type": "text"}
    form = shipped_form(extra_fields=[own]).as_data()
    world = make_world(form)
    enter(world.first, world.a, mood="Good")
    done = as_member(world.lead).post(url(world.lead, "form-publish"), follow=True)
    assert "“Mood” is not asked any more" in text_of(done)
    assert FormVersion.objects.count() == 1


def test_the_pages_ask_as_often_for_one_version_as_for_many(lead, as_member):
    client = as_member(lead)
    publish_form(lead=lead, definition=SMALL_FORM)
    names = ("form-list", "form-start", "form-build", "vocabulary-edit")
    before = [count_queries(client, url(lead, name)) for name in names]
    for number in range(5):
        publish_form(lead=lead, definition={**SMALL_FORM, "title": f"Small {number}"})
        publish_form(lead=lead, definition={**SMALL_FORM, "slug": f"small-{number}"})
    assert [count_queries(client, url(lead, name)) for name in names] == before


# --- vocabularies


def words(**texts: str) -> dict[str, str]:
    return {"categories": "", "instruments": "", "severity": "", **texts}


def test_the_words_of_all_vocabularies_are_saved_in_their_order(lead, as_member):
    client, page = as_member(lead), url(lead, "vocabulary-edit")
    data = words(
        categories="Injection\n\nArthroscopic = arthroscopy; endoscopic\nOsteotomy =",
        instruments="HIT-6 = Headache Impact Test",
    )
    done = client.post(page, data, follow=True)
    assert "Saved: categories of treatment, instruments." in text_of(done)
    known = vocabularies_of(lead.review)
    assert known.categories.terms == (
        Term("Injection"),
        Term("Arthroscopic", ("arthroscopy", "endoscopic")),
        Term("Osteotomy"),
    )
    assert known.instruments.term("headache impact test") == "HIT-6"
    assert not VocabularyTerms.objects.filter(name="severity").exists()
    html = client.get(page).content.decode()
    assert "Arthroscopic = arthroscopy; endoscopic\nOsteotomy</textarea>" in html
    assert "Clavien-Dindo" in html


def seen(client, page: str) -> dict[str, str]:
    """Return what the page of the vocabularies would send unchanged."""
    html = client.get(page).content.decode()
    texts = re.findall(r'<textarea name="([a-z]+)"[^>]*>\n?([^<]*)</textarea>', html)
    marks = re.findall(r'name="([a-z]+_seen)" value="([^"]*)"', html)
    return dict(texts) | dict(marks)


def test_the_same_words_again_change_nothing(lead, as_member):
    client, page = as_member(lead), url(lead, "vocabulary-edit")
    client.post(page, words(categories="Injection = shot"))
    events = AuditEvent.objects.count()
    again = client.post(page, seen(client, page), follow=True)
    assert "nothing was changed" in text_of(again)
    assert AuditEvent.objects.count() == events
    assert VocabularyTerms.objects.count() == 1


def test_a_list_can_be_emptied(lead, as_member):
    client, page = as_member(lead), url(lead, "vocabulary-edit")
    set_vocabulary(lead=lead, name="categories", terms=[Term("Injection")])
    client.post(page, seen(client, page) | {"categories": ""})
    assert vocabularies_of(lead.review).categories.terms == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"categories": "Injection\n= shot"}, "Line 2 has no name"),
        ({"categories": "Open = open surgery\nWide open = open surgery"}, "stands for"),
        ({"instruments": "x" * 201}, "at most 200 characters"),
        ({"severity": "***"}, "A word is blank"),
    ],
)
def test_one_bad_line_saves_no_list_and_is_said_beside_its_own(lead, as_member, data, said):
    page = url(lead, "vocabulary-edit")
    good = words(categories="Injection", instruments="HIT-6", severity="Sink")
    refused = as_member(lead).post(page, good | data)
    assert refused.status_code == 409
    assert said in text_of(refused)
    [name] = data
    html = refused.content.decode()
    assert re.search(rf'id="error_\d+_id_{name}"', html)
    assert not VocabularyTerms.objects.exists()


def test_words_that_another_lead_changed_meanwhile_are_not_overwritten(lead, as_member):
    client, page = as_member(lead), url(lead, "vocabulary-edit")
    mine = seen(client, page) | {"categories": "Mine"}
    set_vocabulary(lead=lead, name="categories", terms=[Term("Theirs")])
    refused = client.post(page, mine)
    assert refused.status_code == 409
    assert "changed this list after it was shown" in text_of(refused)
    assert vocabularies_of(lead.review).categories.names == ["Theirs"]


def test_the_definition_made_on_the_page_is_one_that_files_take(lead, as_member):
    data = page_of(lead, "two-arm-trial") | {"slug": "mine", "act": "publish"}
    as_member(lead).post(url(lead, "form-build"), data)
    version = FormVersion.objects.get()
    assert load_form(json.loads(version.definition)) == version.spec
    assert version.form.slug == "mine"
