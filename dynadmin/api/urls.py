"""Addresses of the API, the same whatever tables there are::

path("api/", include("dynadmin.api.urls"))
"""

from django.urls import path

from dynadmin.api.files import FileView
from dynadmin.api.rows import RowViewSet
from dynadmin.api.tables import TableListView

app_name = "dynadmin-api"

row_list = RowViewSet.as_view({"get": "list", "post": "create"})
row_detail = RowViewSet.as_view(
    {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
)
row_history = RowViewSet.as_view({"get": "history"})
row_links = RowViewSet.as_view({"get": "links"})

# What stands beside the names of relations has a "-", which these cannot have.
urlpatterns = [
    path("", TableListView.as_view(), name="root"),
    path("tables/", TableListView.as_view(), name="tables"),
    path("tables/<str:name>/", row_list, name="rows"),
    path("tables/<str:name>/<str:pk>/", row_detail, name="row"),
    path("tables/<str:name>/<str:pk>/row-history/", row_history, name="row-history"),
    path("tables/<str:name>/<str:pk>/<str:field>/", row_links, name="links"),
    path("files/<path:name>", FileView.as_view(), name="file"),
    path("model/<str:model_pk>/", row_list, name="model-rows"),
    path("model/<str:model_pk>/<str:pk>/", row_detail, name="model-row"),
    path("model/<str:model_pk>/<str:pk>/row-history/", row_history, name="model-row-history"),
    path("model/<str:model_pk>/<str:pk>/<str:field>/", row_links, name="model-links"),
]
