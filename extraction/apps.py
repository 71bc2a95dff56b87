"""Application configuration of extraction."""

from django.apps import AppConfig


class ExtractionConfig(AppConfig):
    """The application for studies and their data."""

    name = "extraction"

    def ready(self) -> None:
        """Hand extraction's work and words to the package below, which may not import them."""
        from extraction.work import PHRASES, items, kept_from, steps
        from reviews import activity, telling, work

        work.register(items)
        work.register_steps(steps)
        activity.register(PHRASES)
        telling.register(kept_from)
