"""Application configuration of screening."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The application for what people said of records."""

    name = "screening"

    def ready(self) -> None:
        """Hand what the packages below ask of screening to them, which may not import it."""
        from records import uses
        from reviews import activity, overview, places, telling, verification, work
        from screening.activity import PHRASES
        from screening.overview import dealt
        from screening.places import PAGES, records
        from screening.use import USE, kept_from
        from screening.verification import problems
        from screening.work import items, progress, steps

        uses.register(USE)
        work.register(items)
        work.register_progress(progress)
        work.register_steps(steps)
        overview.register_dealt(dealt)
        places.register_pages(*PAGES)
        places.register(records)
        activity.register(PHRASES)
        telling.register(kept_from)
        verification.register_check(problems)
