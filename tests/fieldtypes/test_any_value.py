"""Whatever a field accepts, both engines give back: looked for by property tests and with awkward texts."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin.fieldtypes.cells import from_text, to_text
from tests.fieldtypes.cases import COLORS, RELATIONS

STRATEGIES = {
    "char": st.text(max_size=40),
    "text": st.text(max_size=200),
    "int": st.integers(-(2**33), 2**33),
    "bigint": st.integers(-(2**65), 2**65),
    "float": st.floats(),
    "decimal": st.decimals(-(10**12), 10**12) | st.floats(),
    "date": st.dates(),
    "time": st.times(),
    "datetime": st.datetimes(timezones=st.timezones()),
    "duration": st.timedeltas(),
    "uuid": st.uuids(),
    "ip": st.ip_addresses().map(str),
    "multichoice": st.lists(st.sampled_from(["red", "sky", "no hue", "other"])),
    "json": st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    ),
}
OPTIONS = {
    "decimal": {"max_digits": 15, "decimal_places": 3},
    "multichoice": {"choices": COLORS},
    **RELATIONS,
}

# After the Big List of Naughty Strings: what breaks quoting, formats, spreadsheets, pages and encodings.
NAUGHTY = (
    *("undefined", "NULL", "None", "true", "0", "-1", "1/0", "1e1000", "0x0", "NaN", "Infinity"),
    *("'; DROP TABLE dyn_t1; --", '" OR 1=1 --', "$$;", ",./;'[]-=", "\\", "\\n", "\\0", '""', "''"),
    *("%s %(x)s %%", "{0.__class__}", "${7*7}", "{{ 7*7 }}", "`ls`", "$(ls)", "../../etc/passwd"),
    *("=1+1", "+1", "-1+1", "@SUM(1)", "'=1"),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;", "]]>", "<!--"),
    *("Ω≈ç√∫", "ﬁ", "e\u0301", "é", "ｆｕｌｌ", "🏳️‍🌈", "社會", "ثم", "Z̮̞̠", "\u202etest\u202c"),
    *("a\u200bb", "\ufeffa", "\ufffe", "\U0010ffff", "a\tb", "a\x01b", "a\x0bb", "a\x1fb", "a\x7fb"),
    *("a\x85b", "a\u2028b", "x" * 255),
)


def store_and_read(model, value):
    row = model.objects.create(value=value)
    return model.objects.get(pk=row.pk).value


@pytest.mark.parametrize("slug", STRATEGIES)
def test_what_a_field_accepts_comes_back_from_the_database_and_from_files(slug, tables):
    model = tables.make("things", value=(slug, OPTIONS.get(slug, {}))).django_model
    field = model._meta.get_field("value")

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(STRATEGIES[slug])
    def check(candidate):
        try:
            value = field.clean(candidate, None)
        except ValidationError:
            return
        assert store_and_read(model, value) == value
        assert from_text(field, to_text(field, value)) == value
        assert field.clean(value, None) == value

    check()


@pytest.mark.parametrize("slug", ["char", "text"])
def test_awkward_texts_come_back_and_are_found(slug, tables):
    model = tables.make("things", value=slug).django_model
    field = model._meta.get_field("value")

    for text in NAUGHTY:
        value = field.clean(text, None)
        assert value == text.strip()
        row = model.objects.create(value=value)
        assert model.objects.get(value=value) == row, text
        assert model.objects.filter(value__icontains=value).exists(), text
        assert from_text(field, to_text(field, value)) == value
