"""How large a workbook would become, found out before it is parsed: the parser lays out whole rectangles."""

from pathlib import Path

from dynadmin.transfer.formats import Format
from dynadmin.transfer.readers.sizes.compound import check_compound
from dynadmin.transfer.readers.sizes.zipped import check_zipped

__all__ = ["check_workbook"]


def check_workbook(path: Path, format: Format) -> None:
    """Raise BadFile for a workbook that would not fit into memory, or that is none."""
    if format.slug == "xls":
        check_compound(path)
    else:
        check_zipped(path, format)
