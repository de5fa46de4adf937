"""The pages of a new table from a file: what they show, what they take, and who may use them."""

import json
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dynadmin.imports.records import FileImport
from dynadmin.imports.running import run_import
from dynadmin.models import DynamicModel
from tests.newtable.conftest import MESSY
from tests.transfer.corpus.making import gzipped

PATH = "/admin/dynadmin/dynamicmodel/from-file/"


@pytest.fixture
def pages(tables, admin_client):
    return Pages(admin_client)


class Pages:
    """Somebody who takes a file, and sends the page back as a browser would, with changes."""

    def __init__(self, client):
        self.client = client
        self.data = {}

    def take(self, content, name="purchases.csv"):
        file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
        return self._shown(self.client.post(PATH, {"file": file}))

    def send(self, button="_check", **changes):
        data = {**self.data, **{key.replace("__", "-"): value for key, value in changes.items()}, button: "1"}
        return self._shown(self.client.post(PATH, {key: v for key, v in data.items() if v is not None}))

    def _shown(self, response):
        self.response = response
        drawn = (response.context or {}).get("drawn") if response.status_code == 200 else None
        if drawn is None:
            return self
        self.data = {
            "upload": drawn.upload.token,
            "drawn_reading": response.context["drawn_reading"],
            **{field.html_name: field.value() for field in (*drawn.table, *response.context["reading"])},
        }
        for form in drawn.columns:
            values = {field.html_name: field.value() for field in form}
            self.data |= {
                name: "on" if v is True else v for name, v in values.items() if v not in (None, False)
            }
        return self

    @property
    def text(self):
        return re.sub(r"\s+", " ", self.response.content.decode())

    def options(self, position):
        return json.loads(self.data[f"column-{position}-options"])


def test_a_file_is_shown_as_the_table_it_would_be(pages):
    pages.take(MESSY)

    assert "All 4 values are dates, the day first." in pages.text
    assert "2024-02-13" in pages.text  # the first rows as they will be
    assert (pages.data["name"], pages.data["label"]) == ("purchases", "Purchases")
    assert [pages.data[f"column-{n}-type"] for n in range(8)] == [
        *("int", "date", "char", "char", "decimal", "decimal", "bool", "text")
    ]
    assert pages.data["column-4-empty_texts"] == "N/A"
    assert "column-8-is_kept" not in pages.data  # neither a header nor a value
    assert not DynamicModel.objects.exists()


def test_a_table_is_made_once_all_questions_are_answered(pages):
    pages.take(MESSY).send("_create")

    assert "Before the table can be made, say what is meant in: Rabat" in pages.text
    assert not DynamicModel.objects.exists()

    pages.send("_create", **{"column-5-answer-percent": "fraction"})

    table = DynamicModel.objects.get()
    assert pages.response.url == "/admin/tables/purchases/"
    assert sorted(map(str, table.django_model.objects.values_list("rabat", flat=True))) == [
        *("0.000", "0.025", "0.050", "0.100")
    ]
    assert "Imported purchases.csv: 4 rows created" in pages.client.get(pages.response.url).content.decode()


def test_a_file_that_cannot_be_read_as_chosen_is_shown_as_before(pages):
    pages.take("a;b\n1;x\n2;y\n")

    pages.send(above="7", **{"column-1-label": "Letter"})

    assert "The file has no header" in pages.text
    assert pages.data["column-1-label"] == "Letter"
    pages.send(above="1")
    assert [form.proposed.header for form in pages.response.context["drawn"].columns] == ["1", "x"]


def test_how_a_file_is_read_is_told_in_words(pages):
    pages.take("miasto;cena\nŁódź;1,50\nGdańsk;2,25\n".encode("cp1250"))

    assert "Encoding: Central European (Windows-1250) · Delimiter: Semicolon ;" in pages.text


def test_nested_values_are_shown_as_they_are_written(pages):
    pages.take('[{"a": {"city": "Łódź"}}]', "rows.json")

    assert "Łódź" in pages.text


def test_columns_of_the_same_header_get_labels_that_tell_them_apart(pages):
    pages.take("Comment,Score,comment\nx,1,y\n")

    assert [pages.data[f"column-{n}-label"] for n in (0, 2)] == ["Comment", "Comment (2)"]


def test_columns_are_renamed_retyped_and_left_out(pages):
    pages.take("a;b;c\n1;x;7\n2;y;8\n")

    pages.send(
        "_create",
        **{
            "column-0-label": "Number",
            "column-0-name": "number",
            "column-1-is_kept": None,
            "column-2-type": "char",
        },
    )

    table = DynamicModel.objects.get()
    found = [
        (f.name, f.label, f.type, f.options.get("max_length")) for f in table.fields.filter(required_by="")
    ]
    assert found == [("number", "Number", "int", None), ("c", "C", "char", 10)]


def test_another_type_gets_the_options_that_the_values_need(pages):
    pages.take("a,b\n" + "".join(f"{n}.1234,x\n" for n in range(30)))

    pages.send(**{"column-0-type": "char"})
    assert pages.options(0)["max_length"] == 10
    pages.send(**{"column-0-type": "decimal"})
    assert pages.options(0)["decimal_places"] == 4


def test_an_answer_may_make_it_another_type(pages):
    pages.take('a;b\n"1,234";x\n"5,678";y\n')
    assert "Which mark is the decimal mark?" in pages.text

    pages.send(**{"column-0-answer-decimal": ","})
    assert (pages.data["column-0-type"], pages.options(0)["decimal_places"]) == ("decimal", 3)

    pages.send("_create")
    values = DynamicModel.objects.get().django_model.objects.values_list("a", flat=True)
    assert sorted(map(str, values)) == ["1.234", "5.678"]


def test_words_for_no_value_are_changed_and_the_field_need_not_have_one(pages):
    pages.take("a,b\n" + "".join(f"{n},x\n" for n in range(30)) + "later,x\n")
    assert "1 value does not fit: <code>later</code>" in pages.text

    pages.send(**{"column-0-empty_texts": "later"})
    assert "value does not fit:" not in pages.text
    assert pages.options(0)["null"] is True

    pages.send("_create")
    assert DynamicModel.objects.get().django_model.objects.filter(a=None).count() == 1


@pytest.mark.parametrize(("misfits", "rows"), [("refuse", 30), ("empty", 31)])
def test_what_does_not_fit_is_left_out_or_left_empty_as_one_says(pages, misfits, rows):
    pages.take("a,b\n" + "".join(f"{n},x\n" for n in range(30)) + "later,x\n")

    pages.send("_create", skip_refused="on", **{"column-0-misfits": misfits})

    assert DynamicModel.objects.get().django_model.objects.count() == rows


def test_rows_that_do_not_fit_are_told_of_before_a_table_is_made(pages):
    pages.take("a,b\n" + "".join(f"{n},x\n" for n in range(30)) + "later,x\n").send("_create")

    assert "1 row does not fit. Say below that it is to be left out" in pages.text
    assert not DynamicModel.objects.exists()


def test_a_table_that_no_row_comes_into_says_so_and_can_be_deleted(pages):
    # What comes twice only the import finds out.
    pages.take("a,b\n1,x\n1,y\n").send("_create", **{"column-0-is_key": "on"})

    text = pages.client.get(pages.response.url).content.decode()
    assert "was made, but no row came into it" in text
    assert "Rows were refused: 1" in text
    assert reverse("admin:dynadmin_dynamicmodel_delete", args=[DynamicModel.objects.get().pk]) in text


def test_a_table_that_a_worker_could_not_fill_can_be_deleted_from_the_page_of_the_import(pages, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "IMPORT_BACKGROUND_BYTES": 10}
    pages.take("a,b\n1,x\n1,y\n").send("_create", column__0__is_key="on")
    page = pages.response.url

    run_import(FileImport.objects.get())

    table = DynamicModel.objects.get()
    assert (
        reverse("admin:dynadmin_dynamicmodel_delete", args=[table.pk])
        in pages.client.get(page).content.decode()
    )


def test_a_large_file_is_imported_by_a_worker(pages, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "IMPORT_BACKGROUND_BYTES": 10}

    pages.take("a,b\n1,x\n2,y\n").send("_create")

    job = FileImport.objects.get()
    assert pages.response.url == f"/admin/tables/purchases/imports/{job.pk}/"
    assert job.is_unfinished
    run_import(job)
    assert DynamicModel.objects.get().django_model.objects.count() == 2


def test_of_a_very_large_file_all_misfits_are_told_though_only_the_first_rows_are_judged(pages, monkeypatch):
    monkeypatch.setattr("dynadmin.admin.newtable.drawing._CHECKED_BYTES", 10)

    pages.take("n,m\n" + "7,x\n" * 900 + "soon,y\nlater,z\n")

    told = re.search(r"2 values do not fit: <code>(\w+)</code> · <code>(\w+)</code>\.", pages.text)
    assert {*told.groups()} == {"soon", "later"}
    assert "only the first rows are looked at here" in pages.text
    pages.send("_create", skip_refused="on")
    assert FileImport.objects.get().totals["created"] == 900


def test_a_file_that_one_would_wait_for_too_long_is_refused_with_what_to_do(pages, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "NEW_TABLE_MAX_BYTES": 10}

    pages.take(gzipped(b"a,b\n" + b"1,2\n" * 9), "rows.csv.gz")

    assert "larger than 10 bytes" in pages.text
    assert "importrows NAME FILE --create" in pages.text


def test_the_way_the_file_is_read_can_be_changed(pages):
    pages.take("a;b\n1;2\n")

    pages.send(delimiter=",")

    assert pages.data["column-0-label"] == "A;b"
    assert "column-1-label" not in pages.data


def test_quotation_marks_can_be_said_to_be_letters(pages):
    pages.take('a,b\n"x",1\n')

    pages.send(quoting="none")

    assert "<td>&quot;x&quot;</td>" in pages.text


def test_pasted_cells_are_a_file_too(pages):
    pages._shown(pages.client.post(PATH, {"pasted": "Name\tAge\nAda\t36\nGrace\t45\n"}))
    pages.send("_create", name="people", label="People")

    names = DynamicModel.objects.get(name="people").django_model.objects.values_list("name", flat=True)
    assert sorted(names) == ["Ada", "Grace"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "1st"}, "cannot be a name"),
        ({"column-0-name": "class"}, "cannot be a name"),
        ({"column-0-name": "b"}, "Two fields have the name"),
        ({"column-0-options": '{"unique": 7}'}, "unique"),
        ({"column-0-options": "{"}, "not valid JSON"),
        ({"column-0-type": "magic"}, "magic is not one of the available choices"),
        ({"column-0-is_kept": None, "column-1-is_kept": None}, "keep at least one"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(pages, changes, words):
    pages.take("a,b\n1,x\n2,y\n").send("_create", **{"column-1-label": "Kept on the page", **changes})

    assert words in pages.text
    assert pages.data["column-1-label"] == "Kept on the page"
    assert not DynamicModel.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("", "empty.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", "image.png", "cannot be read"),
        ('a,b\n1,"never closed\n', "broken.csv", "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(pages, content, name, words):
    pages.take(content, name)

    assert "No table can be made of this" in pages.text
    assert words in pages.text


def test_only_who_may_add_tables_sees_the_pages(tables):
    user = User.objects.create_user("grace", is_staff=True)
    client = Client()
    client.force_login(user)

    assert client.get(PATH).status_code == 403
    assert "Drop a file here" not in client.get("/admin/").content.decode()

    user.user_permissions.add(Permission.objects.get(codename="add_dynamicmodel"))
    assert client.get(PATH).status_code == 200
    assert "Drop a file here" in client.get("/admin/").content.decode()


def test_the_upload_of_another_person_is_not_given_away(pages, tables):
    pages.take("a\n1\n")
    other = User.objects.create_superuser("eve")
    pages.client.force_login(other)

    assert pages.send().response.url == PATH


def test_a_relation_is_chosen_where_all_values_tell_rows_of_a_table_one_may_see(pages, tables):
    airlines = tables.make("airlines", code=("char", {"max_length": 2, "unique": True}))
    for code in ("UA", "AA"):
        airlines.django_model.objects.create(code=code)
    pages.take("carrier,n\nUA,1\nAA,2\nUA,3\n", "flights.csv")

    assert "(2 of 2 values)" in pages.text
    pages.send("_create")

    flights = DynamicModel.objects.get(name="flights")
    assert flights.fields.get(name="carrier").type == "foreignkey"
    assert sorted(flights.django_model.objects.values_list("carrier__code", "n")) == [
        *(("AA", 2), ("UA", 1), ("UA", 3))
    ]


def test_one_who_may_only_add_tables_makes_one_and_learns_nothing_of_others(tables):
    airlines = tables.make("airlines", code=("char", {"max_length": 2, "unique": True}))
    airlines.django_model.objects.bulk_create(airlines.django_model(code=code) for code in ("UA", "AA"))
    user = User.objects.create_user("grace", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_dynamicmodel"))
    client = Client()
    client.force_login(user)
    pages = Pages(client).take("carrier,n\nUA,1\nAA,2\n", "flights.csv")

    assert "(2 of 2 values)" not in pages.text
    pages.send("_create")

    assert client.get(pages.response.url).status_code == 200
    assert DynamicModel.objects.get(name="flights").fields.get(name="carrier").type == "char"


def test_moments_are_meant_in_the_time_zone_that_is_chosen(pages):
    pages.take("at,n\n2013-07-01 12:00,1\n")

    pages.send("_create", zone="Europe/Warsaw")

    found = DynamicModel.objects.get().django_model.objects.get().at
    assert found.isoformat() == "2013-07-01T10:00:00+00:00"


def test_headers_and_cells_are_never_markup(pages):
    pages.take("<script>alert(1)</script>,b\n<b>bold</b>,x\n")

    assert "<script>alert(1)" not in pages.text
    assert "<b>bold" not in pages.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("encoding", value) for value in ("hex", "idna\0", "nothing")),
        *(("delimiter", value) for value in ("\0", "ab", '"')),
        ("quoting", "triple"),
        *(("zone", value) for value in ("nowhere", "../etc", "\0")),
        ("upload", "forged\0"),
    ],
)
def test_a_forged_way_to_read_the_file_is_no_error_of_the_server(pages, name, value):
    pages.take("a,b\n1,2\n")

    pages.send(**{name: value})

    assert pages.response.status_code in (200, 302)
