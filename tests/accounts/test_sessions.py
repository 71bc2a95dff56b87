"""A person sees in which browsers they are signed in, and ends those they do not want."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountSession, User
from accounts.services import end_other_sessions, end_session, set_password
from accounts.sessions import SEEN_EVERY, UNKNOWN_DEVICE, device_in_words, open_sessions
from reviews.models import AuditEvent
from reviews.verification import verify_installation
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def ada() -> User:
    return make_user("ada@example.org")


def signed_in(user: User, device: str = FIREFOX) -> Client:
    """Sign in by the page, as a browser does."""
    client = Client(headers={"User-Agent": device})
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def acts() -> list[str]:
    events = AuditEvent.objects.filter(review=None).order_by("position")
    return [event.verb for event in events if "session" in event.verb]


def others_of(client: Client) -> list[str]:
    return [one.uid for one in client.get(PAGE).context["sessions"] if not one.is_this]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X) Chrome/140.0 Safari/5 Edg/140.0",
            "Edge on macOS",
        ),
        ("curl/8.0", UNKNOWN_DEVICE),
        ("", UNKNOWN_DEVICE),
    ],
)
def test_a_browser_is_named_in_words_and_without_its_version(said, words):
    assert device_in_words(said) == words


def test_the_page_shows_every_browser_this_one_first(ada):
    signed_in(ada, IPHONE)
    client = signed_in(ada)

    page = client.get(PAGE)

    assert [one.device for one in page.context["sessions"]] == [
        "Firefox on Windows",
        "Safari on iPhone",
    ]
    assert [one.is_this for one in page.context["sessions"]] == [True, False]
    for session in AccountSession.objects.all():
        assert session.session_key not in page.text, "the key of a session opens it"


def test_one_other_session_is_ended_and_the_rest_stay(ada):
    phone, office, here = signed_in(ada, IPHONE), signed_in(ada), signed_in(ada)
    phones = next(s for s in open_sessions(ada, this=None) if "iPhone" in s.device)

    page = here.post(f"{PAGE}{phones.uid}/end/", follow=True)

    assert "That session is ended." in page.text
    assert [is_in(client) for client in (phone, office, here)] == [False, True, True]
    assert acts() == ["accounts.session_ended"]
    assert verify_installation().problems == []


def test_all_other_sessions_are_ended_at_once(ada):
    phone, here = signed_in(ada, IPHONE), signed_in(ada)

    page = here.post(f"{PAGE}end-others/", follow=True)

    assert "1 other session is ended." in page.text
    assert "You are signed in nowhere else." in page.text
    assert [is_in(phone), is_in(here)] == [False, True]
    event = AuditEvent.objects.filter(verb="accounts.other_sessions_ended").get()
    assert (event.user, event.facts_read()["sessions"]) == (ada, 1)
    here.post(f"{PAGE}end-others/")
    assert acts() == ["accounts.other_sessions_ended"], "nothing was ended, nothing is written"


def test_another_person_s_session_cannot_be_ended(ada):
    eve = make_user("eve@example.org")
    victim, attacker = signed_in(ada), signed_in(eve)
    [uid] = [one.uid for one in open_sessions(ada, this=None)]

    assert attacker.post(f"{PAGE}{uid}/end/").status_code == 404
    attacker.post(f"{PAGE}end-others/")

    assert is_in(victim)
    assert others_of(attacker) == []
    assert acts() == []


def test_one_s_own_session_is_not_ended_here_but_by_logging_out(ada):
    client = signed_in(ada)
    [this] = client.get(PAGE).context["sessions"]

    assert client.post(f"{PAGE}{this.uid}/end/").status_code == 404
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not AccountSession.objects.filter(account=ada).exists()


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}end-others/"])
def test_a_visitor_has_no_sessions(client, path):
    method = client.get if path == PAGE else client.post
    assert method(path).headers["Location"].startswith("/accounts/login/")


def test_a_session_that_ended_meanwhile_is_refused_in_words(ada):
    signed_in(ada)
    [one] = open_sessions(ada, this=None)
    end_session(user=ada, uid=one.uid, this=None)

    with pytest.raises(Exception, match="ended already") as refusal:
        end_session(user=ada, uid=one.uid, this=None)

    assert refusal.value.code == "no_such_session"
    assert end_other_sessions(user=ada, this=None) == 0


def test_sessions_of_an_earlier_password_or_day_are_not_listed(ada):
    signed_in(ada)
    AccountSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    signed_in(ada)
    assert len(open_sessions(ada, this=None)) == 1

    set_password(user=ada, password="another long and quiet password")

    assert open_sessions(ada, this=None) == []


def test_a_session_keeps_its_name_when_its_password_is_changed(ada):
    client = signed_in(ada)
    [before] = client.get(PAGE).context["sessions"]
    new = "another long and quiet password"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    [after] = client.get(PAGE).context["sessions"]

    assert (after.uid, after.device, after.started_at) == (
        before.uid,
        before.device,
        before.started_at,
    )
    assert after.key != before.key


def test_when_a_session_was_last_used_is_written_only_now_and_then(ada, django_assert_num_queries):
    client = signed_in(ada)
    row = AccountSession.objects.get(account=ada)
    with django_assert_num_queries(3):
        client.get(PAGE)
    assert AccountSession.objects.get(pk=row.pk).seen_at == row.seen_at

    long_ago = timezone.now() - SEEN_EVERY
    AccountSession.objects.update(seen_at=long_ago)
    with django_assert_num_queries(4):
        client.get(PAGE)

    assert AccountSession.objects.get(pk=row.pk).seen_at > long_ago


def test_the_page_asks_as_much_for_twenty_sessions_as_for_one(ada, django_assert_num_queries):
    client = signed_in(ada)
    for _ in range(20):
        Client().force_login(ada)
    for number in range(30):
        Client().force_login(make_user(f"other{number}@example.org"))

    with django_assert_num_queries(3):
        page = client.get(PAGE)

    assert len(page.context["sessions"]) == 21
    assert page.context["sessions"][1].device == UNKNOWN_DEVICE
