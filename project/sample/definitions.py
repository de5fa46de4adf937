"""What the sample tables look like. Their rows are in the CSV files beside this module; see NOTICE.md."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "New York flights, January 2013"

BLUE, GREEN, AMBER, GREY = "#1d4ed8", "#047857", "#b45309", "#4b5563"


@dataclass(frozen=True, kw_only=True)
class SampleField:
    """One field, as DynamicField takes it; its values are under ``header`` in the file.

    Where it refers to rows of the sample table ``to``, the file names them by the column ``by`` of that.
    """

    name: str
    label: str
    type: str
    options: dict[str, Any] = field(default_factory=dict)
    header: str
    to: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class SampleTable:
    """One table and its fields. ``display`` says what its rows are called.

    ``computed`` are fields without a column in the file, which can be made when all tables are there: the
    table that each is of, the field that it comes behind, and the field itself.
    """

    name: str
    label: str
    description: str
    fields: tuple[SampleField, ...]
    display: str
    kind: str = ""
    computed: tuple[tuple[str, str, SampleField], ...] = ()

    @property
    def needs(self) -> list[str]:
        """The names of the tables that its fields refer to."""
        return list(dict.fromkeys(field.to for field in self.fields if field.to))

    @property
    def path(self) -> Path:
        """The file with its rows."""
        return Path(__file__).with_name(f"{self.name}.csv")


def _field(name: str, label: str, type: str, /, **options: Any) -> SampleField:
    return SampleField(name=name, label=label, type=type, options=options, header=name)


def _relation(name: str, label: str, to: str, by: str, header: str, /, **options: Any) -> SampleField:
    told = {"options": options, "header": header, "to": to, "by": by}
    return SampleField(name=name, label=label, type="foreignkey", **told)


def _summary(name: str, label: str, source: str, function: str) -> SampleField:
    return _field(name, label, "rollup", source=source, function=function)


def _choices(*values: tuple[str, ...]) -> list[dict[str, str]]:
    """Return options of a choice from (value, label) or (value, label, colour)."""
    return [dict(zip(("value", "label", "color"), value, strict=False)) for value in values]


TIME_ZONES = _choices(
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Vancouver", "Vancouver"),
    ("Asia/Chongqing", "Chongqing"),
)
SUMMER_TIME = _choices(("A", "As elsewhere in the U.S.", GREEN), ("N", "None", GREY), ("U", "Unknown", AMBER))
PLANE_TYPES = _choices(
    ("Fixed wing multi engine", "Several engines", BLUE),
    ("Fixed wing single engine", "One engine", GREEN),
    ("Rotorcraft", "Helicopter", AMBER),
)
ENGINES = _choices(
    ("Turbo-fan", "Turbo-fan"),
    ("Turbo-jet", "Turbo-jet"),
    ("Turbo-prop", "Turbo-prop"),
    ("Turbo-shaft", "Turbo-shaft"),
    ("Reciprocating", "Reciprocating"),
    ("4 Cycle", "4 Cycle"),
)

CLOCK = {"min_value": 0, "max_value": 2400, "help_text": "Local time as hours and minutes: 517 is 5:17."}
SURE = {"null": False, "blank": False}
MINUTES = {"min_value": -1440, "max_value": 2880, "help_text": "Minutes; below zero is early."}

CALENDAR = (
    _field("year", "Year", "int", min_value=1900, max_value=2100),
    _field("month", "Month", "int", min_value=1, max_value=12),
    _field("day", "Day", "int", min_value=1, max_value=31),
)

AIRLINES = SampleTable(
    name="airlines",
    label="Airlines",
    description="Carriers by their two-letter code.",
    display="{name} ({carrier})",
    fields=(
        _field("carrier", "Carrier", "char", max_length=2, unique=True, blank=False, help_text="IATA code."),
        _field("name", "Name", "char", max_length=60, blank=False),
    ),
)
AIRPORTS = SampleTable(
    name="airports",
    label="Airports",
    description="Airports of the United States by their FAA code.",
    display="{faa} {name}",
    fields=(
        _field("faa", "Code", "char", max_length=4, unique=True, blank=False, help_text="FAA code, as JFK."),
        _field("name", "Name", "char", max_length=80, help_text="Unknown of a few."),
        _field("lat", "Latitude", "float", min_value=-90, max_value=90, help_text="Degrees north."),
        _field("lon", "Longitude", "float", min_value=-180, max_value=180, help_text="Degrees east."),
        _field("alt", "Altitude", "int", help_text="Feet above the sea."),
        _field("tz", "UTC offset", "int", min_value=-12, max_value=14, help_text="Hours, in winter."),
        _field("dst", "Summer time", "choice", choices=SUMMER_TIME),
        _field("tzone", "Time zone", "choice", choices=TIME_ZONES),
    ),
)
PLANES = SampleTable(
    name="planes",
    label="Planes",
    description="Aircraft by tail number, from the register of the FAA, which does not know them all.",
    display="{tailnum} ({manufacturer} {model})",
    fields=(
        _field("tailnum", "Tail number", "char", max_length=6, unique=True, blank=False),
        _field("year", "Built in", "int", min_value=1900, max_value=2100, help_text="Year of manufacture."),
        _field("type", "Type", "choice", choices=PLANE_TYPES),
        _field("manufacturer", "Manufacturer", "char", max_length=40),
        _field("model", "Model", "char", max_length=30),
        _field("engines", "Number of engines", "int", min_value=0, max_value=12),
        _field("seats", "Seats", "int", min_value=0, max_value=1000),
        _field("speed", "Cruising speed", "int", min_value=0, max_value=2000, help_text="Miles per hour."),
        _field("engine", "Engine", "choice", choices=ENGINES),
    ),
)
WEATHER = SampleTable(
    name="weather",
    label="Weather",
    description="Hourly weather at the three airports of New York.",
    kind="event",
    display="{timestamp}: {temp} °F",
    fields=(
        _relation("airport", "Airport", "airports", "faa", "origin", related_name="weather", **SURE),
        SampleField(name="timestamp", label="Time", type="datetime", header="time_hour"),
        _field("temp", "Temperature", "decimal", max_digits=5, decimal_places=2, help_text="°F"),
        _field("dewp", "Dew point", "decimal", max_digits=5, decimal_places=2, help_text="°F"),
        _field("humid", "Humidity", "decimal", max_digits=5, decimal_places=2, help_text="Percent."),
        _field("precip", "Precipitation", "decimal", max_digits=4, decimal_places=2, help_text="Inches."),
        _field("wind_dir", "Wind from", "int", min_value=0, max_value=360, help_text="Degrees."),
        _field("wind_speed", "Wind speed", "decimal", max_digits=6, decimal_places=2, help_text="mph"),
        _field("wind_gust", "Gusts", "decimal", max_digits=6, decimal_places=2, help_text="mph"),
        _field("pressure", "Pressure", "decimal", max_digits=5, decimal_places=1, help_text="Millibars."),
        _field("visib", "Visibility", "decimal", max_digits=4, decimal_places=2, help_text="Miles."),
        *CALENDAR,
        _field("hour", "Hour", "int", min_value=0, max_value=23, help_text="Local time."),
    ),
)
# In the order in which people look at a flight; the file has another one, and its header says so.
FLIGHTS = SampleTable(
    name="flights",
    label="Flights",
    description="Departures from New York's airports.",
    display="{flight} of {time_hour}",
    fields=(
        _field("time_hour", "Scheduled hour", "datetime", db_index=True),
        _relation("airline", "Airline", "airlines", "carrier", "carrier", **SURE),
        _field("flight", "Flight number", "int", min_value=1, max_value=9999),
        _relation("origin", "From", "airports", "faa", "origin", related_name="departures", **SURE),
        _relation("destination", "To", "airports", "faa", "dest", related_name="arrivals", **SURE),
        _field("dep_time", "Departure", "int", **CLOCK),
        _field("dep_delay", "Departure delay", "int", **MINUTES),
        _field("arr_time", "Arrival", "int", **CLOCK),
        _field("arr_delay", "Arrival delay", "int", **MINUTES),
        _relation("plane", "Plane", "planes", "tailnum", "tailnum"),
        _field("distance", "Distance", "int", min_value=0, max_value=12_000, help_text="Miles."),
        _field("air_time", "Time in the air", "int", min_value=0, max_value=1440, help_text="Minutes."),
        _field("sched_dep_time", "Scheduled departure", "int", **CLOCK),
        _field("sched_arr_time", "Scheduled arrival", "int", **CLOCK),
        *CALENDAR,
        _field("hour", "Hour", "int", min_value=0, max_value=23),
        _field("minute", "Minute", "int", min_value=0, max_value=59),
    ),
    computed=(
        ("flights", "plane", _field("manufacturer", "Built by", "lookup", source="plane.manufacturer")),
        ("planes", "model", _field("flight_count", "Flights", "rollup", source="flights.plane")),
        ("planes", "model", _summary("miles", "Miles", "flights.plane.distance", "sum")),
        ("airlines", "name", _field("flight_count", "Flights", "rollup", source="flights.airline")),
        ("airlines", "name", _summary("delay", "Average delay", "flights.airline.arr_delay", "average")),
    ),
)

TABLES = (AIRLINES, AIRPORTS, PLANES, WEATHER, FLIGHTS)
