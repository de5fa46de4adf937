"""The rows of one table: list, create, retrieve, update, delete. One viewset for all tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from dynadmin.api.deleting import check_deletion
from dynadmin.api.errors import Conflict, TableChanging
from dynadmin.api.etags import check_precondition, etag_of
from dynadmin.api.filtering import condition_of
from dynadmin.api.history import log_addition, log_change, log_deletion
from dynadmin.api.pagination import RowPagination, row_id
from dynadmin.api.permissions import TablePermission
from dynadmin.api.relations import RelatedRows
from dynadmin.api.rowhistory import history_response
from dynadmin.api.serializers import RowSerializer, serializer_class_of
from dynadmin.api.tables import model_asked_for
from dynadmin.api.views import ApiView
from dynadmin.changes import is_of_a_change
from dynadmin.constraints.breaking import complaint_of
from dynadmin.displays import fetch_texts
from dynadmin.factory import Row
from dynadmin.permissions import may
from dynadmin.registry import schema_moved_on
from dynadmin.related import REFUSALS, links_of


class RowViewSet(ApiView, GenericViewSet):
    """Rows of the table that the address names, by ``name`` or by ``model_pk``."""

    permission_classes = [IsAuthenticated, TablePermission]
    pagination_class = RowPagination
    filter_backends = []

    # --- The table ---

    @property
    def model(self) -> type[Row]:
        """The class of the table. Raises NotFound or Gone."""
        table = {key: self.kwargs[key] for key in ("model_pk", "name") if key in self.kwargs}
        return model_asked_for(**table)

    def get_queryset(self) -> QuerySet[Row]:
        return self.model._default_manager.order_by("pk")

    def get_serializer_class(self) -> type[RowSerializer]:
        return serializer_class_of(self.model)

    def get_view_name(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    # --- Reading ---

    def list(self, request: Request, **kwargs: Any) -> Response:
        """List the rows, page by page."""
        rows = self.get_queryset().filter(condition_of(request, self.model))
        page = self.paginate_queryset(rows)
        related = RelatedRows(request.user, self.model, page)
        context = {**self.get_serializer_context(), "related": related}
        serializer = self.get_serializer_class()(page, many=True, context=context)
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Show one row."""
        return self._answer(self.get_object())

    def links(self, request: Request, field: str, **kwargs: Any) -> Response:
        """List the rows that one row is linked to, page by page: ids, and what they are called."""
        known = {each.name: each for each in self.model._meta.many_to_many}
        if field not in known:
            raise NotFound(_("This table has no relation to many rows of this name."))
        target = known[field].remote_field.model
        linked = links_of(known[field], self.get_object()).order_by()
        page = self.paginate_queryset(target._base_manager.filter(pk__in=linked).only("pk").order_by("pk"))
        ids = [row.pk for row in page]
        texts = fetch_texts(target, ids) if may(request.user, "view", target._meta.label) else {}
        return self.get_paginated_response([{"id": pk, "display": texts.get(pk)} for pk in ids])

    def history(self, request: Request, **kwargs: Any) -> Response:
        """List what was changed in one row, the newest change first."""
        return history_response(request, self.model, self.kwargs["pk"])

    # --- Writing ---

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Create a row."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with self._writing(serializer):
            serializer.row.save(force_insert=True)
            serializer.save_links()
            log_addition(request.user, serializer.row)
            serializer.row.refresh_from_db()
        response = self._answer(serializer.row, status.HTTP_201_CREATED)
        response["Location"] = request.build_absolute_uri(f"{serializer.row.pk}/")
        return response

    def update(self, request: Request, **kwargs: Any) -> Response:
        """Give a row new values: all that are required, or with PATCH only some."""
        data = request.data  # read before the row is locked: an upload may take its time
        with transaction.atomic():
            row = self._locked_row()
            check_precondition(request, row)
            serializer = self.get_serializer(row, data=data, partial=request.method == "PATCH")
            serializer.is_valid(raise_exception=True)
            with self._writing(serializer):
                row.save(force_update=True)
                serializer.save_links()
                log_change(request.user, row, serializer.changed_names)
                row.refresh_from_db()
        return self._answer(row)

    partial_update = update

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Delete a row."""
        with transaction.atomic():
            row = self._locked_row()
            check_precondition(request, row)
            check_deletion(request.user, row)
            log_deletion(request.user, row)
            try:
                row.delete()
            except REFUSALS as error:
                raise Conflict(_("Other rows refer to it by now.")) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @contextmanager
    def _writing(self, serializer: RowSerializer) -> Iterator[None]:
        """Write row and log together. Raises ValidationError or Conflict if another row was faster."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError as error:
            serializer.check_row(serializer.validated_data)
            if is_of_a_change(error):
                raise TableChanging from error
            if schema_moved_on(error):
                raise
            raise Conflict(complaint_of(error, self.model) or None) from error

    # --- One row ---

    def get_object(self) -> Row:
        """Return the row that the address names. Raises NotFound."""
        return self._row(self.get_queryset())

    def _locked_row(self) -> Row:
        # PostgreSQL locks no rows of a query that computed fields join others to.
        return self._row(self.model._base_manager.select_for_update())

    def _row(self, queryset: QuerySet[Row]) -> Row:
        row = queryset.filter(pk=pk).first() if (pk := row_id(self.kwargs["pk"])) else None
        if row is None:
            words = {"table": self.get_view_name(), "id": self.kwargs["pk"][:40]}
            raise NotFound(_("%(table)s: there is no row %(id)s.") % words)
        self.row = row
        return row

    def _answer(self, row: Row, code: int = status.HTTP_200_OK) -> Response:
        related = RelatedRows(self.request.user, self.model, [row])
        context = {**self.get_serializer_context(), "related": related}
        serializer = self.get_serializer_class()(row, context=context)
        return Response(serializer.data, status=code, headers={"ETag": etag_of(row)})
