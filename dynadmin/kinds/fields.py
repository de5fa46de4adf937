"""Model fields of kinds: who has made or changed a row, and when something happened."""

from typing import Any

from django.conf import settings
from django.db import models

from dynadmin.acting import actor_id
from dynadmin.fieldtypes.fields import DateTimeField


class ActorField(models.ForeignKey):
    """The user who made the row (``auto_now_add``), or who changed it last (``auto_now``).

    The words are those of Django's dates, as whatever fills them in bulk knows it by these. Outside any
    request it is nobody. A user who is deleted leaves nobody behind.
    """

    def __init__(self, *args: Any, auto_now: bool = False, auto_now_add: bool = False, **kwargs: Any) -> None:
        self.auto_now, self.auto_now_add = auto_now, auto_now_add
        # No index: it would slow down every import, for a search that few make.
        usual = {"to": settings.AUTH_USER_MODEL, "on_delete": models.SET_NULL, "related_name": "+"}
        usual |= {"null": True, "blank": True, "editable": False, "db_index": False}
        given = dict(zip(("to", "on_delete"), args, strict=False))
        super().__init__(**{**usual, **kwargs, **given})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        stamps = {"auto_now": self.auto_now, "auto_now_add": self.auto_now_add}
        return name, path, args, {**kwargs, **{key: True for key, value in stamps.items() if value}}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        given = getattr(model_instance, self.attname)
        if self.auto_now or (self.auto_now_add and add and given is None):
            setattr(model_instance, self.attname, actor_id())
        return super().pre_save(model_instance, add)


class MomentField(DateTimeField):
    """When something happened: as a rule later with each row, so that the index of a large table is small."""

    rises_with_rows = True
