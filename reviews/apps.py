"""Application configuration of reviews."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from reviews.guards import install_after_migrate


class ReviewsConfig(AppConfig):
    """The review, and the guards of every append-only table."""

    name = "reviews"

    def ready(self) -> None:
        """Re-install the guards after every migration: SQLite drops them when it rebuilds a table."""
        post_migrate.connect(install_after_migrate, dispatch_uid="reviews.guards")
