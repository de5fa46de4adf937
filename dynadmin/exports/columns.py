"""Which columns a file gets, kept by the ids of fields: whatever they are called when it is written."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.exports.records import FileExport
from dynadmin.imports.mapping import id_of, target_id, target_name
from dynadmin.transfer.exporter import exportable_fields
from dynadmin.transfer.references import target_of


def kept_options(model: type[models.Model], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of ``export_rows`` as they are kept: with pairs of id and name of fields."""
    fields = exportable_fields(model)
    told = options["references"].items()
    references = {id_of(fields[name]): target_id(target_of(fields[name]), by) for name, by in told}
    return {
        **options,
        "fields": [[id_of(fields[name]), name] for name in options["fields"]],
        "references": references,
    }


def options_now(model: type[models.Model], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept arguments with the names that fields have now. Raises BadColumns where one is gone."""
    fields = {id_of(field): field for field in exportable_fields(model).values()}
    for id, name in kept["fields"]:
        if id not in fields:
            raise BadColumns(_("The table no longer has the field “%(name)s”.") % {"name": name})
    references = {
        fields[id].name: target_name(target_of(fields[id]), by) for id, by in kept["references"].items()
    }
    names = [fields[id].name for id, _name in kept["fields"]]
    return {**kept, "fields": names, "references": references}


def may_see_columns(job: FileExport, model: type[models.Model], user: Any) -> bool:
    """Whether a person may see what is in the file of an export."""
    seen = {id_of(field) for field in exportable_fields(model, user=user).values()}
    return seen.issuperset(id for id, _name in job.options["fields"])
