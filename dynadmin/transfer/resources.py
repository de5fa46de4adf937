"""django-import-export's resources on our streams: the API that people know, the speed that tables need.

A subclass that overrides one of the library's hooks for single rows (`before_import_row`, `skip_row`, ...)
gets the library's own path, in which they are called: slower, and with all rows in memory.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, router
from import_export.resources import ModelResource, modelresource_factory
from import_export.results import Result
from import_export.results import RowResult as LibraryRowResult
from import_export.widgets import ManyToManyWidget
from tablib import Dataset

from dynadmin.computed import computed_fields
from dynadmin.exceptions import BadColumns, TransferError
from dynadmin.fieldtypes.fields.choices import SEPARATOR
from dynadmin.transfer.byrow import dataset_of, outcome_of
from dynadmin.transfer.columns import ColumnPlan, match_columns, renewed
from dynadmin.transfer.exporter import exportable_fields
from dynadmin.transfer.importer import import_rows
from dynadmin.transfer.proposing import settled
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import Reference, relations_of
from dynadmin.transfer.results import ImportResult, Outcome, RefusedRow, SampleRow

# What the library calls for each row. Whoever overrides one wants it called.
ROW_HOOKS = (
    "before_import_row",
    "after_import_row",
    "after_init_instance",
    "after_import_instance",
    "before_save_instance",
    "after_save_instance",
    "do_instance_save",
    "save_instance",
    "save_m2m",
    "validate_instance",
    "import_row",
    "import_instance",
    "import_field",
    "skip_row",
    "for_delete",
    "init_instance",
    "get_instance",
    "get_or_init_instance",
)
_TYPES = {
    Outcome.CREATED: LibraryRowResult.IMPORT_TYPE_NEW,
    Outcome.CHANGED: LibraryRowResult.IMPORT_TYPE_UPDATE,
    Outcome.SKIPPED: LibraryRowResult.IMPORT_TYPE_SKIP,
}


class RowResource(ModelResource):
    """The resource of a table: a field of the model is a column of the same name.

    `Meta.fields`, `Meta.exclude` and `Meta.import_id_fields` mean what they mean in the library; the latter
    are the key. Rows go through `dynadmin.transfer`, which judges every value by the model's field.
    """

    # The key of a run by rows.
    _key: list[str] | None = None

    def import_data(
        self,
        dataset: Source | Dataset,
        dry_run: bool = False,
        raise_errors: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> Result:
        """Import a Source (or, by the library's own path, a tablib Dataset); return the library's Result.

        Takes beyond the library's arguments `plan`, `skip_refused`, `empty_texts`, `progress`, `on_refused`
        and `user` of `import_rows`. The Result has true totals, bounded rows, and all of it
        as `outcome`.
        """
        if isinstance(dataset, Dataset):
            return super().import_data(dataset, dry_run, raise_errors, *args, **kwargs)
        try:
            if self.overrides_rows():
                return self._import_by_row(dataset, dry_run, raise_errors, **kwargs)
            outcome = self._import_stream(dataset, dry_run=dry_run, **kwargs)
        except TransferError as error:
            if raise_errors:
                raise
            result = self.get_result_class()()
            result.append_base_error(self.get_error_result_class()(error))
            return result
        return self._as_result(outcome)

    def _import_by_row(
        self,
        source: Source,
        dry_run: bool,
        raise_errors: bool,
        plan: ColumnPlan | None = None,
        skip_refused: bool = False,
        empty_texts: tuple[str, ...] = (),
        progress: Any = None,
        on_refused: Any = None,
        **kwargs: Any,
    ) -> Result:
        plan = plan or self.plan_for(source)
        if plan.problems:
            raise BadColumns(" ".join(plan.problems))
        self._key = list(plan.key)
        self._tell_widgets(plan)
        result = super().import_data(
            dataset_of(self._meta.model, source, plan, empty_texts),
            dry_run,
            raise_errors,
            use_transactions=True,
            rollback_on_validation_errors=not skip_refused,
            **kwargs,
        )
        result.outcome = outcome_of(result, plan, dry_run=dry_run, skip_refused=skip_refused)
        for row in result.outcome.refused if on_refused else ():
            on_refused(row)
        return result

    def get_import_id_fields(self) -> list[str]:
        """Return the key that was chosen for this run, else that of Meta."""
        return self._key or super().get_import_id_fields()

    def _import_stream(
        self,
        source: Source,
        *,
        dry_run: bool,
        plan: ColumnPlan | None = None,
        skip_refused: bool = False,
        empty_texts: tuple[str, ...] = (),
        progress: Callable[[int], None] | None = None,
        on_refused: Callable[[RefusedRow], None] | None = None,
        user: Any = None,
        **_unused: Any,
    ) -> ImportResult:
        return import_rows(
            self._meta.model,
            source,
            plan=plan or self.plan_for(source),
            dry_run=dry_run,
            skip_refused=skip_refused,
            empty_texts=empty_texts,
            progress=progress,
            on_refused=on_refused,
            user=user,
        )

    def plan_for(
        self,
        source: Source,
        *,
        user: Any = None,
        empty_texts: Iterable[str] = (),
        constants: Iterable[str] = (),
        **choices: Any,
    ) -> ColumnPlan:
        """Return how the columns of the source fill the fields of this resource; see match_columns.

        ``constants`` are the fields that all rows get one value of.
        Relations that no choice and no widget tells are told as the first rows of the source suggest; those
        to rows that the user may not see are left out.
        """
        model = self._meta.model
        if "key" not in choices and self.get_import_id_fields() != ["id"]:
            choices["key"] = self.get_import_id_fields()
        references = {**self.references(), **(choices.pop("references", None) or {})}
        seen = exportable_fields(model, user=user)
        plan = match_columns(
            model,
            source.headers,
            only=[name for name in self.field_names() if name in seen],
            references={name: reference for name, reference in references.items() if name in seen},
            **choices,
        )
        plan = renewed(model, plan, constants=constants)
        alias = router.db_for_write(model)
        return settled(model, source, plan, alias=alias, empty_texts=empty_texts, user=user)

    def references(self) -> dict[str, Reference]:
        """Return by name how the widgets of relations tell rows, where somebody has said it."""
        told = {field.column_name: getattr(field.widget, "field", None) for field in self.get_import_fields()}
        relations = relations_of(exportable_fields(self._meta.model))
        return {
            name: Reference(by=by)
            for name, by in told.items()
            if name in relations and by not in (None, "pk")
        }

    def _tell_widgets(self, plan: ColumnPlan) -> None:
        """Make the library look rows up as the plan says."""
        for field in self.get_import_fields():
            if reference := plan.references.get(field.column_name):
                field.widget.field = reference.by
                if isinstance(field.widget, ManyToManyWidget):
                    field.widget.separator = SEPARATOR

    def field_names(self) -> list[str]:
        """Return the names of the model's fields that are columns of this resource, in their order."""
        exportable = exportable_fields(self._meta.model)
        return [field.column_name for field in self.get_import_fields() if field.column_name in exportable]

    @classmethod
    def overrides_rows(cls) -> bool:
        """Return whether this class has hooks that only the library's own path calls."""
        return any(getattr(cls, name) is not getattr(ModelResource, name) for name in ROW_HOOKS)

    def _as_result(self, outcome: ImportResult) -> Result:
        result = self.get_result_class()()
        result.outcome = outcome
        result.diff_headers = [column.field for column in outcome.plan.matched]
        result.total_rows = outcome.totals.rows
        result.totals[LibraryRowResult.IMPORT_TYPE_INVALID] = outcome.totals.refused
        for kind, library_type in _TYPES.items():
            result.totals[library_type] = getattr(outcome.totals, kind.value)
        for sample in outcome.samples:
            result.append_row_result(self._as_row_result(sample))
        for refused in outcome.refused:
            _append_refused(result, outcome.plan, refused)
        return result

    def _as_row_result(self, sample: SampleRow) -> LibraryRowResult:
        row_result = self.get_row_result_class()()
        row_result.import_type = _TYPES[sample.outcome]
        row_result.diff = [cell.after for cell in sample.cells]
        return row_result


def _append_refused(result: Result, plan: ColumnPlan, refused: RefusedRow) -> None:
    headers = [column.field or column.header for column in plan.columns]
    reasons = {name or NON_FIELD_ERRORS: list(words) for name, words in refused.reasons.items()}
    row = dict(zip(headers, refused.cells, strict=False))
    result.append_invalid_row(refused.line, row, ValidationError(reasons))


def resource_factory(model: type[models.Model]) -> type[RowResource]:
    """Return the resource class of a model: all its columns, in their order, by their names."""
    computed = computed_fields(model)
    names = tuple(name for name in exportable_fields(model) if name not in computed)
    return modelresource_factory(model, resource_class=RowResource, meta_options={"fields": names})
