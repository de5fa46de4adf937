"""A field type of somebody else's app, found by its module's name."""

from django import forms
from django.core.validators import RegexValidator
from django.db import models

from dynadmin.fieldtypes import FieldType, field_types
from dynadmin.options import OptionsForm


class PlateOptions(OptionsForm):
    country = forms.ChoiceField(choices=[("pl", "Poland"), ("de", "Germany")], initial="pl")


@field_types.register
class Plate(FieldType):
    """The number plate of a car."""

    slug = "plate"
    label = "Number plate"
    options_form = PlateOptions

    def model_field(self, options):
        pattern = {"pl": r"^[A-Z]{2,3} [A-Z0-9]{4,5}$", "de": r"^[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}$"}
        validators = [RegexValidator(pattern[options["country"]])]
        return models.CharField(max_length=12, blank=True, db_default="", validators=validators)
