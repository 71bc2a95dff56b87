import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from reviews.choices import Channel
from reviews.models import AuditEvent, Review
from tests.factories import make_lead, make_user

pytestmark = pytest.mark.django_db


def create(*args: str) -> dict:
    out = io.StringIO()
    call_command("create_review", *args, stdout=out)
    assert out.getvalue().isascii()
    return json.loads(out.getvalue())


def test_a_review_is_made_for_a_person_who_has_an_account():
    user = make_user("lead@example.org")

    made = create("hips", "--title", "Hüfte", "--lead", "Lead@Example.org")

    assert made == {
        "review": "hips",
        "title": "Hüfte",
        "lead": "lead@example.org",
        "account_made": False,
        "extraction": "dual",
    }
    review = Review.objects.get()
    [event] = review.events.all()
    assert (event.channel, event.user) == (Channel.COMMAND, user)


@pytest.mark.parametrize("lead", [[], ["--lead", "new@example.org"]])
def test_an_account_is_made_where_there_is_none_and_nobody_can_sign_in_to_it(lead):
    made = create("hips", "--title", "Hips", *lead)

    user = User.objects.get()
    assert (made["lead"], made["account_made"]) == (user.email, True)
    assert not user.has_usable_password()
    assert Review.objects.get().memberships.get().user == user
    account, review = AuditEvent.objects.filter(review=None).order_by("position")
    assert (account.verb, account.channel, account.facts_read()) == (
        "accounts.account_made",
        Channel.COMMAND,
        {"account": str(user.uid), "seal": user.seal()},
    )
    assert (review.verb, review.facts_read()) == (
        "reviews.review_made",
        {"review": str(Review.objects.get().uid), "slug": "hips"},
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("taken", "--title", "Hips"), "taken"),
        (("new", "--title", "Hips"), "taken"),
        (("not an address", "--title", "Hips"), "slug"),
        (("hips", "--title", ""), "blank"),
        (("hips", "--title", "a\nb"), "one line"),
        (("hips", "--title", "Hips", "--lead", "nobody"), "valid email"),
    ],
)
def test_a_review_that_cannot_be_made_leaves_nothing_behind(args, message):
    make_lead(slug="taken")
    before = User.objects.count(), Review.objects.count(), AuditEvent.objects.count()

    with pytest.raises(CommandError, match=message):
        create(*args)

    assert (User.objects.count(), Review.objects.count(), AuditEvent.objects.count()) == before
