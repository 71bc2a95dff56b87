"""What tests of pages share: addresses, and the number of queries of a page."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reviews.models import Membership

# At most so many queries of every page of a review are the steps of its rail: the references, the
# duplicates, the two stages, the own copies, the studies.
OF_THE_RAIL = 5


def address(member: Membership, *parts: object) -> str:
    """Return the address of a page of the member's review."""
    return "/".join(["/reviews", member.review.slug, *map(str, parts)]) + "/"


def count_queries(client: Client, url: str) -> int:
    """Return how many queries a page takes, which is to be found."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
