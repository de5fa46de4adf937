"""Who prepares an import: what they may have it do, and the plans that leaves."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dynadmin.admin.transfer.columntable import ColumnTable
from dynadmin.exceptions import TransferError
from dynadmin.imports.mapping import options_now
from dynadmin.imports.ordering import remembered
from dynadmin.imports.records import FileImport
from dynadmin.permissions import may
from dynadmin.related import cascading
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source


class ImportAuthor:
    """The person of a request, who may add rows to the table of a ModelAdmin."""

    def __init__(self, admin: Any, request: HttpRequest) -> None:
        self._admin = admin
        self._request = request
        self._model = admin.model
        self.user = request.user
        self.may_change = admin.has_change_permission(request)

    @cached_property
    def may_delete(self) -> bool:
        """Whether the person may delete rows, and those of other tables that would go along."""
        gone = (may(self.user, "delete", model._meta.label) for model in cascading(self._model))
        return self._admin.has_delete_permission(self._request) and all(gone)

    def allowed(self, options: ImportOptions) -> ImportOptions:
        """Return the options without what the person may not do: delete rows that the file lacks."""
        return options if self.may_change and self.may_delete else replace(options, missing="keep")

    def check(self, job: FileImport) -> None:
        """Raise PermissionDenied where the person may no longer do what was chosen."""
        options = options_now(self._model, job.options)
        if self.allowed(options) != options or (job.plan.get("key") and not self.may_change):
            raise PermissionDenied

    def plan(self, source: Source, options: ImportOptions, **chosen: Any) -> ColumnPlan:
        """Return the plan; without the permission to change rows there is no key, and all rows are new."""
        if not self.may_change:
            chosen["key"] = ()
        return self._admin.import_resource(self._request).plan_for(
            source,
            user=self.user,
            empty_texts=options.empty_texts,
            constants=options.constants,
            **{name: value for name, value in chosen.items() if value is not None},
        )

    def proposal(self, source: Source) -> tuple[ColumnPlan, ImportOptions]:
        """Return the columns and options to begin with: those of the last such file, else by their names."""
        options = ImportOptions()
        return self._last(source) or (self.plan(source, options), options)

    def _last(self, source: Source) -> tuple[ColumnPlan, ImportOptions] | None:
        """Return those of the last file with these headers, where the person may have all of that done."""
        last = remembered(self._model, source.headers)
        if last is None:
            return None
        plan, options = last[0], self.allowed(last[1])
        seen = ColumnTable(self._model, self.user).fields
        by_hand = {column.position: column.field for column in plan.columns}
        if not all(name is None or name in seen for name in by_hand.values()):
            return None
        readings = {column.position: column.reading for column in plan.columns}
        chosen = {"key": plan.key, "references": dict(plan.references), "readings": readings}
        try:
            return self.plan(source, options, by_hand=by_hand, **chosen), options
        except TransferError:
            return None  # it was done by somebody who may do more
