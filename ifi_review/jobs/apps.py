"""The app of background jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Heartbeats of the workers, and the cache that processes share."""

    name = "ifi_review.jobs"
    label = "jobs"
    verbose_name = "Jobs"
