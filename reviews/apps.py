"""Application configuration of reviews."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from accounts import history, invited
from reviews.guards import install_after_migrate


class ReviewsConfig(AppConfig):
    """The review, and the guards of every append-only table."""

    name = "reviews"

    def ready(self) -> None:
        """Re-install the guards after every migration, since SQLite drops a rebuilt table's.

        And hand over what the review itself asks of a lead, to whom invitations are made out, and
        what writes down acts on accounts.
        """
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="reviews.guards")
        work = import_module("reviews.work")
        work.register(work.setting_up)
        invited.register(import_module("reviews.services.people").invited_by)
        history.register(import_module("reviews.audit").log_installation)
