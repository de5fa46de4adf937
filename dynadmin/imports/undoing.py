"""Taking back what an import has done."""

from django.db import models

from dynadmin import jobs
from dynadmin.jobs import State


def can_take_back(model: type[models.Model]) -> bool:
    """Whether what an import has committed could be taken back."""
    return False


def take_back(hold: jobs.Hold) -> None:
    """Take back an import that was stopped or cannot be carried out, and end."""
    hold.end(State.FAILED if hold.job.error else State.CANCELLED)
