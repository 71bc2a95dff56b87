from django.core.validators import MaxValueValidator
from django.db import migrations, models
from django.db.models import Q

NUMBERS = (
    'previous_studies',
    'previous_reports',
    'previous_studies_out',
    'previous_reports_out',
    'studies_seen_before',
)


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0004_selection_rule'),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name='reviewsettings',
                name=name,
                field=models.PositiveIntegerField(
                    blank=True, null=True, validators=[MaxValueValidator(100_000)]
                ),
            )
            for name in NUMBERS
        ),
        migrations.AddConstraint(
            model_name='reviewsettings',
            constraint=models.CheckConstraint(
                condition=Q(previous_studies__isnull=True, previous_reports__isnull=True)
                | Q(previous_studies__isnull=False, previous_reports__isnull=False),
                name='review_settings_update_has_both',
                violation_error_message=(
                    'An update has both the studies and the reports of the earlier review; '
                    'give both or neither.'
                ),
            ),
        ),
    ]
