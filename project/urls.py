"""URLs of the ready-made installation."""

from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from dynadmin.admin.site import site

site.site_title = site.site_header = "dynadmin"
site.site_url = None  # there is no other site to view

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # Browsers ask for it by this name whatever a page says.
    path("favicon.ico", RedirectView.as_view(url=static("project/favicon.svg"))),
    site.mount("admin/"),
    path("api/", include("dynadmin.api.urls")),
]
