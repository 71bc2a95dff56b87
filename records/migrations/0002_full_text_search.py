"""The index behind the search of records, on either database."""

from django.db import migrations

from records import text_index


def create(apps, schema_editor):
    text_index.create()


def remove(apps, schema_editor):
    text_index.remove()


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
