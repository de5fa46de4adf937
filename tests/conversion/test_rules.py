"""The table of conversions: complete, and the same in the docs."""

import re
from pathlib import Path

import pytest
from django.core.validators import MaxValueValidator
from django.db import models

from dynadmin.conversion.rules import KINDS, RULES, why_not
from dynadmin.exceptions import CannotConvert, RefusedChange
from dynadmin.fieldtypes import FieldType, field_types
from dynadmin.schema import FieldSchema
from tests.conversion.conversions import conversion, field


class Grade(FieldType):
    slug = "grade"
    label = "Grade"

    def model_field(self, options):
        return models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(6)])


PAGE = (Path(__file__).parents[2] / "docs" / "conversions.md").read_text(encoding="utf-8")


def field_of(field_type: FieldType) -> FieldSchema:
    options = {"choices": ["red", "sky"], "target": "auth.User", "source": "1.2"}
    known = field_type.options_form.base_fields
    return field(field_type.slug, **{name: value for name, value in options.items() if name in known})


def table_behind(heading: str) -> list[str]:
    """Return the rows of the first table below a heading of the page, without its head."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\|.*\|$", section, re.MULTILINE)[2:]


def rows_of_the_rules() -> list[str]:
    """Return the table of the docs as the code has it: kinds that become the same alike share a row."""
    olds: dict[tuple[str, str], list[str]] = {}
    for old in KINDS:
        news: dict[str, list[str]] = {}
        for new in KINDS:
            if rule := RULES.get((old, new)):
                news.setdefault(str(rule.says), []).append(str(KINDS[new]))
        for says, kinds in news.items():
            olds.setdefault((", ".join(kinds), says), []).append(str(KINDS[old]))
    return [f"| {', '.join(kinds)} | {news} | {says} |" for (news, says), kinds in olds.items()]


def rows_of_the_kinds() -> list[str]:
    rows = []
    for kind in filter(None, KINDS):
        slugs = ", ".join(f"`{each.slug}`" for each in field_types if each.kind == kind)
        rows.append(f"| {KINDS[kind]} | {slugs} |")
    return rows


def test_the_docs_show_the_table_of_the_code():
    assert table_behind("What becomes what") == rows_of_the_rules()


def test_the_docs_show_which_types_are_of_which_kind():
    assert table_behind("Kinds") == rows_of_the_kinds()


def test_every_type_of_dynadmin_has_a_kind_of_the_table():
    assert {field_type.kind for field_type in field_types} == set(KINDS) - {""}


@pytest.mark.parametrize("old", KINDS)
@pytest.mark.parametrize("new", KINDS)
def test_there_is_a_rule_or_a_sentence_why_not(old, new):
    assert ((old, new) in RULES) or str(why_not(old, new)).endswith(".")


@pytest.mark.parametrize("old", field_types, ids=lambda each: each.slug)
@pytest.mark.parametrize("new", field_types, ids=lambda each: each.slug)
def test_every_pair_of_types_is_possible_or_says_why_not(old, new):
    pair = conversion(field_of(old), field_of(new))

    assert pair.is_possible is (pair.why_not == "")
    if pair.is_possible:
        survey = pair.survey([])
        assert survey.questions({}) == ()
        assert callable(pair.converter(survey.reading({})))
    else:
        assert pair.why_not.endswith(".")
        assert "%" not in pair.why_not
        with pytest.raises(RefusedChange, match=re.escape(pair.why_not)):
            pair.survey([])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("date", "bool", "says nothing"),
        ("char", "file", "uploaded"),
        ("file", "image", "stays in the column"),
        ("uuid", "json", "text alone"),
        ("time", "datetime", "on which date"),
    ],
)
def test_what_is_impossible_says_why(old, new, words):
    assert words in conversion(old, new).why_not


def test_a_type_of_another_app_becomes_text_and_is_read_from_text():
    with field_types.register_temporarily(Grade):
        assert conversion("grade", "char").is_possible
        assert conversion("grade", "grade").is_possible
        assert "another app" in conversion("grade", "int").why_not
        convert = conversion("char", "grade").converter({})
        assert convert("3") == 3
        for text in ("nonsense", "9"):
            with pytest.raises(CannotConvert):
                convert(text)
