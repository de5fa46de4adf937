"""ODS: rows and cells may be repeated, so that a line of text stands for a million cells."""

from xml.parsers import expat

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadFile
from dynadmin.transfer.readers.sizes.extent import Extent

_TABLE, _ROW = "table:table", "table:table-row"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ROWS_REPEATED, _COLUMNS_REPEATED = "table:number-rows-repeated", "table:number-columns-repeated"


class OpenDocumentExtent:
    """Follows the tables of content.xml; empty cells and rows at the end cost nothing.

    Entities are refused before by who reads the file, so plain expat will do.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._begin_table()

    def feed(self, _tail: bytes, chunk: bytes) -> None:
        """Take the next piece. Raises BadFile when a table becomes too large."""
        try:
            self._parser.Parse(chunk)
        except expat.ExpatError as error:
            message = _("The file is not a readable %(kind)s workbook: %(reason)s")
            raise BadFile(message % {"kind": "ODS", "reason": error}) from error

    def _begin_table(self) -> None:
        self._extent = Extent()
        self._row = self._column = self._filled = 0
        self._rows = self._columns = 1
        self._is_filled = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._columns = _number(attributes.get(_COLUMNS_REPEATED))
            self._is_filled = any(key.startswith(("office:", "calcext:")) for key in attributes)
        elif name == _ROW:
            self._rows = _number(attributes.get(_ROWS_REPEATED))
            self._column = self._filled = 0
        elif name == _TABLE:
            self._begin_table()

    def _text(self, _data: str) -> None:
        self._is_filled = True

    def _end(self, name: str) -> None:
        if name in _CELLS:
            self._column += self._columns
            if self._is_filled:
                self._filled = self._column
        elif name == _ROW:
            self._row += self._rows
            if self._filled:
                self._extent.grow(self._row, self._filled)


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() else 1
