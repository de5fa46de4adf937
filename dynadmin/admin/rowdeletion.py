"""Deleting many rows: shown as a sample with the true number, done without reading the rows into memory."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin, action, helpers
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.db import router, transaction
from django.db.models.deletion import Collector
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dynadmin.admin.columns import shown_fields
from dynadmin.admin.relations.cells import load_targets, make_columns
from dynadmin.admin.relations.consequences import ToldConsequences
from dynadmin.related import MOST_FOLLOWED, REFUSALS, Consequences
from dynadmin.rowhistory import changing

# What of the rows the page shows: enough to see whether they are the ones that were meant.
SAMPLE = 20
COLUMNS = 8
# Up to so many rows each gets its own entry in the history, as in Django; beyond, one entry tells of all.
LOGGED_ONE_BY_ONE = 500
BATCH = 1000


class RowsProtected(Exception):
    """Rows cannot be deleted as others refer to them, which ``told`` lists."""

    def __init__(self, told: ToldConsequences) -> None:
        super().__init__()
        self.told = told


class RowDeletionMixin(ModelAdmin):
    """The action that deletes the selected rows, be it one or all that the list's filters leave."""

    actions = ("delete_selected",)
    delete_selected_confirmation_template = "dynadmin/rows/delete_selected.html"
    delete_confirmation_template = "dynadmin/rows/delete_confirmation.html"

    @action(permissions=["delete"], description=gettext_lazy("Delete selected rows"))
    def delete_selected(self, request, queryset):
        """Ask, then delete. What was asked about is what is deleted: if the number differs, ask again."""
        with transaction.atomic(using=router.db_for_write(self.model)):
            count = queryset.count()
            asked = request.POST.get("expected")
            if request.POST.get("post") and asked == str(count):
                try:
                    with transaction.atomic():
                        self._delete_confirmed(request, queryset, count)
                except RowsProtected as error:
                    return self._confirm(request, queryset, count, error.told, asked=asked)
                return None
        keys = queryset.order_by("pk").values_list("pk", flat=True)[: MOST_FOLLOWED + 1]
        return self._confirm(request, queryset, count, self.told_consequences(request, keys), asked=asked)

    def get_deleted_objects(self, objs, request):
        """Return what Django's pages show, by what rows are called, however much hangs on these."""
        objs = list(objs)
        told = self.told_consequences(request, [row.pk for row in objs])
        counts = {self.opts.verbose_name_plural: len(objs)}
        return told.effects, counts, told.lacking, told.obstacles

    def told_consequences(self, request, keys):
        return ToldConsequences(request, self.admin_site, Consequences(self.model, keys))

    def delete_queryset(self, request, queryset):
        """Delete in one statement where nothing else hangs on the rows, else batch by batch.

        Raises RowsProtected, and PermissionDenied where rows go along that the person may not delete.
        """
        if Collector(using=queryset.db, origin=queryset).can_fast_delete(queryset.model._base_manager.none()):
            queryset.order_by().delete()
            return
        while keys := list(queryset.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            told = self.told_consequences(request, keys)
            if told.obstacles:
                raise RowsProtected(told)
            if told.lacking:
                raise PermissionDenied
            try:
                self.model._base_manager.using(queryset.db).filter(pk__in=keys).delete()
            except REFUSALS as error:
                raise self._protected(request, keys, error) from error

    def _protected(self, request, keys, error):
        """Return what is raised where rows forbid it that were too many to look at before."""
        found = Consequences(self.model, keys)
        found.add_refusal(error)
        return RowsProtected(ToldConsequences(request, self.admin_site, found))

    def delete_model(self, request, obj):
        try:
            super().delete_model(request, obj)
        except REFUSALS as error:
            raise self._protected(request, [obj.pk], error) from error

    def delete_view(self, request, object_id, extra_context=None):
        """Delete a row, or say why not, also where that was found only when all that hangs on it was."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except RowsProtected as error:
            # Behind each sentence stands the list of the rows that it is about.
            reasons = "; ".join(reason for reason in error.told.obstacles if isinstance(reason, str))
            message = _("Nothing was deleted, as other rows refer to what would go: %(reasons)s.")
            self.message_user(request, message % {"reasons": reasons}, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def _delete_confirmed(self, request, queryset, count):
        if count <= LOGGED_ONE_BY_ONE:
            self.log_deletions(request, queryset)
        else:
            self._log_many(request, count)
        with changing("bulk"):
            self.delete_queryset(request, queryset)
        self.message_user(request, _("Deleted %(rows)s.") % {"rows": rows_in_words(count)}, messages.SUCCESS)

    def _log_many(self, request, count):
        """Write one entry for all rows, with what of the address told which they were."""
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type_id=get_content_type_for_model(self.model).pk,
            object_repr=rows_in_words(count),
            action_flag=DELETION,
            change_message=request.GET.urlencode(),
        )

    def _confirm(self, request, queryset, count, told, *, asked):
        """Show what would be deleted; ``asked`` is the number an earlier question was about, if any."""
        sample = list(queryset[:SAMPLE])
        fields = [self.opts.pk, *shown_fields(self.model, request.user)][:COLUMNS]
        columns = make_columns(request, self.admin_site, fields)
        load_targets(columns, sample)
        is_across = request.POST.get("select_across") == "1"
        selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete rows"),
            "subtitle": None,
            "opts": self.opts,
            "media": self.media,
            "rows": rows_in_words(count),
            "count": count,
            "columns": columns,
            "sample": [[(c, c.show(row)) for c in columns] for row in sample],
            "more": rows_in_words(count - SAMPLE) if count > SAMPLE else "",
            "perms_lacking": told.lacking,
            "protected": told.obstacles,
            "effects": told.effects,
            "was_asked_about": rows_in_words(int(asked)) if asked and asked.isdecimal() else "",
            "is_across": is_across,
            # Which ones does not matter when all are meant, but Django wants to see at least one.
            "selected": selected[:1] if is_across else selected,
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.delete_selected_confirmation_template, context)


def rows_in_words(count: int) -> str:
    """Return a number of rows as people read it."""
    shown = number_format(count, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": shown}
