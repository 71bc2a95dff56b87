"""Application configuration of extraction."""

from django.apps import AppConfig


class ExtractionConfig(AppConfig):
    """The application for studies and their data."""

    name = "extraction"

    def ready(self) -> None:
        """Hand extraction's work and words to the package below, which may not import them."""
        from extraction.overview import dealt
        from extraction.places import PAGES, studies
        from extraction.work import PHRASES, items, kept_from, steps
        from reviews import activity, overview, places, telling, work

        work.register(items)
        work.register_steps(steps)
        overview.register_dealt(dealt)
        places.register_pages(*PAGES)
        places.register(studies)
        activity.register(PHRASES)
        telling.register(kept_from)
