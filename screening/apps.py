"""Application configuration of screening."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The application for records and votes."""

    name = "screening"

    def ready(self) -> None:
        """Hand what ``reviews`` shows and proves of screening to it, which may not import it."""
        from reviews import activity, verification, work
        from screening.activity import PHRASES
        from screening.verification import problems
        from screening.work import items, progress

        work.register(items)
        work.register_progress(progress)
        activity.register(PHRASES)
        verification.register_check(problems)
