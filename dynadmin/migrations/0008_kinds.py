import dynadmin.models.definitions
from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables that are there already are plain; new ones are of the kind that the settings name."""

    dependencies = [
        ('dynadmin', '0007_display'),
    ]

    operations = [
        migrations.AddField(
            model_name='dynamicfield',
            name='required_by',
            field=models.CharField(blank=True, default='', editable=False, max_length=50),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='dynamicmodel',
            name='kind',
            field=models.CharField(default='plain', help_text='What every row of the table has.', max_length=50, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='dynamicmodel',
            name='kind',
            field=models.CharField(default=dynadmin.models.definitions.default_kind, help_text='What every row of the table has.', max_length=50, verbose_name='kind'),
        ),
    ]
