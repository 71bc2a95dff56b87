"""The worker, with signs of life and chunks so short that a test need not wait for them.

``python -m tests.records.hasty_worker CHUNK WORKER-ID``: a real process, to be killed.
"""

import os
import sys
from datetime import timedelta

import django


def main(chunk: str, worker_id: str) -> None:
    """Work the queue off and end, or be killed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ifi_review.settings")
    django.setup()
    from django.core.management import call_command

    from ifi_review.jobs import beats
    from ifi_review.management.commands import worker
    from records.services import staging

    beats.DEAD = timedelta(seconds=0.4)
    worker.BEAT = timedelta(seconds=0.1)
    staging.RECORDS_A_CHUNK = int(chunk)
    call_command("worker", "--batch", "--no-reload", "--no-startup-delay", "--worker-id", worker_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
