"""What a change in the background builds beside the table, by name. All names are made of ids."""

from dataclasses import dataclass

from dynadmin.schema import FieldSchema


def log_name(change: int) -> str:
    """The table that notes which rows were written while the change runs."""
    return f"dyn_o{change:d}"


def misfits_name(change: int) -> str:
    """The table of rows whose value does not fit, with the reason."""
    return f"dyn_o{change:d}_m"


def function_name(change: int) -> str:
    """The function of the triggers that note."""
    return f"dyn_o{change:d}_f"


def trigger_names(change: int) -> tuple[str, str]:
    """The triggers on inserting and deleting, and on updating; each table has its own of these names."""
    return f"dyn_o{change:d}_i", f"dyn_o{change:d}_u"


def requirement_name(change: int, work: int) -> str:
    """The check that stands in for NOT NULL until all rows were looked at."""
    return f"dyn_o{change:d}_n{work:d}"


def index_name(change: int, work: int, place: int) -> str:
    """An index while it is built."""
    return f"dyn_o{change:d}_x{work:d}_{place:d}"


def copy_name(change: int, table: int) -> str:
    """The table that is filled to take the place of one in use, where SQLite makes it anew."""
    return f"dyn_o{change:d}_t{table:d}"


def gone_name(change: int, table: int) -> str:
    """The table whose place such a copy has taken."""
    return f"dyn_o{change:d}_g{table:d}"


@dataclass(frozen=True, kw_only=True)
class Shadow(FieldSchema):
    """A column that takes the place, and the name, of another at the end of a change."""

    change: int = 0
    work: int = 0

    @property
    def column(self) -> str:
        return f"dyn_o{self.change:d}_{self.work:d}"


def shadow_of(field: FieldSchema, *, change: int, work: int) -> Shadow:
    """Return the column in which a change builds that of the field anew."""
    known = {name: getattr(field, name) for name in FieldSchema.__dataclass_fields__}
    return Shadow(**known, change=change, work=work)
