"""Acts started at the same moment, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection

from reviews.models import Membership


def at_once(*acts: Callable[[], object]) -> list[BaseException | None]:
    """Run the acts together and return what each raised, in their order."""
    barrier = threading.Barrier(len(acts))
    raised: list[BaseException | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        except Exception as problem:
            raised[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "an act hangs"
    return raised


def fresh(member: Membership) -> Membership:
    """Return the member as another request would read it."""
    return Membership.objects.select_related("review", "user").get(pk=member.pk)
