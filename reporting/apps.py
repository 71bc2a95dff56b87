"""Application configuration of reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """The application for tables and files."""

    name = "reporting"

    def ready(self) -> None:
        """Hand ``reviews``, which may not import them, what the events of reporting say."""
        from reporting.activity import PHRASES
        from reviews import activity

        activity.register(PHRASES)
