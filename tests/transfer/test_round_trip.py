"""What is exported imports again as the same rows, in every format."""

import datetime
import string
from decimal import Decimal

import pytest
from django.utils.timezone import make_aware
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dynadmin.transfer import Outcome, import_rows, open_source
from dynadmin.transfer.exporter import export_rows
from tests.staticapp.models import Item

pytestmark = pytest.mark.django_db

FORMATS = ["csv", "tsv", "xlsx", "json", "ndjson", "parquet"]
# Null characters and lone surrogates are in no database.
CHARACTERS = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
AWKWARD = st.sampled_from(["_x000D_", "_x005F_", "_x", "'_x0041_"]) | st.text(
    alphabet="'=+-@\t\r\n\",;_x000Dé 0", max_size=12
)
TEXTS = st.text(CHARACTERS, max_size=30) | AWKWARD
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | TEXTS | st.floats(-1e15, 1e15, allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=3), inner)
    ),
    max_leaves=5,
)
MOMENTS = st.datetimes(datetime.datetime(1000, 1, 2), datetime.datetime(9999, 12, 30)).map(
    lambda moment: make_aware(moment, datetime.UTC)
)
ITEMS = st.fixed_dictionaries(
    {
        "label": TEXTS,
        "note": TEXTS.filter(bool) | st.none(),
        "count": st.integers(0, 2**31 - 1) | st.none(),
        "price": st.decimals("-999999.99", "999999.99", places=2) | st.none(),
        "weight": st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False) | st.none(),
        "is_sold": st.booleans(),
        "day": st.dates() | st.none(),
        "moment": MOMENTS | st.none(),
        "span": st.timedeltas(datetime.timedelta(-9999), datetime.timedelta(9999)) | st.none(),
        "token": st.uuids(),
        "data": JSON | st.none(),
    }
)

# A failing example is small enough as it is; making it smaller takes minutes of database work.
few_examples = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def file_of(tmp_path, queryset, format, **arguments):
    path = tmp_path / f"rows.{format}"
    path.write_bytes(b"".join(export_rows(queryset, format=format, **arguments)))
    return open_source(path)


def stored():
    return list(Item.objects.order_by("pk").values())


@pytest.mark.parametrize("format", FORMATS)
@few_examples
@given(items=st.lists(ITEMS, min_size=1, max_size=4))
def test_rows_come_back_as_they_were(tmp_path_factory, format, items):
    Item.objects.all().delete()
    for number, values in enumerate(items):
        Item.objects.create(code=str(number), **values)
    before = stored()
    source = file_of(tmp_path_factory.mktemp("rows"), Item.objects.all(), format)

    again = import_rows(Item, source)
    assert (again.totals.skipped, again.refused) == (len(items), ())

    Item.objects.all().delete()
    result = import_rows(Item, source)
    assert result.refused == ()
    assert stored() == before


@pytest.mark.parametrize("format", FORMATS)
def test_texts_that_look_like_something_else_stay_texts(tmp_path, format):
    texts = [
        "007",
        "_x0041_",
        "\t \n",
        "1.0",
        "1e5",
        "TRUE",
        "2023-01-01",
        "NULL",
        "NA",
        " ",
        "'",
        "''",
        "'=1",
        "=1",
        "-1",
        "+49",
        "@",
    ]
    for number, text in enumerate(texts):
        Item.objects.create(code=str(number), label=text, note=text)
    before = stored()
    source = file_of(tmp_path, Item.objects.all(), format)
    Item.objects.all().delete()

    import_rows(Item, source)

    assert stored() == before


@pytest.mark.parametrize("format", FORMATS)
def test_the_largest_numbers_keep_all_their_digits(tmp_path, format):
    Item.objects.create(code="A", price=Decimal("999999.99"), weight=0.1 + 0.2, count=2**31 - 1, data=2**60)
    before = stored()
    source = file_of(tmp_path, Item.objects.all(), format)
    Item.objects.all().delete()

    import_rows(Item, source)

    assert stored() == before


def test_a_single_column_with_empty_texts_keeps_its_rows(tmp_path):
    for number in range(3):
        Item.objects.create(code=str(number))

    source = file_of(tmp_path, Item.objects.all(), "csv", fields=["label"])

    assert [cells for _line, cells in source] == [[""], [""], [""]]


def test_true_and_one_differ_in_json(tmp_path):
    Item.objects.create(code="A", data={"a": True})
    pk = Item.objects.get().pk
    path = tmp_path / "rows.csv"
    path.write_text(f'id,data\n{pk},"{{""a"": 1}}"\n')

    result = import_rows(Item, open_source(path))

    assert len(result.samples_of(Outcome.CHANGED)) == 1


def test_a_stored_file_is_kept_by_its_name_and_no_other_can_be_named(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "papers").mkdir(parents=True)
    (tmp_path / "media" / "papers" / "a.txt").write_text("x")
    (tmp_path / "media" / "secret.txt").write_text("x")
    Item.objects.create(code="A", paper="papers/a.txt")
    source = file_of(tmp_path, Item.objects.all(), "csv")
    Item.objects.all().delete()

    assert import_rows(Item, source).refused == ()
    assert Item.objects.get().paper.name == "papers/a.txt"

    for name in ("secret.txt", "papers/../secret.txt", "/etc/passwd", "papers/none.txt"):
        path = tmp_path / "other.csv"
        path.write_text(f"code,paper\nB,{name}\n")
        assert "no uploaded file" in import_rows(Item, open_source(path)).refused[0].reasons["paper"][0]
