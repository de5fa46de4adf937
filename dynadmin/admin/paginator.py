"""Pages of a list that may hold millions of rows, without counting them."""

from functools import cached_property
from math import ceil

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.conf import conf

# The largest OFFSET that both engines take.
MAX_OFFSET = 2**63 - 1


class BoundedPaginator(Paginator):
    """Counts up to ``conf.LIST_COUNT_LIMIT`` rows and no further.

    ``is_exact`` says whether ``count`` is the whole number of rows, or only how far was counted. Pages beyond
    the counted ones can be asked for all the same; the last one is known when it is reached.
    """

    # Pages that are known to exist beyond the counted ones.
    reached = 1

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list), True
        limit = conf.LIST_COUNT_LIMIT
        counted = self.object_list.order_by().values("pk")[: limit + 1].count()
        return min(counted, limit), counted <= limit

    @property
    def count(self) -> int:
        return self._counted[0]

    @property
    def is_exact(self) -> bool:
        return self._counted[1]

    @property
    def num_pages(self) -> int:
        """The pages known so far."""
        return max(self.reached, ceil(self.count / self.per_page))

    @property
    def words(self) -> str:
        """The number of rows as people read it."""
        shown = number_format(self.count, use_l10n=True, force_grouping=True)
        if self.is_exact:
            return ngettext("%(count)s row", "%(count)s rows", self.count) % {"count": shown}
        return _("more than %(count)s rows") % {"count": shown}

    def validate_number(self, number) -> int:
        try:
            number = int(number)
        except (TypeError, ValueError):
            raise PageNotAnInteger(self.error_messages["invalid_page"]) from None
        if not 1 <= number <= MAX_OFFSET // self.per_page:
            raise EmptyPage(self.error_messages["no_results"])
        return number

    def page(self, number):
        """Return a page, its rows fetched. Raises InvalidPage."""
        number = self.validate_number(number)
        bottom = (number - 1) * self.per_page
        # One row more than the page shows tells whether another follows; if none does, nothing is counted.
        rows = list(self.object_list[bottom : bottom + self.per_page + 1])
        if not rows and number > 1:
            raise EmptyPage(self.error_messages["no_results"])
        if len(rows) <= self.per_page:
            self._counted = bottom + len(rows), True
        else:
            self.reached = max(self.reached, number + 1)
        return self._get_page(rows[: self.per_page], number, self)

    def get_page(self, number):
        """Return the page, or the nearest there is."""
        try:
            return self.page(number)
        except PageNotAnInteger:
            return self.page(1)
        except EmptyPage:
            return self.page(self._last_page() if int(number) > 0 else 1)

    def get_elided_page_range(self, number=1, *, on_each_side=3, on_ends=2):
        yield from super().get_elided_page_range(number, on_each_side=on_each_side, on_ends=on_ends)
        if not self.is_exact:
            yield self.ELLIPSIS

    def _last_page(self) -> int:
        """Return the last page's number; somebody asked for one past it, so for once all rows are counted."""
        if not self.is_exact:
            self._counted = self.object_list.count(), True
        return self.num_pages
