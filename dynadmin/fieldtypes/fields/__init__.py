"""Model fields that decide which values are legal.

They are Django's own, made strict where Django's accept a value that one of the engines later refuses,
changes or cannot read back. Each reads every kind of input (the text of a file, JSON, a form) in
``to_python``, and the form fields they make hand the reading back to them, so that all doors agree.
"""

from dynadmin.fieldtypes.fields.choices import BooleanField, ChoiceField, MultiChoiceField
from dynadmin.fieldtypes.fields.dates import DateField, DateTimeField, DurationField, TimeField
from dynadmin.fieldtypes.fields.files import FileField, ImageField
from dynadmin.fieldtypes.fields.numbers import BigIntegerField, DecimalField, FloatField, IntegerField
from dynadmin.fieldtypes.fields.relations import ForeignKey, ManyToManyField, OneToOneField
from dynadmin.fieldtypes.fields.structured import IPAddressField, JSONField, UUIDField
from dynadmin.fieldtypes.fields.text import CharField, EmailField, SlugField, TextField, URLField

__all__ = [
    "BigIntegerField",
    "BooleanField",
    "CharField",
    "ChoiceField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DurationField",
    "EmailField",
    "FileField",
    "FloatField",
    "ForeignKey",
    "IPAddressField",
    "ImageField",
    "IntegerField",
    "JSONField",
    "ManyToManyField",
    "MultiChoiceField",
    "OneToOneField",
    "SlugField",
    "TextField",
    "TimeField",
    "URLField",
    "UUIDField",
]
