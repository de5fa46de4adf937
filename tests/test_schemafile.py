"""The format of schema files: what is written is read again, and what is wrong is told with its place."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynadmin.exceptions import BadSchemaFile
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema
from dynadmin.schemafile import match, read_schema, write_schema

KEYS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(20)]


def field(id: int, name: str = "carrier", type: str = "char", **more) -> FieldSchema:
    options = {"max_length": 2, "blank": True, "null": False, "unique": False, "db_index": False}
    return FieldSchema(
        **{"id": id, "name": name, "label": name.title(), "type": type, "key": KEYS[id], "options": options}
        | more
    )


def table(id: int, *fields: FieldSchema, name: str = "flights", **more) -> TableSchema:
    key = KEYS[id % len(KEYS)]
    return TableSchema(**{"id": id, "name": name, "label": "Flights", "key": key, "fields": fields} | more)


def problems_of(content: object) -> list[str]:
    """Return what is wrong with a file; what is no text is written as JSON."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    with pytest.raises(BadSchemaFile) as failure:
        read_schema(text)
    return list(failure.value.problems)


def file_of(*tables: object) -> dict:
    return {"dynadmin": 1, "tables": list(tables)}


def entry(*fields: object, **more) -> dict:
    return {"name": "flights", "fields": list(fields)} | more


# --- Writing ---


def test_the_same_tables_always_give_the_same_text():
    flights, planes = table(1, field(3), name="flights"), table(2, field(4), name="planes")

    assert write_schema([flights, planes]) == write_schema([planes, flights])


def test_no_id_is_in_the_file():
    rule = ConstraintSchema(
        id=987654, kind="check", key=KEYS[9], fields=(3,), rule={"operator": "<", "other": 4}
    )
    text = write_schema([table(123456, field(3), field(4, "other"), constraints=(rule,), key=KEYS[1])])

    assert "123456" not in text
    assert "987654" not in text
    rules = json.loads(text)["tables"][0]["constraints"]
    assert rules == [
        {
            "key": KEYS[9],
            "kind": "check",
            "label": "",
            "fields": [KEYS[3]],
            "rule": {"operator": "<", "other": KEYS[4]},
        }
    ]


def test_what_is_retired_is_not_in_the_file():
    text = write_schema([table(1, field(3), field(4, "bygone", retired_after=7))])

    assert "bygone" not in text


names = st.from_regex(r"[a-z]{3,9}x", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)


@given(names=st.lists(names, min_size=1, max_size=4, unique=True), text=texts, unique=st.booleans())
def test_what_is_written_is_read_again(names, text, unique):
    options = {"max_length": 9, "blank": True, "null": unique, "unique": unique, "db_index": False}
    options |= {"help_text": text} if text else {}
    fields = [field(n, name, options=options) for n, name in enumerate(names, 1)]
    check = ConstraintSchema(id=1, kind="index", label=text, key=KEYS[9], fields=(1,))
    written = table(1, *fields, description=text, constraints=(check,))

    assert read_schema(write_schema([written])) == (written,)


def test_a_byte_order_mark_is_passed_over():
    assert read_schema(b"\xef\xbb\xbf" + write_schema([table(1, field(2))]).encode())


# --- Reading by hand ---


def test_a_file_written_by_hand_may_leave_out_what_has_a_default():
    (read,) = read_schema(json.dumps(file_of(entry({"name": "carrier", "type": "char"}))))

    assert read.fields[0].options["max_length"] == 255
    assert (read.key, read.label, read.constraints) == ("", "", ())


WRONG_FILES = {
    "no JSON": ('{"dynadmin": 1,\n "tables": [}', "at line 2, column 13"),
    "no UTF-8": (b'{"dynadmin": 1,\n "x": "\xff"}', "line 2 has a byte"),
    "another file": ([1, 2], "no file of definitions"),
    "no version": ({"tables": []}, "no file of definitions"),
    "true is no version": ({"dynadmin": True, "tables": []}, "no file of definitions"),
    "a newer format": ({"dynadmin": 2, "tables": []}, "format 2; this program reads format 1"),
    "tables that are none": ({"dynadmin": 1, "tables": {}}, "no list of tables"),
    "something beside": ({"dynadmin": 1, "tables": [], "views": []}, "no “views”"),
    "a key twice": ('{"dynadmin": 1, "dynadmin": 1}', "has the key “dynadmin” twice"),
    "not a number": ('{"dynadmin": NaN}', "NaN is no JSON number"),
    "a long number": ('{"dynadmin": ' + "9" * 5000 + "}", "too long"),
    "deep nesting": ("[" * 200_000, "nested too deep"),
    "a table that is none": (file_of(7), "Table 1: it has to be an object, not a number."),
    "a table without a name": (file_of({"fields": []}), "Table 1, name: This field is required."),
    "a bad name": (file_of({"name": "Flights!"}), "Table “Flights!”, name: “Flights!” cannot be a name"),
    "a misspelt key": (
        file_of({"name": "flights", "lable": "x"}),
        "lable: There is no option “lable” here. ",
    ),
    "a bad key": (file_of(entry(key="12")), "Table “flights”, key: Enter a valid UUID"),
    "fields that are no list": (
        file_of({"name": "flights", "fields": {}}),
        "fields: it has to be a list, not an object",
    ),
    "an unknown type": (
        file_of(entry({"name": "carrier", "type": "chr"})),
        "Table “flights”, field “carrier”, type: There is no field type “chr”. Did you mean “char”?",
    ),
    "a bad option": (
        file_of(entry({"name": "carrier", "type": "char", "options": {"max_length": "x"}})),
        "Table “flights”, field “carrier”, options, max_length: Enter a whole number.",
    ),
    "options that are none": (
        file_of(entry({"name": "carrier", "type": "char", "options": 5})),
        "Table “flights”, field “carrier”, options: Options are an object of names and values, not a number.",
    ),
    "a field that is none": (
        file_of(entry("carrier")),
        "Table “flights”, field 1: it has to be an object, not a text.",
    ),
    "two fields of a name": (
        file_of(entry({"name": "a_x", "type": "int"}, {"name": "a_x", "type": "int"})),
        "Table “flights”: Two fields have the name “a_x”.",
    ),
    "two tables of a name": (file_of(entry(), entry()), "The name “flights” stands at two tables."),
    "two tables of a key": (
        file_of(entry(key=KEYS[1]), entry(key=KEYS[1], name="planes")),
        f"The key {KEYS[1]} stands at two tables.",
    ),
    "two fields of a key": (
        file_of(*(entry({"name": "a_x", "type": "int", "key": KEYS[1]}, name=n) for n in ("one_x", "two_x"))),
        f"The key {KEYS[1]} stands at two fields.",
    ),
    "a constraint on no field": (
        file_of(entry(constraints=[{"kind": "unique", "fields": [KEYS[5]], "label": "Once"}])),
        f"Table “flights”, constraint “Once”: no field of the table has the key “{KEYS[5]}”.",
    ),
    "a rule that cannot be": (
        file_of(
            entry(
                {"name": "note", "type": "json", "key": KEYS[5]},
                constraints=[{"kind": "index", "fields": [KEYS[5]]}],
            )
        ),
        "Table “flights”, constraint 1, fields: An index cannot hold the values of “note”.",
    ),
    "a rule that is none": (
        file_of(entry(constraints=[{"kind": "check", "rule": 5}])),
        "constraint 1, rule: it has to be an object, not a number.",
    ),
    "a constraint of no kind": (
        file_of(entry(constraints=[{"kind": "odd"}])),
        "constraint 1, kind: Select a",
    ),
    "a surrogate": (
        '{"dynadmin": 1, "tables": [{"name": "flights", "label": "\\ud800"}]}',
        "half of a surrogate",
    ),
    "a surrogate in a name": (
        '{"dynadmin": 1, "tables": [{"name": "x\\ud800"}]}',
        "Table “x\\ud800”, name: ",
    ),
    "a surrogate for a key": ('{"dynadmin": 1, "tables": [], "\\ud800": 1}', "There is no “\\ud800” beside"),
    "too many tables": (file_of(*[7] * 1001), "The file has 1001 tables; there can be at most 1000."),
    "too many fields": (file_of(entry(*[7] * 301)), "fields: there are 301; there can be at most 300."),
    "too many rules": (
        file_of(entry(constraints=[7] * 1000)),
        "constraints: there are 1000; there can be at most",
    ),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_what_is_wrong_is_told_with_its_place(case):
    content, expected = WRONG_FILES[case]

    assert expected in "\n".join(problems_of(content))


def test_all_problems_are_told_at_once_but_not_thousands():
    bad = [{"name": f"t_{n}x", "fields": 1} for n in range(100)]

    problems = problems_of(file_of(*bad))

    assert len(problems) == 31
    assert problems[-1] == "… and 70 more."


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["name", "key", "label", "fields", "constraints", "type", "options", "rule", "kind", "max_length"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_any_json_is_read_or_refused_in_words(value):
    with suppress(BadSchemaFile):
        read_schema(json.dumps({"dynadmin": 1, "tables": [value]}))


@given(st.binary(max_size=50))
def test_any_bytes_are_refused_in_words(content):
    assert problems_of(content)


# --- Matching ---


def found(wanted: TableSchema, *here: TableSchema) -> tuple[dict, dict]:
    result = match([wanted], Schema.of(here))
    return dict(result.tables), dict(result.fields)


def test_a_key_finds_what_was_renamed():
    here = table(7, field(8, "airline", key=KEYS[2]), name="departures", key=KEYS[1])

    assert found(table(1, field(2)), here) == ({1: 7}, {2: 8})


def test_a_name_finds_what_no_key_does():
    here = table(7, field(8, key=KEYS[11]), key=KEYS[12])

    assert found(table(1, field(2)), here) == ({1: 7}, {2: 8})


def test_a_key_goes_before_a_name():
    one, other = table(7, name="departures", key=KEYS[1]), table(8, name="flights", key=KEYS[9])

    assert found(table(1), one, other)[0] == {1: 7}


def test_what_a_key_has_found_no_name_finds_again():
    here = table(7, field(8, "carrier", key=KEYS[3]))
    wanted = table(1, field(2, "carrier"), field(3, "airline"))

    assert found(wanted, here)[1] == {3: 8}


def test_what_is_retired_is_found_by_its_key_only():
    here = table(7, field(8, key=KEYS[11], retired_after=3), field(9, "dest", key=KEYS[3], retired_after=3))

    assert found(table(1, field(2), field(3, "dest")), here)[1] == {3: 9}


def test_nothing_is_found_of_what_was_purged():
    assert found(table(1), table(7, key=KEYS[1], retired_after=3, purged=True))[0] == {}


def test_of_two_with_one_key_the_live_one_is_found():
    gone, live = table(7, key=KEYS[1], retired_after=3), table(8, key=KEYS[1])

    assert found(table(1), live, gone)[0] == {1: 8}
