"""Application configuration of screening."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ScreeningConfig(AppConfig):
    """The application for records and votes."""

    name = "screening"

    def ready(self) -> None:
        """Hand what ``reviews`` shows and proves of screening to it, which may not import it.

        And keep the index of the search in step with the records, whatever a migration dropped.
        """
        from reviews import activity, verification, work
        from screening.activity import PHRASES
        from screening.text_index import install
        from screening.verification import problems
        from screening.work import items, progress

        work.register(items)
        work.register_progress(progress)
        activity.register(PHRASES)
        verification.register_check(problems)
        post_migrate.connect(install, sender=self, dispatch_uid="screening.text_index")
