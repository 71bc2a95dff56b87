"""The project as a Django app, so that its commands and checks are found."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from ifi_review.checks import PRODUCTION_CHECKS, check_layout


class ProjectConfig(AppConfig):
    """Registers the system checks that refuse an unsafe set-up or a database of another layout."""

    name = "ifi_review"
    verbose_name = "Project"

    def ready(self) -> None:
        """Register the checks."""
        for check in PRODUCTION_CHECKS:
            register(check, Tags.security)
        register(check_layout, Tags.database)
