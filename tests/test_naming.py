"""Which names are legal, and which are proposed."""

import keyword
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st

from dynadmin import naming
from dynadmin.factory import Row
from dynadmin.naming import (
    MAX_LENGTH,
    check_field_names,
    propose_name,
    reserved_names,
    validate_field_name,
    validate_table_name,
)

LEGAL = [
    "a",
    "departure_time",
    "x2",
    "a_1_b",
    "date",
    "year",
    "model",
    "type",
    "case",
    "url",
    "order",
    "x" * 48,
]

ILLEGAL = {
    "": "empty",
    "x" * 49: "longer than 48",
    "Name": "small letters",
    "größe": "small letters",
    "ﬁeld": "small letters",
    "a b": "small letters",
    "a-b": "small letters",
    'a"b': "small letters",
    "a;b": "small letters",
    "a%b": "small letters",
    "a\x00b": "small letters",
    "a\n": "small letters",
    "1a": "begins with a digit",
    "a__b": "twice in a row",
    "_a": "begins or ends",
    "a_": "begins or ends",
    "__class__": "twice in a row",
    "class": "Python language",
    "in": "Python language",
    "get_color_display": "begin with “get_”",
    "get_next_by_date": "begin with “get_”",
    "id": "reserved",
    "pk": "reserved",
    "save": "reserved",
    "objects": "reserved",
    "mro": "reserved",
    "self": "reserved",
    "table_schema": "reserved",
    "exact": "reserved",
    "isnull": "reserved",
    "has": "reserved",
    "has_key": "reserved",
    "page": "reserved",
    "ordering": "reserved",
    "format": "reserved",
    "datefield": "reserved",
    "action_checkbox": "reserved",
    "empty_values": "reserved",
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal_names(name):
    validate_field_name(name)


@pytest.mark.parametrize(("name", "problem"), ILLEGAL.items())
def test_an_illegal_name_is_refused_with_a_legal_one_to_take(name, problem):
    with pytest.raises(ValidationError) as refusal:
        validate_field_name(name)

    (message,) = refusal.value.messages
    assert problem in message
    validate_field_name(re.search("“([a-z0-9_]+)” can[.]", message)[1])


@pytest.mark.parametrize("name", ["import", "add", "search", "api", "class", "a__b", "Flights", "x" * 49])
def test_tables_refuse_names_that_stand_in_urls(name):
    with pytest.raises(ValidationError):
        validate_table_name(name)


@pytest.mark.parametrize("name", ["flights", "save", "exact", "objects"])
def test_a_table_may_have_a_name_that_only_an_attribute_could_not(name):
    validate_table_name(name)


def test_no_field_hides_an_attribute_of_models():
    attributes = {name for name in dir(Row) if naming.PATTERN.fullmatch(name)} | {"pk", "id", "objects"}

    assert attributes - reserved_names() - set(keyword.kwlist) == set()


def test_no_field_has_the_name_of_a_lookup_that_could_follow_a_relation():
    lookups = set(models.ForeignKey.get_lookups()) | set(models.Field.get_lookups())

    assert lookups <= reserved_names()


def test_a_lookup_that_another_app_registers_is_reserved_from_then_on():
    class Sounds(models.Lookup):
        lookup_name = "sounds_like"

    with_lookup = models.TextField.register_lookup(Sounds)
    try:
        assert with_lookup is Sounds
        assert "sounds_like" in reserved_names()
    finally:
        models.TextField._unregister_lookup(Sounds)


@pytest.mark.parametrize("names", [["a", "a"], ["Name", "name"], ["ﬁeld", "field"]])
def test_names_of_one_table_differ_for_people_and_databases(names):
    with pytest.raises(ValidationError, match="Two fields have the name"):
        check_field_names(names)


def test_a_field_cannot_have_the_name_of_a_relations_key():
    check_field_names(["owner", "owner_id"])

    with pytest.raises(ValidationError, match="owner_id"):
        check_field_names(["owner", "owner_id"], relations=["owner"])


PROPOSALS = {
    "Departure Time": "departure_time",
    "  % of GDP (2013) ": "of_gdp_2013",
    "2013": "field_2013",
    "Größe in m²": "grosse_in_m2",
    "Straße": "strasse",
    "Łódź": "lodz",
    "Ørsted Æther": "orsted_aether",
    "ﬁne": "fine",
    "class": "class_field",
    "Id": "id_field",
    "get_x_display": "field_get_x_display",
    "日本": "field",
    "": "field",
    "__": "field",
    "a__b": "a_b",
    "x" * 60: "x" * 48,
    "x" * 47 + " y": "x" * 47,
    "\x00\ud800": "field",
}


@pytest.mark.parametrize(("label", "name"), PROPOSALS.items())
def test_a_name_is_proposed_from_a_label(label, name):
    assert propose_name(label) == name


def test_a_proposal_for_a_table_keeps_clear_of_urls():
    assert propose_name("Import", kind="table") == "import_table"
    assert propose_name("Exact", kind="table") == "exact"


def test_a_proposal_is_none_of_the_names_taken():
    assert propose_name("Name", {"name"}) == "name_2"
    assert propose_name("Name", {"name", "name_2"}) == "name_3"
    assert propose_name("x" * 60, {"x" * 48}) == "x" * 46 + "_2"


@settings(deadline=None)
@given(st.text(), st.sampled_from(["field", "table"]), st.data())
def test_whatever_the_label_the_proposal_is_legal_and_free(label, kind, data):
    first = propose_name(label, kind=kind)
    taken = data.draw(st.sets(st.sampled_from([first, f"{first}_2", f"{first[:46]}_2", f"{first[:46]}_3"])))

    name = propose_name(label, taken, kind=kind)

    {"field": validate_field_name, "table": validate_table_name}[kind](name)
    assert name not in taken
    assert len(name) <= MAX_LENGTH


@settings(deadline=None)
@given(st.text(alphabet="get_clas0in_d", max_size=60))
def test_proposals_from_awkward_letters_are_legal(label):
    validate_field_name(propose_name(label))


@pytest.mark.parametrize("word", sorted(reserved_names()))
def test_reserved_words_can_be_labels(word):
    validate_field_name(propose_name(word))
