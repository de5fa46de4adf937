"""Hard files, made by code: each is read as a person would, or refused with a sentence that says why."""

import pytest

from dynadmin.exceptions import BadFile
from dynadmin.transfer import open_source
from tests.transfer.corpus import archives, sheets, texts, typed

GOOD = {**texts.READ, **sheets.READ, **typed.READ, **archives.READ}
BAD = {**texts.REFUSED, **sheets.REFUSED, **typed.REFUSED, **archives.REFUSED}


@pytest.mark.parametrize("case", GOOD)
def test_a_hard_file_is_read(write, case):
    name, content, headers, rows = GOOD[case]

    source = open_source(write(content, name))

    assert source.headers == headers
    assert list(source) == rows


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_words(write, case):
    name, content, words = BAD[case]

    with pytest.raises(BadFile) as error:
        list(open_source(write(content, name)))

    assert words in str(error.value)
