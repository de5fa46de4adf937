"""The installation's addresses, and beside them an ordinary model served the stock way."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import include, path
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ModelViewSet

from project.urls import urlpatterns as installation
from tests.staticapp.models import Flight


class FlightAdmin(ModelAdmin):
    """As many columns and rows as a dynamic table's list shows, searched and drilled by date like it."""

    list_display = [field.name for field in Flight._meta.concrete_fields[:13]]
    list_filter = ["time_hour"]
    search_fields = ["carrier", "tailnum", "origin", "dest"]
    date_hierarchy = "time_hour"


class FlightSerializer(ModelSerializer):
    class Meta:
        model = Flight
        fields = "__all__"


class FlightViewSet(ModelViewSet):
    queryset = Flight.objects.order_by("pk")
    serializer_class = FlightSerializer


stock_site = AdminSite("stock")
stock_site.register(Flight, FlightAdmin)
router = SimpleRouter()
router.register("flights", FlightViewSet)

urlpatterns = [path("stock/", stock_site.urls), path("stock-api/", include(router.urls)), *installation]
