"""Plain functions that make what a test needs, every argument defaulted."""

from itertools import count
from typing import Any

from accounts.models import User
from accounts.services import verify_address
from records.models import ImportBatch, Record, Source
from records.services import add_source, import_file
from reviews.models import Membership, Review
from reviews.roles import Role
from reviews.services import add_member, create_review
from screening.services import open_stage

NUMBERS = count(1)
PASSWORD = "a long and quiet password"


def make_user(email: str = "", **fields: Any) -> User:
    """Make an account that can sign in with ``PASSWORD``."""
    email = email or f"person{next(NUMBERS)}@example.org"
    return User.objects.create_user(email=email, password=PASSWORD, **fields)


def make_owner(email: str, **fields: Any) -> User:
    """Make an account whose address is confirmed."""
    user = make_user(email, **fields)
    verify_address(user=user, address=email)
    return user


def make_lead(**settings: Any) -> Membership:
    """Make a review and return its lead."""
    number = next(NUMBERS)
    chosen = {"slug": f"review-{number}", "title": f"Review {number}", **settings}
    return create_review(lead=make_user(full_name=f"Lead {number}"), **chosen)


def make_review(**settings: Any) -> Review:
    """Make a review."""
    return make_lead(**settings).review


def make_member(lead: Membership, role: str = Role.REVIEWER, **fields: Any) -> Membership:
    """Make a person and add them to the lead's review."""
    return add_member(lead=lead, user=make_user(**fields), role=role)


def make_source(lead: Membership, **fields: Any) -> Source:
    """Make a source of the lead's review."""
    return add_source(lead=lead, **{"name": f"Database {next(NUMBERS)}", **fields})


def ris(titles: list[str], **fields: str) -> bytes:
    """Return a RIS file with one record a title."""
    lines = []
    for title in titles:
        lines += ["TY  - JOUR", f"TI  - {title}", "AU  - Author, A.", "PY  - 2020"]
        lines += [f"{tag}  - {text}" for tag, text in fields.items()]
        lines += ["ER  - ", ""]
    return "\n".join(lines).encode()


def make_batch(lead: Membership, titles: list[str], source: Source | None = None) -> ImportBatch:
    """Import one record a title."""
    source = source or make_source(lead)
    return import_file(lead=lead, source=source, file_name="search.ris", data=ris(titles))


def make_records(lead: Membership, number: int = 1) -> list[Record]:
    """Import ``number`` records of different titles and return them in order."""
    start = [next(NUMBERS) for _ in range(number)]
    batch = make_batch(lead, [f"Title number {n} of a study" for n in start])
    return list(batch.records.order_by("number"))


def make_screening(
    records: int = 1, **settings: Any
) -> tuple[Membership, list[Membership], list[Record]]:
    """Make a review whose first stage is open: its lead, its two reviewers and its records."""
    lead = make_lead(**settings)
    reviewers = [make_member(lead, full_name=f"Reviewer {letter}") for letter in "AB"]
    made = make_records(lead, records)
    open_stage(lead=lead, stage="title-abstract", screeners=reviewers)
    return lead, reviewers, made
