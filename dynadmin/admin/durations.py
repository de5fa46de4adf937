"""How long something took, as people say it."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def in_words(milliseconds: int) -> str:
    """Return a duration in words; nothing for one that nobody measured."""
    seconds = milliseconds / 1000
    if not milliseconds:
        return ""
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(max(seconds, 0.01), 2 if seconds < 1 else 1)}
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}
