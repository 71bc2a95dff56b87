"""How long a vote waits while an import and the search for duplicates run."""

import io
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from ifi_review.benchmarks.importing import lead_of, source_of
from records.models import Record
from records.services import import_file
from reviews.models import Membership
from reviews.roles import Role
from reviews.services import add_member
from screening.choices import Stage, Verdict
from screening.models import Seat
from screening.services import open_stage, submit_decision

# A person is slower; more votes find more of the moments at which one would wait.
PAUSE = 0.05
GIVEN_UP_AFTER = 1800.0


def prepare(*, review: str, path: str) -> dict[str, Any]:
    """Make a review whose first stage is open: two reviewers, and the records of a small file."""
    lead = lead_of(review)
    data = Path(path).read_bytes()
    import_file(lead=lead, source=source_of(lead), file_name="first.ris", stream=io.BytesIO(data))
    people = [User.objects.create_user(email=f"{who}@example.org") for who in ("first", "second")]
    reviewers = [add_member(lead=lead, user=user, role=Role.REVIEWER) for user in people]
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)
    return {"seats": Seat.objects.filter(review=lead.review).count()}


def vote(*, review: str, ready: str, stop: str) -> dict[str, Any]:
    """Vote again and again until the file ``stop`` is there; return when and how long each took.

    The file ``ready`` says that the first vote is about to be cast.
    """
    voter = Membership.objects.select_related("review", "user").get(
        review__slug=review, user__email="first@example.org"
    )
    seats = Seat.objects.current().filter(member=voter).order_by("position", "pk")
    records = list(Record.objects.filter(pk__in=seats.values("record")))
    waits: list[tuple[float, float]] = []
    refused = 0
    verdicts = cycle([Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE])
    until = time.monotonic() + GIVEN_UP_AFTER
    Path(ready).touch()
    for record, verdict in zip(cycle(records), verdicts, strict=False):
        if Path(stop).exists() or time.monotonic() > until:
            break
        began, start = time.time(), time.perf_counter()
        try:
            submit_decision(
                reviewer=voter, record=record, stage=Stage.TITLE_ABSTRACT, verdict=verdict
            )
        except ValidationError:
            refused += 1
        waits.append((round(began, 3), round(time.perf_counter() - start, 4)))
        time.sleep(PAUSE)
    return {"waits": waits, "refused": refused}
