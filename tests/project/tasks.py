"""Jobs that only tests enqueue."""

import time
from pathlib import Path

from django_tasks import task


@task()
def note(path: str, seconds_at_first: float) -> None:
    mark = Path(path)
    first = not mark.exists()
    with mark.open("a") as file:
        file.write("started")
        file.flush()
        if first:
            time.sleep(seconds_at_first)
        file.write("done")
