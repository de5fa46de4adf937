"""``purgefiles``: delete the files of uploads, imports and exports whose time is over."""

from typing import Any

from django.core.management.base import BaseCommand

from dynadmin.exports.files import purge_exports
from dynadmin.imports.files import purge_imports
from dynadmin.registry import registry
from dynadmin.transfer.uploads import purge_uploads


class Command(BaseCommand):
    """Does by the clock what else the next upload and the next export do."""

    help = "Delete uploads, files of imports and exports that are older than the settings say."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        with registry.in_use():
            counts = purge_uploads(), purge_imports(), purge_exports()
        self.stdout.write("Deleted {} uploads, files of {} imports and of {} exports.".format(*counts))
