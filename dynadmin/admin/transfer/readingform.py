"""How a file is read, as the pages of imports and of new tables ask it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dynadmin.transfer.readers import Source
from dynadmin.transfer.sniff import DELIMITERS, ENCODINGS, QUOTINGS

READING = ("encoding", "delimiter", "quoting", "sheet", "member", "header", "above")
# What a page says of it in one line.
_SAID = ("encoding", "delimiter", "sheet", "member")
_MOST_ABOVE = 90


class ReadingForm(forms.Form):
    """How a file is read. What has one possible value is not asked, see ``offer``."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=list(DELIMITERS.items()))
    quoting = forms.ChoiceField(label=_("Quotation marks"), choices=list(QUOTINGS.items()))
    sheet = forms.ChoiceField(label=_("Sheet"))
    member = forms.ChoiceField(label=_("File in the archive"))
    header = forms.TypedChoiceField(
        label=_("First row"),
        choices=[("yes", _("names the columns")), ("no", _("is a row like all others"))],
        coerce="yes".__eq__,
    )
    above = forms.IntegerField(
        label=_("Rows above it"),
        required=False,
        min_value=0,
        max_value=_MOST_ABOVE,
        help_text=_("Titles and notes, which are passed over. Left empty, it is found out."),
    )

    def offer(self, source: Source) -> None:
        """Leave what there is to choose for this file."""
        for name, found in (("sheet", source.sheets), ("member", source.members)):
            self.fields[name].choices = [(one, one) for one in found]
            if len(found) < 2:
                del self.fields[name]
        if source.format.is_typed:
            del self.fields["header"], self.fields["above"]
        elif source.above is None and source.rows_above:
            self.fields["above"].widget.attrs["placeholder"] = str(source.rows_above)
        if not source.format.is_delimited:
            del self.fields["encoding"], self.fields["delimiter"], self.fields["quoting"]
            return
        for name, value in (("encoding", source.encoding), ("delimiter", source.delimiter)):
            # What was detected may be none of those offered.
            if value not in dict(self.fields[name].choices):
                self.fields[name].choices = [*self.fields[name].choices, (value, value)]


def reading_of(source: Source) -> dict[str, str]:
    """Return how a file was read, as the form has it."""
    told = {name: getattr(source, name, None) or "" for name in READING}
    above = "" if source.above is None else str(source.above)
    return {**told, "header": "yes" if source.has_header else "no", "above": above}


def said_of(source: Source) -> list[tuple[str, str]]:
    """Return in words how a file was read, as far as there was a choice."""
    form = ReadingForm(initial=reading_of(source))
    form.offer(source)
    shown = [form[name] for name in _SAID if name in form.fields]
    return [(str(field.label), str(dict(field.field.choices)[field.value()])) for field in shown]
