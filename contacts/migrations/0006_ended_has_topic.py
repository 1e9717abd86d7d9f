from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

_OTHER = """
UPDATE contacts_contact SET topic_id = (SELECT id FROM contacts_topic WHERE code = 'other')
WHERE topic_id IS NULL AND outcome IN ('answered', 'solved', 'ticket', 'handed_over', 'incident')
"""


class Migration(migrations.Migration):
    atomic = False  # old rows are checked without holding up new ones

    dependencies = [
        ('contacts', '0005_open_contacts'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'dropped', 'not_ours', 'call_back']), ('topic__isnull', False), _connector='OR'), name='contacts_contact_ended_has_topic'),
        ),
        migrations.RunSQL(_OTHER, migrations.RunSQL.noop),
        ValidateConstraint(model_name='contact', name='contacts_contact_ended_has_topic'),
    ]
