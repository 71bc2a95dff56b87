"""Application configuration of records."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """The application for what files gave."""

    name = "records"

    def ready(self) -> None:
        """Hand what ``reviews`` shows and proves of records to it, which may not import them.

        And keep the index of the search in step with the records, whatever a migration dropped.
        """
        from records.activity import PHRASES
        from records.places import PAGES
        from records.text_index import install
        from records.verification import problems
        from records.work import items, steps
        from reviews import activity, places, verification, work

        work.register(items)
        work.register_steps(steps)
        places.register_pages(*PAGES)
        activity.register(PHRASES)
        verification.register_check(problems)
        post_migrate.connect(install, sender=self, dispatch_uid="records.text_index")
