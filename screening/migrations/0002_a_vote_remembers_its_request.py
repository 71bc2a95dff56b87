from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0001_initial'),
        ('screening', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='screeningdecision',
            name='request_id',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='screeningdecision',
            constraint=models.UniqueConstraint(condition=Q(request_id__isnull=False), fields=('member', 'request_id'), name='screening_decision_once_a_request'),
        ),
    ]
