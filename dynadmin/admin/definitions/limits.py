"""What the conditions of a relation or a summary may be on, for the editor of options to offer."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path

from dynadmin.models import DynamicField
from dynadmin.models.limits import limitable


class LimitPages(admin.ModelAdmin):
    """Answers which fields the rows have that a draft refers to, or sums up."""

    def get_limit_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.limit_view)
        return [path("limit-fields/", view, name="dynadmin_dynamicmodel_limit_fields")]

    def limit_view(self, request: HttpRequest) -> JsonResponse:
        """Return names and labels of the fields; none of rows that nobody knows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = {name: request.GET.get(name, "")[:200] for name in ("table", "target", "source")}
        table = int(asked["table"]) if asked["table"].isdecimal() and len(asked["table"]) < 18 else None
        options = {name: asked[name] for name in ("target", "source") if asked[name]}
        if "source" in options:
            options["function"] = "count"
        field = DynamicField(model_id=table, options=options)
        fields = [{"value": name, "title": title} for name, title in limitable(field)]
        return JsonResponse({"fields": fields})
