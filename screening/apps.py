"""Application configuration of screening."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The application for records and votes."""

    name = "screening"

    def ready(self) -> None:
        """Hand the source of screening's work to the package below, which may not import it."""
        from reviews import work
        from screening.work import items

        work.register(items)
