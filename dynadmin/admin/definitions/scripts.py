"""What the scripts of the definitions page need to know, once a page."""

from typing import Any

from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.admin.definitions.options_widget import schemas
from dynadmin.constraints import KINDS
from dynadmin.fieldtypes.computed import editing


def page_data(table_id: int | None = None, *, limit_fields: str = "") -> dict[str, Any]:
    """Return the schemas of options, the rules of names, and the scripts' own words, ready for JSON.

    What some options offer depends on the table whose definition is on the page. ``limit_fields`` is the
    address that tells what conditions may be on.
    """
    with editing(table_id):
        options = schemas()
    return {
        "schemas": options,
        "naming": {
            "maxLength": naming.MAX_LENGTH,
            "letters": naming.TRANSLITERATION,
            "reserved": {kind: sorted(naming.reserved_names(kind)) for kind in ("field", "table")},
        },
        "rules": {
            "comparisons": [kind.slug for kind in KINDS.values() if kind.is_comparison],
            "silent": [kind.slug for kind in KINDS.values() if not kind.can_fail],
        },
        "words": words(),
        "table": table_id,
        "limitFields": limit_fields,
    }


def words() -> dict[str, str]:
    """Return the texts that scripts put on the page."""
    return {
        "no": _("no"),
        "moved": _("%(field)s is now field %(position)s of %(count)s."),
        "unnamed": _("New field"),
        "removed": _("%s is removed when you save."),
        "kept": _("%s is kept."),
        "remove": _("Remove"),
        "undo": _("Keep"),
        "entry": _("Entry %s"),
        "fieldNumber": _("Field %s"),
        "goes": _("Goes with the field “%s”, which is removed when you save."),
        "newRule": _("New rule"),
    }
