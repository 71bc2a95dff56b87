"""What no page expects is refused in words, with a status of its own, and never a failure."""

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from reporting.snapshot import read_instant
from reviews.models import AuditEvent
from reviews.services import remove_member
from screening.models import Release
from tests.factories import PASSWORD, make_lead, make_member, make_screening, make_user
from tests.pages import address
from tests.racing import at_once

ENDS_OF_TIME = [
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "9999-12-31T24:00:00Z",
    "9999-12-31T23:59:59.999999-00:01",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (ValidationError("You may not any more.", code="right_lost"), 403),
        (ValidationError("Not now.", code="anything"), 409),
        (ValidationError(["One.", "Two."]), 409),
        (ObjectDoesNotExist("no such row"), 409),
        (IntegrityError("UNIQUE constraint failed: a.b"), 409),
        (OverflowError("Python int too large to convert to SQLite INTEGER"), 400),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), 400),
    ],
)
def test_what_a_service_raises_unforeseen_becomes_a_page_in_words(
    as_member, monkeypatch, problem, status
):
    lead, _, _ = make_screening()

    def hand_over_conflicts(**_):
        raise problem

    monkeypatch.setattr("screening.views.stages.hand_over_conflicts", hand_over_conflicts)
    url = address(lead, "stages/title-abstract/hand-over")
    answer = as_member(lead).post(url)
    assert answer.status_code == status
    page = answer.content.decode()
    assert "This was not done" in page
    assert "constraint" not in page
    told = as_member(lead).post(url, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["state"]) == (status, "refused")
    assert told.json()["token"], "what is sent next is sent with a fresh token"


@pytest.mark.django_db
def test_a_failure_stays_a_failure(as_member, monkeypatch):
    lead, _, _ = make_screening()

    def hand_over_conflicts(**_):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("screening.views.stages.hand_over_conflicts", hand_over_conflicts)
    with pytest.raises(RuntimeError):
        as_member(lead).post(address(lead, "stages/title-abstract/hand-over"))


@pytest.mark.django_db
@pytest.mark.catalogue("C16")
def test_who_is_removed_behind_the_door_is_told_and_nothing_happens(as_member, monkeypatch):
    lead, _, _ = make_screening()
    other = make_member(lead, "lead")
    client, service = as_member(other), "screening.views.stages.release_records"
    from screening.services import release_records

    def after_the_removal(**given):
        remove_member(lead=lead, member=other)
        return release_records(**given)

    monkeypatch.setattr(service, after_the_removal)
    answer = client.post(address(lead, "stages/title-abstract/release"))
    assert answer.status_code == 403
    assert "Your part in this review has changed" in answer.content.decode()
    assert not Release.objects.exists()
    assert AuditEvent.objects.latest("pk").verb == "reviews.member_removed"


@pytest.mark.parametrize("text", ENDS_OF_TIME[:2] + ENDS_OF_TIME[3:])
def test_a_time_that_no_other_zone_can_name_is_no_instant(text):
    with pytest.raises(ValidationError) as refusal:
        read_instant(text)
    assert refusal.value.code == "not_an_instant"


@pytest.mark.django_db
@pytest.mark.parametrize("text", ENDS_OF_TIME)
def test_the_ends_of_time_are_refused_in_the_address_and_by_the_command(as_member, text):
    lead = make_lead()
    page = as_member(lead).get(address(lead, "results/summary"), {"as_of": text})
    assert page.context["form"].errors["as_of"]
    with pytest.raises(CommandError):
        call_command("export", lead.review.slug, "summary", "--as-of", text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("import_records", "{slug}", "nowhere.ris", "--source", "S\udcff"),
        ("find_duplicates", "S\udcff"),
        ("find_duplicates", "{slug}", "--by", "a\udcff@example.org"),
        ("export", "{slug}", "S\udcff"),
        ("verify", "S\udcff"),
        ("create_review", "S\udcff", "--title", "T"),
        ("create_review", "plain", "--title", "T\udcff"),
        ("create_review", "plain", "--title", "T", "--lead", "a\udcff@example.org"),
        ("changepassword", "a\udcff@example.org"),
        ("verify_address", "a\udcff@example.org"),
        ("verify_address", "a@example.org", "--by", "a\udcff@example.org"),
        ("verify_address", "a@example.org", "--account", "a\udcff@example.org"),
    ],
)
def test_a_command_refuses_what_is_no_character_in_words(tmp_path, arguments):
    lead = make_lead()
    make_user(is_superuser=True)
    before = AuditEvent.objects.count()
    with pytest.raises(CommandError):
        call_command(*[part.format(slug=lead.review.slug) for part in arguments])
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db
def test_a_source_whose_name_is_no_text_is_refused_by_the_import(tmp_path):
    lead, file = make_lead(), tmp_path / "a.ris"
    file.write_bytes(b"TY  - JOUR\nTI  - A\nER  - \n")
    before = AuditEvent.objects.count()
    with pytest.raises(CommandError):
        call_command("import_records", lead.review.slug, str(file), "--source", "S\udcff")
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_signing_up_twice_at_once_makes_one_account_and_no_failure(settings):
    settings.OPEN_SIGNUP = True
    statuses = []

    def signing_up():
        statuses.append(
            Client()
            .post(
                "/accounts/signup/",
                {
                    "full_name": "T",
                    "email": "twice@example.org",
                    "password1": PASSWORD,
                    "password2": PASSWORD,
                },
            )
            .status_code
        )

    assert at_once(signing_up, signing_up) == [None, None]
    assert max(statuses) < 500
    assert User.objects.filter(email="twice@example.org").count() == 1
