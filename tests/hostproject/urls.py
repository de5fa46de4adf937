"""The addresses of a project that dynadmin is installed into."""

from django.urls import include, path

from dynadmin.admin.site import site

urlpatterns = [site.mount("admin/"), path("api/", include("dynadmin.api.urls"))]
