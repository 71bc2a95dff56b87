"""The project as a Django app, so that its commands and checks are found."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from ifi_review.checks import PRODUCTION_CHECKS


class ProjectConfig(AppConfig):
    """Registers the system checks that refuse an unsafe set-up."""

    name = "ifi_review"
    verbose_name = "Project"

    def ready(self) -> None:
        """Register the checks."""
        for check in PRODUCTION_CHECKS:
            register(check, Tags.security)
