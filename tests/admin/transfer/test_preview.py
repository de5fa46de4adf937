"""What a preview shows, and what can be chosen on it."""

import pytest

from tests.admin.transfer.screens import again, confirm, rows_of, text_of, upload

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_preview_tells_what_would_happen_and_saves_nothing(admin_client, flights):
    model = flights.django_model
    same, other = model.objects.create(carrier="UA", number=1), model.objects.create(carrier="AA", number=2)

    preview = upload(
        admin_client, flights, f"id,carrier,number\n{same.pk},UA,1\n{other.pk},AA,22\n,DL,3\n,DL,x\n"
    )

    totals = preview.context["outcome"].totals
    assert (totals.created, totals.changed, totals.skipped, totals.refused) == (1, 1, 1, 1)
    page = text_of(preview)
    assert "2 22" in page  # before and after
    assert "Flight number: “x”" in page or "Flight number:" in page
    assert rows_of(flights) == [("UA", 1), ("AA", 2)]


def test_labels_and_detected_encoding_and_delimiter_are_shown(admin_client, flights):
    preview = upload(admin_client, flights, "Carrier;FLIGHT NUMBER;notes\nUA;1;café\n".encode("cp1252"))

    form = preview.context["form"]
    assert form["encoding"].value() == "cp1252"
    assert form["delimiter"].value() == ";"
    assert preview.context["outcome"].totals.created == 1
    assert "café" in text_of(preview)


def test_another_encoding_can_be_chosen(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,notes\nUA,Plzeň\n".encode("cp1250"))
    assert "Plzeň" not in text_of(preview)

    preview = again(admin_client, flights, preview, encoding="cp1250")

    assert "Plzeň" in text_of(preview)


def test_an_encoding_that_does_not_fit_is_told_and_the_choice_offered_again(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,1\n")

    preview = again(admin_client, flights, preview, encoding="utf-16")

    assert "cannot be read as UTF-16" in text_of(preview)
    assert preview.context["outcome"].totals.created == 1


def test_another_delimiter_draws_the_columns_anew(admin_client, flights):
    preview = upload(admin_client, flights, "carrier|number,x\nUA|1,y\n")

    preview = again(admin_client, flights, preview, delimiter="|")

    assert [column.header for column in preview.context["columns"]] == ["carrier", "number,x"]


def test_columns_can_be_matched_by_hand(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,Nr.\nUA,7\n")
    assert preview.context["columns"][1].field == ""

    preview = again(admin_client, flights, preview, **{"column-1": "number"})
    confirm(admin_client, flights, preview)

    assert rows_of(flights) == [("UA", 7)]


def test_headers_that_are_not_clear_are_asked_about(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number,Flight Number\nUA,1,2\n")
    assert "Several columns fill the field number" in text_of(preview)
    assert preview.context["outcome"] is None

    preview = again(admin_client, flights, preview, **{"column-2": "number"})

    assert preview.context["outcome"].totals.created == 1


def test_columns_that_are_left_out_are_named(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,colour\nUA,red\n")

    assert "Left out, as they name no field that a file can fill: colour" in text_of(preview)


def test_a_file_of_a_header_alone_says_so(admin_client, flights):
    assert "no rows below its header" in text_of(upload(admin_client, flights, "carrier,number\n"))


def test_the_key_can_be_chosen(admin_client, flights):
    flights.django_model.objects.create(carrier="UA", number=1)
    preview = upload(admin_client, flights, "carrier,number\nUA,1\nUA,2\n")
    assert preview.context["outcome"].totals.created == 2

    preview = again(admin_client, flights, preview, key=["0", "1"])

    totals = preview.context["outcome"].totals
    assert (totals.created, totals.skipped) == (1, 1)


def test_texts_can_be_read_as_empty(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,NA\n")
    assert preview.context["outcome"].totals.refused == 1

    preview = again(admin_client, flights, preview, empty_texts="NA, N/A")
    confirm(admin_client, flights, preview)

    assert rows_of(flights) == [("UA", None)]


def test_the_reasons_are_counted_and_a_word_for_no_value_is_read_as_empty_by_one_click(admin_client, flights):
    rows = "".join(f"UA,{number if number % 3 else 'n/a'}\n" for number in range(30))
    preview = upload(admin_client, flights, f"carrier,number\n{rows}")
    [(label, _words, count)] = preview.context["reasons"]
    assert (label, count) == ("Flight number", "10")
    assert preview.context["no_values"] == ("n/a",)

    preview = again(admin_client, flights, preview, also_empty="n/a")

    assert preview.context["outcome"].totals.created == 30
    assert preview.context["form"]["empty_texts"].value() == "n/a"


def test_the_preview_stays_small_however_large_the_file(admin_client, flights):
    rows = "".join(f"{'UA' if number % 2 else 'toolong'},{number}\n" for number in range(5000))

    preview = upload(admin_client, flights, f"carrier,number\n{rows}")

    totals = preview.context["outcome"].totals
    assert (totals.created, totals.refused) == (2500, 2500)
    assert len(preview.content) < 200_000


def test_what_the_file_says_is_escaped(admin_client, flights):
    preview = upload(
        admin_client, flights, "carrier,notes,<b>x</b>\nUA,<script>alert(1)</script>,1\ntoolong<i>,,\n"
    )

    assert b"<script>alert" not in preview.content
    assert b"<b>x</b>" not in preview.content
    assert b"toolong<i>" not in preview.content
