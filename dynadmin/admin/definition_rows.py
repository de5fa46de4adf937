"""Posted rows of fields, put into the order in which Django's formsets expect them."""

from collections.abc import Collection

from django.http import QueryDict

Row = dict[str, str]


def with_known_rows_first(data: QueryDict, *, prefix: str, known: Collection[int]) -> QueryDict:
    """Return the posted data with rows of known ids first, and all other rows as new ones.

    A field that somebody else removed meanwhile thus becomes a new field rather than an error nobody
    understands, and an id of another table's field has no meaning.
    """
    rows = _read_rows(data, prefix)
    if rows is None:
        return data  # the formset itself says that its counts are not numbers
    ids = {str(pk) for pk in known}
    old, new = {}, []
    for row in rows:
        pk = row.get("id", "")
        if pk in ids and pk not in old:
            old[pk] = row
        else:
            new.append({**row, "id": ""})
    return _write_rows(data, prefix, list(old.values()), new)


def _read_rows(data: QueryDict, prefix: str) -> list[Row] | None:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    if not _is_small(total):
        return None
    rows: list[Row] = [{} for _ in range(int(total))]
    for key in data:
        number, _dash, name = key.removeprefix(f"{prefix}-").partition("-")
        if key.startswith(f"{prefix}-") and _is_small(number) and int(number) < len(rows):
            rows[int(number)][name] = data[key]
    return rows


def _is_small(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 5


def _write_rows(data: QueryDict, prefix: str, old: list[Row], new: list[Row]) -> QueryDict:
    written = QueryDict(mutable=True)
    for key in data:
        if not key.startswith(f"{prefix}-"):
            written.setlist(key, data.getlist(key))
    for number, row in enumerate([*old, *new]):
        written.update({f"{prefix}-{number}-{name}": value for name, value in row.items()})
    written[f"{prefix}-TOTAL_FORMS"] = str(len(old) + len(new))
    written[f"{prefix}-INITIAL_FORMS"] = str(len(old))
    for name in ("MIN_NUM_FORMS", "MAX_NUM_FORMS"):
        written[f"{prefix}-{name}"] = data.get(f"{prefix}-{name}", "")
    return written
