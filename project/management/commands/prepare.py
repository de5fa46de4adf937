"""`manage.py prepare`: everything an installation needs before it serves, in one start of Python."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS = ("migrate", "createadmin", "loadsample")


class Command(BaseCommand):
    """Migrate, make the first administrator, load the sample tables; each only if needed."""

    help = f"Runs {', '.join(STEPS)}; what is done already is left alone."

    def handle(self, *, verbosity: int, **options) -> None:
        """Run the steps in order; `migrate` stays silent, as it has nothing to say that one must act on."""
        for step in STEPS:
            call_command(
                step, verbosity=0 if step == "migrate" else verbosity, stdout=self.stdout, stderr=self.stderr
            )
