"""The parts of a table on the page of its definition: fields and rules."""

from typing import Any

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest

from dynadmin.admin.definitions.fields import FieldForm
from dynadmin.admin.definitions.formset import FieldFormSet
from dynadmin.admin.definitions.rules import RuleForm
from dynadmin.admin.definitions.ruleset import RuleFormSet
from dynadmin.conf import conf
from dynadmin.constraints import MOST_RULES
from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel


class PartInline(admin.StackedInline):
    """Parts of a table. Who may change the table may change them."""

    @property
    def media(self) -> Media:
        # The page has its own script for rows; Django's would number them by their place.
        return Media()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("dynadmin.change_dynamicmodel" if obj else "dynadmin.add_dynamicmodel")

    has_change_permission = has_delete_permission = has_add_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the page sees the parts


class FieldInline(PartInline):
    """The fields of a table."""

    model = DynamicField
    form = FieldForm
    formset = FieldFormSet
    template = "dynadmin/definitions/fields.html"

    def get_extra(self, request: HttpRequest, obj: DynamicModel | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_max_num(self, request: HttpRequest, obj: DynamicModel | None = None, **kwargs: Any) -> int:
        return conf.MAX_FIELDS


class RuleInline(PartInline):
    """The rules on whole rows of a table."""

    model = DynamicConstraint
    form = RuleForm
    formset = RuleFormSet
    template = "dynadmin/definitions/rules.html"
    extra = 0
    max_num = MOST_RULES
