"""The list of rows in the admin: what it shows, finds and offers, made from the table's definition."""

from functools import cached_property

from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from dynadmin.admin.changelist import RowChangeList
from dynadmin.admin.columns import choices_of, shown_fields
from dynadmin.admin.datelinks import PARTS
from dynadmin.admin.filters import computed_filter, filter_for
from dynadmin.admin.paginator import BoundedPaginator
from dynadmin.admin.relations.autocomplete import SELECT_MEDIA
from dynadmin.admin.relations.filters import RelationFilter
from dynadmin.admin.relations.search import RelatedSearch
from dynadmin.admin.search import search_condition, searched_fields
from dynadmin.computed import computed_fields, may_see
from dynadmin.conf import conf
from dynadmin.related import fields_of, is_relation


class RowListMixin(ModelAdmin):
    """The list page of a table."""

    change_list_template = "dynadmin/rows/change_list.html"
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_max_show_all = 500

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        self.list_per_page = conf.LIST_PER_PAGE
        self.date_hierarchy = self.date_hierarchy or self._first_date()

    # --- What the list shows ---

    @cached_property
    def fields_by_name(self) -> dict[str, models.Field]:
        return {field.name: field for field in (self.opts.pk, *fields_of(self.model))}

    def get_list_display(self, request):
        """The first fields in the person's order; before them the key, unless the first one names the row."""
        fields = shown_fields(self.model, request.user)
        names = [field.name for field in fields]
        return names if fields and names_the_row(fields[0]) else [self.opts.pk.name, *names]

    def get_sortable_by(self, request):
        unsortable = models.JSONField | models.FileField | models.ManyToManyField
        return [name for name, field in self.fields_by_name.items() if not isinstance(field, unsortable)]

    def get_changelist(self, request, **kwargs):
        return RowChangeList

    def _first_date(self) -> str | None:
        """Return the first date that people give; when a row was typed in says little about what it is."""
        dates = (field for field in self.opts.concrete_fields if isinstance(field, models.DateField))
        return next((field.name for field in dates if not getattr(field, "is_stamp", False)), None)

    # --- Filters and search ---

    def get_list_filter(self, request):
        """The first fields that are worth filtering by, and whichever others the address asks for."""
        asked = {key.partition("__")[0] for key in request.GET}
        fields = [field for field in fields_of(self.model) if may_see(request.user, field)]
        offered = sorted(fields, key=lambda field: not choices_of(field))[: conf.LIST_FILTERS]
        chosen = [f for f in self.fields_by_name.values() if f in offered or f.name in asked]
        return [
            computed_filter(field)
            if field.name in computed_fields(self.model)
            else (field.name, filter_for(field))
            for field in chosen
        ]

    def lookup_allowed(self, lookup, value, request=None):
        """Only what the filters understand, of the table itself: no patterns, nothing of other tables."""
        name, _separator, part = lookup.partition("__")
        field = self.fields_by_name.get(name)
        if field is None or (request and not may_see(request.user, field)):
            return False
        if name == self.date_hierarchy and part in PARTS:
            return True
        return lookup in filter_for(field).parameters(field)

    def get_search_fields(self, request):
        return [field.name for field in searched_fields(self.model, seen_by=request.user)]

    def get_search_results(self, request, queryset, search_term):
        if search_term:
            related = RelatedSearch(request, self.admin_site, self.model)
            fields = searched_fields(self.model, seen_by=request.user)
            queryset = queryset.filter(search_condition(fields, search_term, also=related.condition))
        return queryset, False

    def words_for_search(self, request):
        """Return a sentence on what a search looks into."""
        own = [f for f in searched_fields(self.model, seen_by=request.user) if not f.primary_key]
        fields = [*own, *RelatedSearch(request, self.admin_site, self.model).fields]
        labels = ", ".join(str(field.verbose_name) for field in fields[:4])
        if not labels:
            return _("Searches the ID.")
        sentence = _("Searches %(fields)s and more.") if len(fields) > 4 else _("Searches %(fields)s.")
        return sentence % {"fields": labels}

    # --- Requests ---

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except (DisallowedModelAdminLookup, IncorrectLookupParameters) as error:
            # Django's own answer to the first is an error page; both may be an old bookmark of this table.
            self.message_user(request, _why(error), messages.WARNING)
            raise IncorrectLookupParameters(error) from error

    def changelist_view(self, request, extra_context=None):
        if ERROR_FLAG in request.GET and len(request.GET) > 1:
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        if any(issubclass(filter_for(f), RelationFilter) for f in self.fields_by_name.values()):
            # The filters of relations are chosen from with the script that forms have.
            extra_context = {"media": self.media + SELECT_MEDIA, **(extra_context or {})}
        return super().changelist_view(request, extra_context)


def names_the_row(field: models.Field) -> bool:
    """Whether people know a row by this field, so that it is what they click on."""
    unnamed = models.FileField | models.JSONField | models.BooleanField
    if isinstance(field, unnamed) or is_relation(field) or field.flatchoices:
        return False
    return field.unique or isinstance(field, models.CharField | models.TextField)


def _why(error: Exception) -> str:
    """Return what was wrong with an address, and what is shown instead."""
    reason = error.args[0] if error.args else ""
    if isinstance(reason, ValidationError):
        reason = " ".join(reason.messages)
    words = {"reason": reason if isinstance(reason, str) else _("The address asks for something unknown.")}
    return _("%(reason)s All rows are shown.") % words
