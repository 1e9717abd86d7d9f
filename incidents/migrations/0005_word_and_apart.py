import common.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0004_every_topic_in_a_group'),
        ('incidents', '0004_event_origin'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApartContact',
            fields=[
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='contacts.contact')),
                ('at', models.DateTimeField(default=common.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='incidentcontact',
            name='wants_word',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='incidentcontact',
            name='word_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='incidentcontact',
            index=models.Index(condition=models.Q(('wants_word', True), ('word_at', None)), fields=['incident'], name='incidents_word_is_due'),
        ),
        migrations.AddConstraint(
            model_name='incidentcontact',
            constraint=models.CheckConstraint(condition=models.Q(('word_at', None), ('wants_word', True), _connector='OR'), name='incidents_word_was_promised'),
        ),
    ]
