"""URLs of the ready-made installation."""

from django.contrib.admin import site
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # Browsers ask for it by this name whatever a page says.
    path("favicon.ico", RedirectView.as_view(url=static("project/favicon.svg"))),
    path("admin/", site.urls),
]
