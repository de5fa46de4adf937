"""Content types and permissions."""

from collections.abc import Iterator
from functools import partial

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.state import State
from dynadmin.executor.grants import complete_grants, permission_names
from dynadmin.factory import APP_LABEL
from dynadmin.schema import TableSchema


def _words(table: TableSchema) -> dict[str, str]:
    return {"table": table.label or table.name, "name": table.model_name}


def _complete(table: TableSchema, editor, state: State) -> None:
    complete_grants(table)


@register
class MissingContentType(Kind):
    id = "dynadmin.W141"
    title = gettext_lazy("A table has no content type, so nobody can be given a permission on it.")
    hint = gettext_lazy("--repair makes it, with its permissions. What was granted has to be granted again.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.tables:
            if table.model_name not in state.grants:
                what = _("Table “%(table)s” has no content type %(name)s.") % _words(table)
                yield self.drift(table, what, partial(_complete, table))


@register
class MissingPermissions(Kind):
    id = "dynadmin.W142"
    title = gettext_lazy("A table lacks permissions.")
    hint = gettext_lazy("--repair makes them. What was granted has to be granted again.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.tables:
            there = state.grants.get(table.model_name)
            missing = [codename for codename in permission_names(table) if codename not in (there or {})]
            if there is not None and missing:
                what = _("Table “%(table)s” lacks the permissions %(codenames)s.")
                words = _words(table) | {"codenames": ", ".join(missing)}
                yield self.drift(table, what % words, partial(_complete, table))


@register
class WrongPermissionNames(Kind):
    id = "dynadmin.W143"
    title = gettext_lazy("Permissions bear the name of another table.")
    hint = gettext_lazy("Whoever grants them may grant the wrong ones. --repair names them after the table.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.tables:
            there = state.grants.get(table.model_name, {})
            wrong = [there[c] for c, name in permission_names(table).items() if there.get(c, name) != name]
            if wrong:
                what = _("Permissions of table “%(table)s” are called “%(found)s”.")
                words = _words(table) | {"found": "”, “".join(wrong)}
                yield self.drift(table, what % words, partial(_complete, table))


@register
class LeftContentType(Kind):
    id = "dynadmin.W144"
    title = gettext_lazy("A content type is left of a table that does not exist.")
    hint = gettext_lazy(
        "--repair deletes it if nobody was granted anything on it and nothing refers to it. Otherwise see "
        "first whether the table was lost."
    )

    def find(self, state: State) -> Iterator[Drift]:
        known = {table.model_name for table in state.known}
        for name in sorted(set(state.grants) - known) if state.is_whole else ():
            what = _("There is a content type %(name)s, but no table.") % {"name": name}
            yield self.drift(name, what, partial(_delete, name))


def _delete(name: str, editor, state: State) -> None:
    content_type = ContentType.objects.get(app_label=APP_LABEL, model=name)
    permissions = Permission.objects.filter(content_type=content_type)
    if _is_referred_to(content_type, but=Permission):
        raise RefusedChange(_("Something refers to it."))
    if any(_is_referred_to(permission) for permission in permissions):
        raise RefusedChange(_("Somebody was granted a permission on it."))
    permissions.delete()
    content_type.delete()


def _is_referred_to(row, *, but: type | None = None) -> bool:
    """Whether a row of any table refers to this one."""
    relations = (r for r in row._meta.get_fields(include_hidden=True) if r.auto_created and not r.concrete)
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in relations
        if relation.related_model is not but
    )
