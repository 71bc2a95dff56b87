"""Run the background jobs, with a sign of life every few seconds."""

import logging
import threading
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from ifi_review.jobs.beats import BEAT, beat, reap, say_goodbye
from records.tasks import take_up_imports

logger = logging.getLogger("ifi_review.worker")


def show_life(worker_id: str) -> None:
    """Give one sign of life, and take up what nobody works at.

    These are the jobs of dead workers, and imports whose job was never queued because the process
    died between the two. A database that is away for a while must not end the signs for good.
    """
    try:
        beat(worker_id)
        reap()
        take_up_imports()
    except (DatabaseError, InterfaceError) as problem:
        logger.warning("no sign of life was written: %s", problem)


def keep_beating(worker_id: str, stop: threading.Event) -> None:
    """Give signs of life until told to stop."""
    while not stop.wait(BEAT.total_seconds()):
        try:
            show_life(worker_id)
        finally:
            connection.close()


class Command(DatabaseWorker):
    """The queue's own worker, which alone would leave the job of a killed worker running."""

    help = "Run background jobs. --batch works the queue off and ends."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop, with the signs of life in a thread beside."""
        worker_id = options["worker_id"]
        # Before the queue is looked at, so that a batch run sees the jobs of dead workers too.
        show_life(worker_id)
        stop = threading.Event()
        signs = threading.Thread(target=keep_beating, args=(worker_id, stop), daemon=True)
        signs.start()
        try:
            super().handle(*args, **options)
        finally:
            stop.set()
            signs.join(timeout=BEAT.total_seconds())
            try:
                say_goodbye(worker_id)
            except (DatabaseError, InterfaceError) as problem:
                logger.warning("the worker ends without goodbye: %s", problem)
