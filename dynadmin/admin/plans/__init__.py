"""What a plan means to people: its steps, figures and choices, in the words and pieces that pages show.

``plan_context`` makes all of it from a preview; the templates are in dynadmin/plans/.
"""

from dynadmin.admin.plans.choosing import PlanForms
from dynadmin.admin.plans.showing import Sight, plan_context

__all__ = ["PlanForms", "Sight", "plan_context"]
