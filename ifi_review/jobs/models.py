"""What the processes of one installation tell each other. No report reads any of it."""

from django.db import models


class WorkerBeat(models.Model):
    """The last sign of life of one worker."""

    worker_id = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-seen_at", "pk"]

    def __str__(self) -> str:
        return f"{self.worker_id} at {self.seen_at:%Y-%m-%d %H:%M:%S}"


class CacheEntry(models.Model):
    """One row of Django's database cache, which counts failed log-ins for all processes.

    Django's ``DatabaseCache`` reads and writes it by SQL; as a model it is made by ``migrate``
    and needs no command of its own.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["cache_key"]

    def __str__(self) -> str:
        return self.cache_key
