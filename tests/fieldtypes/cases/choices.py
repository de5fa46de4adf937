"""Values that are chosen."""

from tests.fieldtypes.cases.case import NUL, Case

COLORS = [
    {"value": "red", "label": "Red & hot", "color": "#f4b8b8"},
    {"value": "sky", "label": "Blue", "color": "#b5d6f7"},
    {"value": "no hue", "label": "None", "color": ""},
]

CHOICE_CASES = (
    Case(
        slug="bool",
        valid=(
            (True, True, "true"),
            (False, False, "false"),
            ("TRUE", True, "true"),
            ("no", False, "false"),
            ("0", False, "false"),
            (1, True, "true"),
            ("", None, ""),
        ),
        invalid=(
            ("maybe", "neither true nor false"),
            (2, "neither true"),
            ("ja", "neither"),
            ([], "neither"),
        ),
        rendered="<select",
    ),
    Case(
        slug="bool",
        options={"null": False, "default": False},
        valid=(("yes", True, "true"), ("f", False, "false")),
        invalid=(("", "cannot be null"), ("-1", "neither true nor false")),
        rendered='type="checkbox"',
    ),
    Case(
        slug="choice",
        options={"choices": COLORS},
        valid=((" sky ", "sky", "sky"), ("no hue", "no hue", "no hue"), ("", "", "")),
        invalid=(
            ("Blue", "not a valid choice"),
            ("SKY", "not a valid choice"),
            (NUL, "NUL"),
            (1, "not a valid"),
        ),
        rendered='<option value="red">Red &amp; hot</option>',
    ),
    Case(
        slug="multichoice",
        options={"choices": COLORS},
        valid=(
            (["sky", "red"], ["red", "sky"], "red; sky"),
            (["sky", "sky"], ["sky"], "sky"),
            ("sky;no hue", ["sky", "no hue"], "sky; no hue"),
            ([], None, ""),
            (None, None, ""),
        ),
        invalid=(
            (["Blue"], "not one of the choices"),
            ("red, sky", "not one of the choices"),
            ([["red"]], "not one of the choices"),
            ({"red": True}, "not a list"),
            (5, "not a list"),
        ),
        rendered='type="checkbox"',
    ),
)
