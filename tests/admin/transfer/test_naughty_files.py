"""Whatever headers and cells a file has, the pages of its import show them and do not fail."""

from tests.admin.transfer.screens import text_of, upload
from tests.transfer.corpus.making import delimited
from tests.transfer.test_others_files import NAUGHTY


def test_a_file_of_naughty_headers_and_cells_is_previewed(admin_client, flights):
    # A column without a name has to be left out by hand.
    headers = [text for text in NAUGHTY if text.strip()]
    content = delimited([["carrier", "notes", *headers], ["UA", "<script>alert(0)</script>", *headers]])

    preview = upload(admin_client, flights, content)

    assert preview.status_code == 200
    assert preview.context["outcome"].totals.created == 1
    assert "<script>alert(" not in preview.content.decode()
    assert "\ufdfa" in text_of(preview)
