"""A web process killed at any statement of a vote: what it answered stands, the rest is as before.

The process is a fork of the test, which asks for the page as a browser does, and is really killed.
"""

import os
import signal
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from reviews.models import Membership, Review
from reviews.verification import verify_review
from screening.models import ScreeningDecision
from tests.factories import make_screening
from tests.pages import address

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 1 if os.environ.get("IFI_SOAK") == "1" else 11
MOST = 200


def vote_and_be_killed(client: Client, page: str, request: UUID, at: int) -> tuple[bool, bool]:
    """Vote in a process that is killed before its statement ``at``, or once it has answered.

    Returns whether it was killed before it answered, and whether the answer was that it is saved.
    """
    heard, tell = os.pipe()
    connection.close()
    child = os.fork()
    if not child:
        try:
            done = iter(range(1, MOST))

            def counted(execute, *statement):
                if next(done) == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return execute(*statement)

            with connection.execute_wrapper(counted):
                answer = client.post(page, {"verdict": "include", "request_id": request})
            os.write(tell, str(answer.status_code).encode())
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    os.close(tell)
    with os.fdopen(heard) as answers:
        said = answers.read()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the process was killed"
    return not said, said == "302"


def stands(member: Membership) -> list[str]:
    rows = ScreeningDecision.objects.current().filter(member=member)
    return list(rows.values_list("verdict", flat=True))


@pytest.mark.soak
@pytest.mark.catalogue("F01")
def test_a_vote_stands_if_it_was_answered_and_can_be_sent_again_if_not():
    lead, (a, _), records = make_screening(MOST // EACH)
    client = Client()
    client.force_login(a.user)
    kept = 0
    for at, record in enumerate(records):
        page = address(a, "screening/title-abstract/records", record.uid)
        request = uuid4()
        killed, saved = vote_and_be_killed(client, page, request, 1 + at * EACH)
        assert killed or saved
        assert len(stands(a)) == kept + 1 or not saved, "what was answered stands"
        if not saved:
            again = client.post(page, {"verdict": "include", "request_id": request})
            assert again.status_code == 302
        kept += 1
        assert stands(a) == ["include"] * kept
        if saved:
            break
    else:
        pytest.fail("a vote takes more statements than were tried")
    assert kept > 3
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []
