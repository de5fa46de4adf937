"""The uploaded files of fields that are gone for good."""

import logging
import re
from collections.abc import Collection

from django.core.files.storage import default_storage

from dynadmin.fieldtypes.fields.files import FOLDER

logger = logging.getLogger(__name__)

FOLDER_OF_FIELD = re.compile(r"c(\d+)(_\d+)?")


def remove_uploads(fields: Collection[int]) -> None:
    """Delete all files that were ever uploaded into these fields, by id; to be called after the commit.

    Files that cannot be deleted are told to the log: nothing refers to them any more.
    """
    for folder in _folders():
        match = FOLDER_OF_FIELD.fullmatch(folder)
        if match and int(match[1]) in fields:
            _remove(f"{FOLDER}/{folder}")


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []
    except (OSError, NotImplementedError) as error:
        logger.warning("Uploads of deleted fields stay where they are: %s", error)
        return []


def _remove(folder: str) -> None:
    try:
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
    except OSError as error:
        logger.warning("Uploads in %s could not be deleted: %s", folder, error)
