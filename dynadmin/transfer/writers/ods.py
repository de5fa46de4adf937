"""ODS: one sheet of texts, written row by row to a temporary file and then given out in pieces."""

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from xml.sax.saxutils import escape

_PIECE = 1 << 16
_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_BEGIN = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3">'
    '<office:body><office:spreadsheet><table:table table:name="rows">'
)
_END = "</table:table></office:spreadsheet></office:body></office:document-content>"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
# What XML cannot hold; and white space that it would not keep.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile("  +|^ | $")


def write_ods(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Give the document."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            # It has to be the first, and not compressed: by it programs know what the file is.
            archive.writestr(zipfile.ZipInfo("mimetype"), _TYPE, zipfile.ZIP_STORED)
            archive.writestr("META-INF/manifest.xml", _MANIFEST)
            with archive.open("content.xml", "w", force_zip64=True) as content:
                content.write(_BEGIN.encode())
                for row in chain([headers], rows):
                    content.write(_row(row).encode())
                content.write(_END.encode())
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _row(texts: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(map(_cell, texts))}</table:table-row>"


def _cell(text: str) -> str:
    lines = "".join(f"<text:p>{_line(line)}</text:p>" for line in text.splitlines())
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _line(text: str) -> str:
    kept = escape(_CONTROLS.sub("\ufffd", text)).replace("\t", "<text:tab/>")
    return _SPACES.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', kept)
