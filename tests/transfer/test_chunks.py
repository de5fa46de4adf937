"""Chunks of rows: every row once, whole, and with the line it starts at, however the file is cut."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin.exceptions import BadFile
from dynadmin.transfer import open_source

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
TEXTS = st.text(st.sampled_from('ab,"; é\x85\u2028\x0b'), max_size=5)
CELLS = st.lists(
    TEXTS | st.sampled_from(["a\nb", "a\r\nb", "\r", "\n\n", "\r\n\r\n"]), min_size=2, max_size=2
)


def expected(text):
    """Return rows and lines as one row at a time gives them."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, line = [], 1
    for cells in reader:
        if cells:
            rows.append((line, cells))
        line = reader.line_num + 1
    return rows[1:]


@QUICK
@given(
    rows=st.lists(CELLS | st.just([]), max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    most=st.integers(1, 5),
)
def test_chunks_hold_every_row_with_its_line(tmp_path_factory, rows, end, most):
    path = tmp_path_factory.mktemp("chunks") / "rows.csv"
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["one", "two"], *rows])
    path.write_bytes(text.getvalue().encode())

    chunks = list(open_source(path, encoding="utf-8", delimiter=",").chunks(most))

    assert all(0 < len(rows) <= most for _lines, rows in chunks)
    pairs = [pair for lines, rows in chunks for pair in zip(lines, rows, strict=True)]
    assert pairs == expected(text.getvalue())


def test_long_rows_make_small_chunks(write):
    row = "x" * 200_000 + ",y\n"

    chunks = list(open_source(write("one,two\n" + row * 100)).chunks(1000))

    assert max(sum(len(row[0]) for row in rows) for _lines, rows in chunks) < 15_000_000
    assert sum(len(rows) for _lines, rows in chunks) == 100


def test_rows_of_a_file_without_breaks_in_cells_are_numbered_without_a_list(write):
    [(lines, rows)] = open_source(write("one,two\n1,2\n3,4\n")).chunks()

    assert lines == range(2, 4)
    assert rows == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_a_broken_row_is_told_by_its_line_in_any_chunk(write, most):
    source = open_source(write('one,two\n"a\nb",1\n\nc,2\nd,"x"y\n'))

    with pytest.raises(BadFile, match="row at line 6"):
        list(source.chunks(most))


def test_lines_begin_below_the_header_though_blank_ones_stand_above_it(write):
    source = open_source(write("\nsold in 2024,\n\ncity,sold\nOslo,1\nRome,2\n", "rows.csv"))

    assert (source.headers, list(source.line_blocks(1000))) == (
        ("city", "sold"),
        [(5, ["Oslo,1\n", "Rome,2\n"])],
    )
