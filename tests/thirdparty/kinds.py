"""A kind of tables of somebody else's app, found by its module's name."""

from dynadmin.kinds import register
from tests.thirdparty.inspections import InspectionRow

register("inspection", "Inspections", InspectionRow, description="What is looked at once a year.")
