"""A kind of tables of somebody else's app, found by its module's name."""

from dynadmin.kinds import register
from tests.thirdparty.inspections import InspectionRow

# Not the name of the kind in docs/kinds.md, which a test runs as it stands there.
register("checkup", "Check-ups", InspectionRow, description="What is looked at once a year.")
