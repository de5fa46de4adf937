"""Formulas are made harmless, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynadmin.transfer.formulas import escape_formula, unescape_formula

TEXTS = st.text() | st.text(alphabet="'=+-@\t\r\n a1")


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@x", "\tx", "\rx", "\nx", "'=1", "''-"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "it's", "'quoted'", " =x", "1-2"])
def test_ordinary_text_stays_as_it_is(text):
    assert escape_formula(text) == text
    assert unescape_formula(text) == text


@given(TEXTS)
def test_the_import_takes_off_exactly_what_the_export_put_on(text):
    assert unescape_formula(escape_formula(text)) == text


@given(TEXTS)
def test_no_escaped_text_begins_like_a_formula(text):
    assert escape_formula(text)[:1] not in tuple("=+-@\t\r\n")
