"""How a file is read, as the pages of imports and of new tables ask it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dynadmin.transfer.readers import Source
from dynadmin.transfer.sniff import DELIMITERS, ENCODINGS, QUOTINGS

READING = ("encoding", "delimiter", "quoting", "sheet", "member", "header")


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

    def offer(self, source: Source) -> None:
        """Leave what there is to choose for this file."""
        for name, found in (("sheet", source.sheets), ("member", source.members)):
            self.fields[name].choices = [(one, one) for one in found]
            if len(found) < 2:
                del self.fields[name]
        if source.format.is_typed:
            del self.fields["header"]
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
    return {**told, "header": "yes" if source.has_header else "no"}
