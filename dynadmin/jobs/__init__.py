"""Long work and the record of it: whatever process works on it, its row in the database is the truth.

It says how far the work has come, whether somebody wants it to stop, and whether whoever works on it lives.
"""

from dynadmin.jobs.holding import Hold, worker_name
from dynadmin.jobs.models import Job, Jobs, State, free_abandoned

__all__ = ["Hold", "Job", "Jobs", "State", "free_abandoned", "worker_name"]
