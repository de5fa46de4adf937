"""What a program says about values that do not convert, as choices by the ids of fields."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.conversion import Choices


def choices_by_field(
    definition: Any, on_failure: Mapping[str, Any], answers: Mapping[str, Mapping[str, str]]
) -> dict[int, Choices]:
    """Return the choices by the id of the field they are about. Raises ValidationError."""
    ids = {field.name: field.pk for field in definition.fields.all()}
    if unknown := sorted({*on_failure, *answers} - set(ids)):
        raise ValidationError(_("There is no field “%(name)s”."), params={"name": unknown[0]})
    return {
        ids[name]: _choices(name, on_failure.get(name, "stop"), answers.get(name, {}))
        for name in {*on_failure, *answers}
    }


def _choices(name: str, wanted: Any, answers: Mapping[str, str]) -> Choices:
    said = wanted if isinstance(wanted, Mapping) else {"on_failure": wanted}
    try:
        return Choices.from_json({"answers": answers, **said})
    except ValidationError as error:
        params = {"name": name, "problem": " ".join(error.messages)}
        raise ValidationError(_("“%(name)s”: %(problem)s"), params=params) from None
