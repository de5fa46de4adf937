"""How a page of a new table says that its file is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from dynadmin.admin.transfer.readingform import READING
from dynadmin.conf import conf
from dynadmin.exceptions import BadFile, SeveralFiles
from dynadmin.inference import Counted
from dynadmin.transfer.readers import Source, open_source
from dynadmin.transfer.uploads import Upload


@dataclass(frozen=True)
class ChosenReading:
    """What was chosen, by the names of the form's fields; what was not is found out."""

    said: tuple[tuple[str, str], ...]

    @classmethod
    def posted(cls, data: Mapping[str, str] | None) -> Self:
        """Return what a page sends."""
        said = {name: data[name] for name in (*READING, "zone") if data and data.get(name)}
        if not re.fullmatch(r"[0-9]{1,5}", said.get("above", "")):
            said.pop("above", None)
        return cls(tuple(said.items()))

    @property
    def zone(self) -> str:
        """The name of the time zone of moments that do not say theirs; "" for that in force."""
        return dict(self.said).get("zone", "")

    def arguments(self, source: Source | None = None) -> dict[str, Any]:
        """Return those of ``open_source``; of an archive, which of its files the page was about."""
        how: dict[str, Any] = {name: value for name, value in self.said if name != "zone"}
        if "header" in how:
            how["header"] = how["header"] == "yes"
        if "above" in how:
            how["above"] = int(how["above"])
        if source is not None and source.member and len(source.members) > 1:
            how["member"] = source.member
        return how

    def open(self, upload: Upload) -> Source:
        """Return the file, opened; of several in an archive the first. Raises BadFile."""
        how = self.arguments()
        try:
            source = open_source(upload.path, name=upload.name, **how)
        except SeveralFiles as error:
            source = open_source(upload.path, name=upload.name, **{**how, "member": error.members[0]})
        if source.size > conf.NEW_TABLE_MAX_BYTES:
            message = _(
                "The file is larger than %(limit)d bytes, the most that is looked through while one waits. "
                "Make the table of a part of it and import the whole there, or say in the shell: importrows "
                "NAME FILE --create."
            )
            raise BadFile(message % {"limit": conf.NEW_TABLE_MAX_BYTES})
        return source

    def counted(self, upload: Upload) -> Counted:
        """Return the counted columns of the file; whoever looks again does not wait again."""
        return _counted(str(upload.path), upload.path.stat().st_mtime_ns, upload.name, self)


@lru_cache(maxsize=2)
def _counted(path: str, changed: int, name: str, reading: ChosenReading) -> Counted:
    source = reading.open(Upload(path=Path(path), name=name, token=""))
    return Counted(source, zone=reading.zone)


def without_reading(data: QueryDict) -> QueryDict:
    """Return what a page sends, but for how the file is read."""
    data = data.copy()
    for name in READING:
        data.pop(name, None)
    return data
