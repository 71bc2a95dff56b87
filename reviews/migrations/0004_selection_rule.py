import reviews.selection
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0003_extraction_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewsettings',
            name='selection_rule',
            field=models.TextField(blank=True, validators=[reviews.selection.validate_rule]),
        ),
    ]
