"""A form out of a review as JSON, and back."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from extraction.models import Form, FormVersion
from extraction.schema import SHIPPED_FORMS, load_form, shipped_form
from extraction.services import publish_form
from reviews.choices import Channel
from reviews.models import AuditEvent
from tests.extraction.factories import SMALL_FORM, fill, make_world
from tests.factories import make_lead

pytestmark = pytest.mark.django_db


def run(command: str, member, *args: object) -> dict:
    out = io.StringIO()
    call_command(command, member.review.slug, *map(str, args), stdout=out)
    assert out.getvalue().isascii()
    return json.loads(out.getvalue()) if out.getvalue() else {}


def refused(member, path, text: str | bytes) -> str:
    """Import what must be refused, see that nothing changed, and return the words."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    before = (FormVersion.objects.count(), Form.objects.count(), AuditEvent.objects.count())
    with pytest.raises(CommandError) as refusal:
        run("import_form", member, path)
    after = (FormVersion.objects.count(), Form.objects.count(), AuditEvent.objects.count())
    assert after == before
    assert refusal.value.returncode == 1
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_the_latest_version_of_a_form_is_printed_as_json(lead):
    publish_form(lead=lead, definition=SMALL_FORM)
    publish_form(lead=lead, definition={**SMALL_FORM, "title": "Größer"})
    data = run("export_form", lead, "small")
    assert (data["title"], data["version"]) == ("Größer", 2)
    assert [field["key"] for field in data["fields"]] == [f["key"] for f in SMALL_FORM["fields"]]
    assert load_form(data) == FormVersion.objects.get(number=2).spec


@pytest.mark.parametrize("slug", SHIPPED_FORMS)
def test_exporting_and_importing_again_changes_nothing(lead, tmp_path, slug):
    publish_form(lead=lead, definition=shipped_form(slug).as_data())
    path = tmp_path / "form.json"
    assert run("export_form", lead, slug, "--out", path) == {}
    assert path.read_bytes().isascii()
    events = AuditEvent.objects.count()
    assert run("import_form", lead, path) == {
        "review": lead.review.slug,
        "form": slug,
        "version": 1,
        "questions": len(shipped_form(slug).fields),
        "published": False,
    }
    assert (FormVersion.objects.count(), AuditEvent.objects.count()) == (1, events)


def test_a_form_is_imported_into_another_review_and_exported_equal(lead, tmp_path):
    publish_form(lead=lead, definition=SMALL_FORM)
    path = tmp_path / "form.json"
    run("export_form", lead, "small", "--out", path)
    other = make_lead()
    made = run("import_form", other, path)
    assert (made["version"], made["published"]) == (1, True)
    assert run("export_form", other, "small") == run("export_form", lead, "small")
    event = AuditEvent.objects.filter(review=other.review).latest("position")
    assert (event.verb, event.channel) == ("extraction.form_published", Channel.COMMAND)


def test_a_changed_form_becomes_the_next_version(lead, tmp_path):
    publish_form(lead=lead, definition=SMALL_FORM)
    path = tmp_path / "form.json"
    path.write_text(json.dumps({**SMALL_FORM, "title": "Next"}))
    made = run("import_form", lead, path)
    assert (made["version"], made["published"]) == (2, True)


def test_a_form_that_ships_is_printed_before_it_is_published(lead):
    assert run("export_form", lead, "two-arm-trial") == shipped_form("two-arm-trial").as_data()


def test_an_unknown_form_or_place_is_refused_by_name(lead, tmp_path):
    with pytest.raises(CommandError, match=r"no form “ghost”; there are .*two-arm-trial"):
        run("export_form", lead, "ghost")
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_form", lead, "two-arm-trial", "--out", tmp_path / "no" / "form.json")
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_form", lead, tmp_path / "no.json")
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_form", lead, tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "no fields"),
        ("null", "a form is one object"),
        ("[]", "a form is one object"),
        ('"form"', "a form is one object"),
        ("", "line 1, column 1"),
        ("{'slug': 1}", "line 1, column 2"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
        ('{"version": NaN}', "NaN"),
        ("[" * 100_000, "nested too deeply"),
        (" " * 2_000_001, "2,000,000 bytes"),
        (json.dumps({**SMALL_FORM, "fields": "x" * 1000}), "fields must be a list"),
        (json.dumps({**SMALL_FORM, "title": "\ud800"}), "title holds a character"),
        (json.dumps({**SMALL_FORM, "title": "a\x00"}), "title holds a character"),
        (json.dumps({**SMALL_FORM, "\ud800": 1}), "not understood"),
        (
            json.dumps({**SMALL_FORM, "fields": [{**SMALL_FORM["fields"][0], "means": "mood"}]}),
            "field 'design': there is no meaning 'mood' in group 'study'",
        ),
    ],
)
def test_a_file_that_is_no_form_is_refused_with_the_place(lead, tmp_path, text, words):
    assert words in refused(lead, tmp_path / "form.json", text)


def test_a_form_that_would_orphan_answers_is_refused_with_the_question(tmp_path):
    world = make_world()
    fill(world.first, world.a)
    fields = [field for field in SMALL_FORM["fields"] if field["key"] != "design"]
    text = json.dumps({**SMALL_FORM, "fields": fields})
    assert "“Study design” is not asked" in refused(world.lead, tmp_path / "form.json", text)


def test_only_who_leads_imports_a_form(lead, reviewer_a, tmp_path):
    path = tmp_path / "form.json"
    path.write_text(json.dumps(SMALL_FORM))
    with pytest.raises(CommandError, match="may not do this"):
        run("import_form", lead, path, "--by", reviewer_a.user.email)
    assert not FormVersion.objects.exists()
    assert run("export_form", lead, "two-arm-trial", "--by", reviewer_a.user.email)["fields"]
