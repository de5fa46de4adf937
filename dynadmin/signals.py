"""Signals of dynadmin, for host projects that keep something derived from the tables."""

from django.dispatch import Signal

# Sent by the registry after it has adopted a revision, in the thread that adopted it.
# Arguments: sender (the registry), snapshot, previous.
revision_adopted = Signal()

# Sent by whoever works on a change of a large table, before each step; an error of a receiver stops it.
# Arguments: sender (SchemaChange), change, step (as "fill" or "contract").
change_progressed = Signal()
