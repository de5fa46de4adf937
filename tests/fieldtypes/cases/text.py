"""Values of texts."""

from tests.fieldtypes.cases.case import HALF_A_PAIR, NUL, Case

TEXT_CASES = (
    Case(
        slug="char",
        options={"max_length": 10},
        valid=(
            ("Łódź 🚀", "Łódź 🚀", "Łódź 🚀"),
            ("  spaced  ", "spaced", "spaced"),
            ("=1+1", "=1+1", "=1+1"),
            ("<b>&amp;", "<b>&amp;", "<b>&amp;"),
            ("true", "true", "true"),
            ("", "", ""),
            ("   ", "", ""),
            (5, "5", "5"),
        ),
        invalid=(
            ("x" * 11, "at most 10"),
            (NUL, "NUL"),
            (HALF_A_PAIR, "broken character"),
            ("one\ntwo", "Line breaks"),
            (True, "not a text"),
            (["a"], "not a text"),
            ({"a": 1}, "not a text"),
        ),
        rendered='maxlength="10"',
    ),
    Case(
        slug="char",
        options={"min_length": 2, "regex": "[A-Z]{2}[0-9]*", "null": True},
        valid=(("AB12", "AB12", "AB12"), ("", None, ""), (None, None, "")),
        invalid=(("A", "at least 2"), ("ab", "form asked for"), ("AB12x", "form asked for")),
    ),
    Case(
        slug="text",
        options={"max_length": 100},
        valid=(
            ("one\r\ntwo\rthree", "one\ntwo\nthree", "one\ntwo\nthree"),
            ('a "quoted", line;\n\n\ttab', 'a "quoted", line;\n\n\ttab', 'a "quoted", line;\n\n\ttab'),
        ),
        invalid=(
            ("x" * 101, "at most 100"),
            (NUL, "NUL"),
            (HALF_A_PAIR, "broken character"),
            ([], "not a text"),
        ),
        rendered="<textarea",
    ),
    Case(
        slug="email",
        valid=((" a@example.com ", "a@example.com", "a@example.com"),),
        invalid=(("a@", "valid email"), ("a@b@c", "valid email"), (NUL, "NUL")),
        rendered='type="email"',
    ),
    Case(
        slug="url",
        valid=(
            ("https://example.com/ä?q=1#x", "https://example.com/ä?q=1#x", "https://example.com/ä?q=1#x"),
            ("http://[::1]:80/", "http://[::1]:80/", "http://[::1]:80/"),
        ),
        invalid=(
            ("javascript:alert(1)", "valid URL"),
            ("ftp://example.com", "valid URL"),
            ("example.com", "valid URL"),
            ("https://example.com/" + "x" * 500, "at most 500"),
        ),
        rendered='type="url"',
    ),
    Case(
        slug="slug",
        valid=(("a-b_1", "a-b_1", "a-b_1"),),
        invalid=(("a b", "valid “slug”"), ("ä", "valid “slug”"), ("x" * 51, "at most 50")),
        rendered='maxlength="50"',
    ),
    Case(
        slug="slug",
        options={"allow_unicode": True},
        valid=(("größe", "größe", "größe"),),
        invalid=(("a b", "valid “slug”"),),
    ),
)
