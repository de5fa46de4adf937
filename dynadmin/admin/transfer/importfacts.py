"""What the page of an import says of it when it is over: the file, how it was taken, what came of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.admin.durations import in_words
from dynadmin.admin.transfer.forms import SettingsForm
from dynadmin.admin.transfer.previews import figures_of
from dynadmin.imports.mapping import id_of, target_name
from dynadmin.imports.records import FileImport
from dynadmin.imports.refused import first_notes, frequent_reasons
from dynadmin.imports.summaries import made_words, number, spared_words
from dynadmin.imports.undoing import undone
from dynadmin.naturalkeys import key_named
from dynadmin.registry import registry
from dynadmin.rowhistory.reverting import Conflict
from dynadmin.transfer.columns import ColumnPlan, importable_fields
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.references import target_of, visible
from dynadmin.transfer.sniff import ENCODINGS


def facts_context(job: FileImport, model: type[models.Model], user: Any) -> dict[str, Any]:
    """Return what the template shows. Rows are shown to those who may see all that is in them."""
    totals, taken = job.totals, undone(job)
    shown = may_see_rows(job, model, user)
    return {
        "facts": [*_facts(job), *_constants(job, model, user)],
        "mapping": _mapping(job, model),
        "figures": figures_of(totals) if totals else [],
        "made": made_words(totals.get("made", {})),
        "spared": spared_words(job.options.get("missing", ""), totals.get("refused", 0)),
        "reasons": [
            (label, words, number(count)) for label, words, count in totals.get("reasons", ()) if shown
        ],
        "refused": first_notes(job) if shown else (),
        "refused_in_all": totals.get("refused", 0),
        "headers": [column.header for column in ColumnPlan.from_json(job.plan).columns] if job.plan else [],
        "has_file": job.has_file,
        "undone": taken,
        "conflicts": conflict_lines(model, taken.conflicts if taken else ()),
    }


def failure_context(job: FileImport) -> dict[str, Any]:
    """Return what is shown of an import that cannot be made as it was chosen: the refused rows."""
    return {
        "outcome": None,
        "refused": first_notes(job),
        "refused_in_all": job.totals.get("refused", 0),
        "reasons": [(label, words, number(count)) for label, words, count in frequent_reasons(job)],
    }


def may_see_rows(job: FileImport, model: type[models.Model], user: Any) -> bool:
    """Whether a person may see the values of the rows of an import: everything that its columns fill.

    Columns that were left out of the table are for who had the file only.
    """
    if not job.plan:
        return False
    plan = ColumnPlan.from_json(job.plan)
    if plan.unmatched and job.author_id != user.pk and not user.is_superuser:
        return False
    seen = {id_of(field) for field in visible(importable_fields(model).values(), user)}
    known = {id_of(field) for field in importable_fields(model).values()}
    filled = {column.field for column in plan.matched}
    return not (filled & known) - seen


def conflict_lines(
    model: type[models.Model], conflicts: Iterable[Conflict]
) -> list[tuple[str, int, bool, str]]:
    """Return of each row in the way: its table, its number, whether it is of this table, and the reason."""
    here = getattr(getattr(model, "table_schema", None), "id", None)
    tables = registry.current.schema.tables

    def name(id: int) -> str:
        return tables[id].label or tables[id].name if id in tables else str(id)

    return [(name(told.table), told.row, told.table == here, told.reason) for told in conflicts]


def _facts(job: FileImport) -> Iterator[tuple[str, Any]]:
    yield _("File"), job.file_name
    yield _("Size"), _("%(count)s bytes") % {"count": number(job.size)}
    yield _("Checksum (SHA-256)"), job.sha256
    yield _("Format"), _format(job)
    yield _("Who"), str(job.author) if job.author else "–"
    yield _("When"), job.started_at or job.created_at
    if job.finished_at and job.started_at:
        yield _("Took"), in_words(round((job.finished_at - job.started_at).total_seconds() * 1000))
    if job.options:
        options = ImportOptions.from_json(job.options)
        for name in SettingsForm.policy_names:
            field = SettingsForm.base_fields[name]
            yield field.label, dict(field.choices)[getattr(options, name)]
        if options.empty_texts:
            yield _("Read as empty"), ", ".join(options.empty_texts)


def _constants(job: FileImport, model: type[models.Model], user: Any) -> Iterator[tuple[str, str]]:
    """Yield what all rows got that the file had no column for, as far as a person may see the fields."""
    texts = job.options.get("constants", {})
    for field in visible(importable_fields(model).values(), user):
        if text := texts.get(id_of(field)):
            yield _("%(field)s, in every row") % {"field": capfirst(str(field.verbose_name))}, text


def _format(job: FileImport) -> str:
    slug = job.reading.get("format", "")
    parts = [str(FORMATS[slug].label) if slug in FORMATS else slug]
    if encoding := job.reading.get("encoding"):
        parts.append(str(ENCODINGS.get(encoding, encoding)))
    parts += [job.reading[name] for name in ("member", "sheet") if job.reading.get(name)]
    return ", ".join(part for part in parts if part)


def _mapping(job: FileImport, model: type[models.Model]) -> list[tuple[str, str, bool]]:
    """Return of each column of the file its header, what it filled and how, and whether it was of the key."""
    if not job.plan:
        return []
    plan = ColumnPlan.from_json(job.plan)
    fields = {id_of(field): field for field in importable_fields(model).values()}
    return [
        (c.header, _filled(fields, plan, c.field) if c.field else "", bool(c.field) and c.field in plan.key)
        for c in plan.columns
    ]


def _filled(fields: Mapping[str, models.Field], plan: ColumnPlan, id: str) -> str:
    """Return which field a column has filled; of a relation also by which column of its target."""
    if id not in fields:
        return _("a field that is gone")
    label, reference = str(capfirst(fields[id].verbose_name)), plan.references.get(id)
    if reference is None or not fields[id].is_relation:
        return label
    target = target_of(fields[id])
    key = key_named(target, target_name(target, reference.by))
    words = _("%(field)s, new rows made where none was found by %(key)s")
    if not reference.create:
        words = _("%(field)s, found by %(key)s")
    return words % {"field": label, "key": capfirst(key.verbose_name) if key else reference.by}
