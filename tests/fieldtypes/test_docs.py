"""docs/field-types.md says what there is."""

import re
from pathlib import Path

import pytest

from dynadmin.fieldtypes import field_types

PAGE = (Path(__file__).parents[2] / "docs" / "field-types.md").read_text(encoding="utf-8")
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| `(\w+)` \|.*$", PAGE, re.MULTILINE)}
SHARED = {"blank", "null", "default", "unique", "db_index", "help_text"}


@pytest.mark.parametrize("field_type", field_types, ids=lambda field_type: field_type.slug)
def test_the_page_lists_every_type_with_its_options(field_type):
    options = set(field_type.options_form.base_fields) - SHARED

    described = set(re.findall(r"`(\w+)`", ROWS[field_type.slug].split("|")[2]))

    assert options <= described


def test_the_page_lists_the_options_of_most_types():
    assert set(ROWS) >= SHARED
    assert set(ROWS) - SHARED == {field_type.slug for field_type in field_types}
