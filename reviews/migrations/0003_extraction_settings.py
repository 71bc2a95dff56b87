from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0002_highlighted_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewsettings',
            name=name,
            field=models.BooleanField(default=False),
        )
        for name in ('single_extraction', 'sum_all_treatments', 'affected_at_least')
    ]
