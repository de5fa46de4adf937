"""Dates and times where clocks and calendars have edges."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dynadmin.fieldtypes import field_types, get_field

UTC = datetime.UTC


@pytest.fixture
def in_berlin():
    with timezone.override("Europe/Berlin"):
        yield


def test_a_text_without_a_zone_is_meant_in_the_zone_in_force(in_berlin):
    assert get_field("datetime").clean("2024-07-01 12:00", None) == datetime.datetime(
        2024, 7, 1, 10, tzinfo=UTC
    )
    assert get_field("datetime").clean("2024-07-01", None) == datetime.datetime(2024, 6, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-03-31 02:30", "2024-10-27 02:30"])
def test_an_hour_that_clocks_skip_or_show_twice_needs_its_zone(in_berlin, text):
    with pytest.raises(ValidationError, match="comes twice"):
        get_field("datetime").clean(text, None)


def test_a_form_shows_such_an_hour_with_its_zone_so_that_it_can_be_saved(in_berlin):
    form_field = get_field("datetime").formfield()
    moment = datetime.datetime(2024, 10, 27, 1, 30, tzinfo=UTC)

    shown = form_field.prepare_value(moment)

    assert shown == "2024-10-27T02:30:00+01:00"
    assert form_field.clean(shown) == moment
    assert 'type="text"' in form_field.widget.render("x", shown)


def test_a_form_shows_local_time(in_berlin):
    form_field = get_field("datetime").formfield()

    shown = form_field.prepare_value(datetime.datetime(2024, 7, 1, 10, 0, 5, tzinfo=UTC))

    assert 'type="datetime-local" name="x" value="2024-07-01T12:00:05"' in form_field.widget.render(
        "x", shown
    )


@pytest.mark.parametrize("slug", ["time", "datetime"])
def test_microseconds_are_shown_where_a_browsers_picker_would_blank_them(slug):
    field = get_field(slug)
    value = field.clean({"time": "12:00:00.000001", "datetime": "2024-01-01T12:00:00.000001"}[slug], None)
    form_field = field.formfield()

    html = form_field.widget.render("x", form_field.prepare_value(value))

    assert 'type="text"' in html
    assert "12:00:00.000001" in html


def test_a_year_of_three_digits_is_shown_as_the_picker_wants_it():
    form_field = get_field("date").formfield()

    assert 'value="0987-06-05"' in form_field.widget.render(
        "x", form_field.prepare_value(datetime.date(987, 6, 5))
    )


def test_the_admins_own_boxes_give_way_to_the_pickers():
    from django.contrib.admin.widgets import AdminDateWidget

    form_field = get_field("date").formfield(widget=AdminDateWidget)

    assert 'type="date"' in form_field.widget.render("x", None)


@pytest.mark.parametrize(
    ("slug", "options", "option"),
    [
        ("date", {"auto_now": True, "auto_now_add": True}, "auto_now"),
        ("date", {"auto_now": True, "default": "2024-01-01"}, "default"),
        ("date", {"default": "now"}, "default"),
        ("date", {"min_value": "2024-01-02", "max_value": "2024-01-01"}, "max_value"),
        ("date", {"min_value": "31.01.2024"}, "min_value"),
        ("date", {"min_value": "2024-01-02", "default": "2024-01-01"}, "default"),
        ("time", {"min_value": "24:00"}, "min_value"),
        ("datetime", {"min_value": "0001-01-01T00:00+14:00"}, "min_value"),
        ("duration", {"max_value": "soon"}, "max_value"),
        ("duration", {"min_value": "2:00:00", "max_value": "1:00:00"}, "max_value"),
    ],
)
def test_options_that_contradict_are_refused(slug, options, option):
    with pytest.raises(ValidationError) as refusal:
        field_types[slug].clean_options(options)

    assert list(refusal.value.message_dict) == [option]


@pytest.mark.parametrize("options", [{"auto_now": True}, {"auto_now_add": True}])
def test_a_stamp_is_not_edited_and_may_be_missing_in_older_rows(options):
    field = get_field("datetime", {**options, "null": False, "blank": False})

    assert not field.editable
    assert field.null
    assert not field.has_default()


def test_limits_of_moments_mean_what_they_mean_as_values(in_berlin):
    field = get_field("datetime", {"min_value": "2024-07-01 12:00"})

    field.clean("2024-07-01T10:00Z", None)
    with pytest.raises(ValidationError, match="greater than or equal"):
        field.clean("2024-07-01T09:59Z", None)


def test_moments_are_naive_in_projects_without_time_zones(settings):
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Berlin"

    value = get_field("datetime").clean("2024-07-01T10:00Z", None)

    assert value == datetime.datetime(2024, 7, 1, 12)
