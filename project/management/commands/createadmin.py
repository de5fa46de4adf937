"""`manage.py createadmin`: the first administrator of an installation."""

import os
import secrets

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

PASSWORD_VARIABLE = "DYNADMIN_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable, no password
USERNAME_VARIABLE = "DYNADMIN_ADMIN_USERNAME"


class Command(BaseCommand):
    """Make an administrator where there is none; an installation that has one is left alone."""

    help = (
        f"Creates an administrator unless there is one. {USERNAME_VARIABLE} (admin) and {PASSWORD_VARIABLE} "
        "(generated and printed once) say who."
    )

    def handle(self, **options) -> None:
        """Create the administrator and say how to log in."""
        if get_user_model().objects.filter(is_superuser=True).exists():
            return
        username = os.environ.get(USERNAME_VARIABLE, "admin")
        given = os.environ.get(PASSWORD_VARIABLE)
        password = given or secrets.token_urlsafe(12)
        get_user_model().objects.create_superuser(username, password=password)
        shown = f"the password in {PASSWORD_VARIABLE}" if given else password
        self.stdout.write(f"Administrator created.\n  user name: {username}\n  password:  {shown}")
