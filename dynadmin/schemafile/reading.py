"""From the text of a file to schema values, or to sentences that say what is wrong and where."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.conf import conf
from dynadmin.constraints import MOST_RULES, clean_constraint
from dynadmin.displays import can_be_shown, parse_display
from dynadmin.exceptions import BadSchemaFile, UnknownFieldType
from dynadmin.fieldtypes import field_types
from dynadmin.kinds import PLAIN, check_kind, kinds, missing_columns, with_locks
from dynadmin.options import OptionsForm, kind_of
from dynadmin.schema import ConstraintSchema, Display, FieldSchema, TableSchema
from dynadmin.schemafile.entries import ConstraintForm, FieldForm, TableForm
from dynadmin.schemafile.parsing import parse
from dynadmin.schemafile.writing import FORMAT, OTHER

MOST_PROBLEMS = 30


def read_schema(content: bytes | str) -> tuple[TableSchema, ...]:
    """Return the tables of the file. Their ids, and those of all in them, count from 1 and mean nothing.

    Options are complete and checked; a key may be missing. Raises BadSchemaFile with all that is wrong.
    """
    reader = Reader()
    tables = reader.tables(_entries(parse(content)))
    if reader.problems:
        raise BadSchemaFile(*reader.told())
    return tables


def _entries(data: Any) -> list[Any]:
    """Return the tables as they stand in the file. Raises BadSchemaFile when it is another kind of file."""
    version = data.get("dynadmin") if isinstance(data, Mapping) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise BadSchemaFile(
            _("This is no file of definitions: it is not an object with a number under “dynadmin”.")
        )
    if version > FORMAT or version < 1:
        message = _(
            "The file has format %(version)s; this program reads format %(known)d: install a newer one."
        )
        raise BadSchemaFile(message % {"version": str(version)[:20], "known": FORMAT})
    if unknown := sorted(set(data) - {"dynadmin", "tables"}):
        raise BadSchemaFile(_("There is no “%(key)s” beside “tables” in this format.") % {"key": unknown[0]})
    if not isinstance(data.get("tables"), list):
        raise BadSchemaFile(_("There is no list of tables under “tables”."))
    if len(data["tables"]) > conf.MAX_TABLES:
        message = _("The file has %(count)d tables; there can be at most %(limit)d.")
        raise BadSchemaFile(message % {"count": len(data["tables"]), "limit": conf.MAX_TABLES})
    return list(data["tables"])


class Reader:
    """Reads entries one by one, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._field_ids = count(1)
        self._constraint_ids = count(1)

    def told(self) -> list[str]:
        """Return the problems, the first of them if they are many."""
        more = len(self.problems) - MOST_PROBLEMS
        rest = [_("… and %(count)d more.") % {"count": more}] if more > 0 else []
        return self.problems[:MOST_PROBLEMS] + rest

    # --- Entries ---

    def tables(self, entries: list[Any]) -> tuple[TableSchema, ...]:
        """Return the tables of all entries, as far as they can be read."""
        tables = tuple(self._table(number, entry) for number, entry in enumerate(entries, 1))
        self._refuse_repeated(_("The name “%(text)s” stands at two tables."), (t.name for t in tables))
        for kind, values in (
            (_("tables"), tables),
            (_("fields"), [f for table in tables for f in table.fields]),
            (_("constraints"), [c for table in tables for c in table.constraints]),
        ):
            message = _("The key %(text)s stands at two %(kind)s.")
            self._refuse_repeated(message, (value.key for value in values), kind=kind)
        return tables

    def _table(self, number: int, entry: Any) -> TableSchema:
        place = _("Table %(what)s") % {"what": _named(entry, number)}
        own, fields, constraints = self._split(entry, place)
        before = len(self.problems)
        values = self._clean(TableForm, own, place)
        read = tuple(self._field(place, at, part) for at, part in enumerate(fields, 1))
        try:
            naming.check_field_names([f.name for f in read if f.name])
        except ValidationError as error:
            self._tell(place, error)
        keys = {f.key: f.id for f in read if f.key}
        rules = tuple(self._constraint(place, at, part, keys) for at, part in enumerate(constraints, 1))
        values["display"] = self._display(values["display"], read, place)
        table = TableSchema(id=number, fields=read, constraints=rules, **values)
        # What is said of broken fields would only be said twice.
        if len(self.problems) > before:
            return table
        return self._with_checked_rules(self._of_its_kind(table, place), place)

    def _of_its_kind(self, table: TableSchema, place: str) -> TableSchema:
        """Return the table with the columns of its kind, which a file written by hand need not list."""
        kind = table.kind or PLAIN
        missing = missing_columns(table.fields, kinds[kind]) if kind in kinds else []
        brought = (replace(field, id=next(self._field_ids)) for field in missing)
        table = with_locks(replace(table, kind=kind, fields=(*table.fields, *brought)))
        try:
            check_kind(table)
        except ValidationError as error:
            self._tell(place, error)
        return table

    def _display(self, text: str, fields: Iterable[FieldSchema], place: str) -> Display:
        try:
            return parse_display(text, {f.name: f.id for f in fields if can_be_shown(f)})
        except ValidationError as error:
            self._tell(_("%(table)s, display") % {"table": place}, error)
            return ()

    def _with_checked_rules(self, table: TableSchema, place: str) -> TableSchema:
        rules = []
        for number, rule in enumerate(table.constraints, 1):
            try:
                rules.append(clean_constraint(rule, table))
            except ValidationError as error:
                what = f"“{rule.label}”" if rule.label else number
                self._tell(_("%(table)s, constraint %(what)s") % {"table": place, "what": what}, error)
        return replace(table, constraints=tuple(rules))

    def _field(self, table: str, number: int, entry: Any) -> FieldSchema:
        place = _("%(table)s, field %(what)s") % {"table": table, "what": _named(entry, number)}
        own = dict(entry) if isinstance(entry, Mapping) else entry
        options = own.pop("options", None) if isinstance(own, dict) else None
        values = self._clean(FieldForm, own, place)
        if values["type"]:
            options = self._options(values["type"], options, place)
        stored = field_types[values["type"]].stored if values["type"] in field_types else "column"
        return FieldSchema(id=next(self._field_ids), options=options or {}, stored=stored, **values)

    def _options(self, type: str, options: Any, place: str) -> dict[str, Any]:
        try:
            return field_types[type].clean_options(options)
        except UnknownFieldType as error:
            self._tell(f"{place}, type", error)
        except ValidationError as error:
            self._tell(f"{place}, options", error)
        return {}

    def _constraint(self, table: str, number: int, entry: Any, keys: Mapping[str, int]) -> ConstraintSchema:
        place = _("%(table)s, constraint %(what)s") % {"table": table, "what": _named(entry, number)}
        own = dict(entry) if isinstance(entry, Mapping) else entry
        fields, rule = (own.pop("fields", []), own.pop("rule", {})) if isinstance(own, dict) else ([], {})
        values = self._clean(ConstraintForm, own, place)
        known = [self._known_field(key, keys, place) for key in self._list(fields, f"{place}, fields")]
        rule = self._rule(rule, keys, f"{place}, rule")
        return ConstraintSchema(id=next(self._constraint_ids), fields=tuple(known), rule=rule, **values)

    def _rule(self, rule: Any, keys: Mapping[str, int], place: str) -> dict[str, Any]:
        if not isinstance(rule, Mapping):
            self._tell_kind(place, rule)
            return {}
        return {
            name: self._known_field(value, keys, place) if name == OTHER else value
            for name, value in rule.items()
        }

    def _known_field(self, key: Any, keys: Mapping[str, int], place: str) -> int:
        if isinstance(key, str) and key in keys:
            return keys[key]
        words = {"place": place, "key": str(key)[:50]}
        self.problems.append(_("%(place)s: no field of the table has the key “%(key)s”.") % words)
        return 0

    # --- What is wrong ---

    def _clean(self, form: type[OptionsForm], entry: Any, place: str) -> dict[str, Any]:
        if not isinstance(entry, Mapping):
            self._tell_kind(place, entry)
            return dict.fromkeys(form.base_fields, "")
        try:
            return form.clean_options(entry)
        except ValidationError as error:
            self._tell(place, error)
            return dict.fromkeys(form.base_fields, "")

    def _split(self, entry: Any, place: str) -> tuple[Any, list[Any], list[Any]]:
        """Return what a table's entry says of itself, its fields and its constraints."""
        if not isinstance(entry, Mapping):
            return entry, [], []
        own = dict(entry)
        most = {"fields": conf.MAX_FIELDS, "constraints": MOST_RULES}
        lists = [self._short_list(own.pop(key, []), f"{place}, {key}", most[key]) for key in most]
        return own, lists[0], lists[1]

    def _short_list(self, value: Any, place: str, most: int) -> list[Any]:
        """Return the list; of one with too many entries none is read."""
        entries = self._list(value, place)
        if len(entries) <= most:
            return entries
        words = {"place": place, "count": len(entries), "limit": most}
        self.problems.append(_("%(place)s: there are %(count)d; there can be at most %(limit)d.") % words)
        return []

    def _list(self, value: Any, place: str) -> list[Any]:
        if isinstance(value, list):
            return value
        words = {"place": place, "kind": kind_of(value)}
        self.problems.append(_("%(place)s: it has to be a list, not %(kind)s.") % words)
        return []

    def _tell_kind(self, place: str, value: Any) -> None:
        words = {"place": place, "kind": kind_of(value)}
        self.problems.append(_("%(place)s: it has to be an object, not %(kind)s.") % words)

    def _tell(self, place: str, error: ValidationError | UnknownFieldType) -> None:
        messages = getattr(error, "message_dict", None) if hasattr(error, "error_dict") else None
        for name, texts in (messages or {NON_FIELD_ERRORS: getattr(error, "messages", [str(error)])}).items():
            where = place if name == NON_FIELD_ERRORS else f"{place}, {name}"
            self.problems += [f"{where}: {text}" for text in texts]

    def _refuse_repeated(self, message: str, texts: Iterable[str], **words: str) -> None:
        counts = Counter(text for text in texts if text)
        self.problems += [message % {"text": text, **words} for text, n in counts.items() if n > 1]


def _named(entry: Any, number: int) -> str:
    """Return how to call an entry: by its name, or by its place in the list."""
    name = entry.get("name") or entry.get("label") if isinstance(entry, Mapping) else None
    return f"“{name[:50]}”" if isinstance(name, str) else str(number)
