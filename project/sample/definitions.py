"""What the sample tables look like. Their rows are in the CSV files beside this module; see NOTICE.md."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "New York flights, January 2013"

BLUE, GREEN, AMBER, GREY = "#1d4ed8", "#047857", "#b45309", "#4b5563"


@dataclass(frozen=True, kw_only=True)
class SampleField:
    """One field, as DynamicField takes it; ``name`` is also the header in the file."""

    name: str
    label: str
    type: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SampleTable:
    """One table and its fields."""

    name: str
    label: str
    description: str
    fields: tuple[SampleField, ...]

    @property
    def path(self) -> Path:
        """The file with its rows."""
        return Path(__file__).with_name(f"{self.name}.csv")


def _field(name: str, label: str, type: str, /, **options: Any) -> SampleField:
    return SampleField(name=name, label=label, type=type, options=options)


def _choices(*values: tuple[str, ...]) -> list[dict[str, str]]:
    """Return options of a choice from (value, label) or (value, label, colour)."""
    return [dict(zip(("value", "label", "color"), value, strict=False)) for value in values]


CARRIERS = _choices(
    ("9E", "Endeavor Air"),
    ("AA", "American Airlines"),
    ("AS", "Alaska Airlines"),
    ("B6", "JetBlue"),
    ("DL", "Delta"),
    ("EV", "ExpressJet"),
    ("F9", "Frontier"),
    ("FL", "AirTran"),
    ("HA", "Hawaiian"),
    ("MQ", "Envoy Air"),
    ("OO", "SkyWest"),
    ("UA", "United"),
    ("US", "US Airways"),
    ("VX", "Virgin America"),
    ("WN", "Southwest"),
    ("YV", "Mesa"),
)
NEW_YORK = _choices(("EWR", "Newark", BLUE), ("JFK", "Kennedy", GREEN), ("LGA", "LaGuardia", AMBER))
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
    fields=(
        _field("carrier", "Carrier", "char", max_length=2, unique=True, blank=False, help_text="IATA code."),
        _field("name", "Name", "char", max_length=60, blank=False),
    ),
)
AIRPORTS = SampleTable(
    name="airports",
    label="Airports",
    description="Airports of the United States by their FAA code.",
    fields=(
        _field("faa", "Code", "char", max_length=4, unique=True, blank=False, help_text="FAA code, as JFK."),
        _field("name", "Name", "char", max_length=80, blank=False),
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
    description="Aircraft by tail number, from the register of the FAA.",
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
    fields=(
        _field("origin", "Airport", "choice", choices=NEW_YORK, blank=False),
        _field("time_hour", "Time", "datetime", help_text="Start of the hour."),
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
    fields=(
        _field("time_hour", "Scheduled hour", "datetime", db_index=True),
        _field("carrier", "Airline", "choice", choices=CARRIERS, blank=False),
        _field("flight", "Flight number", "int", min_value=1, max_value=9999),
        _field("origin", "From", "choice", choices=NEW_YORK, blank=False),
        _field("dest", "To", "char", max_length=4, blank=False, help_text="Code of the airport."),
        _field("dep_time", "Departure", "int", **CLOCK),
        _field("dep_delay", "Departure delay", "int", **MINUTES),
        _field("arr_time", "Arrival", "int", **CLOCK),
        _field("arr_delay", "Arrival delay", "int", **MINUTES),
        _field("tailnum", "Tail number", "char", max_length=6, db_index=True),
        _field("air_time", "Time in the air", "int", min_value=0, max_value=1440, help_text="Minutes."),
        _field("distance", "Distance", "int", min_value=0, max_value=12_000, help_text="Miles."),
        _field("sched_dep_time", "Scheduled departure", "int", **CLOCK),
        _field("sched_arr_time", "Scheduled arrival", "int", **CLOCK),
        *CALENDAR,
        _field("hour", "Hour", "int", min_value=0, max_value=23),
        _field("minute", "Minute", "int", min_value=0, max_value=59),
    ),
)

TABLES = (AIRLINES, AIRPORTS, PLANES, WEATHER, FLIGHTS)
