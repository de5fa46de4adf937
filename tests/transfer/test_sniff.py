"""Encoding, delimiter, quoting and header are found from the whole file, and what is no text is refused."""

import codecs
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dynadmin.exceptions import BadFile
from dynadmin.transfer import open_source
from dynadmin.transfer.sniff import (
    find_encoding,
    first_bad_line,
    lines_above,
    looks_like_header,
    sniff,
)
from dynadmin.transfer.sniff.skeletons import Skeletons
from tests.transfer.corpus.making import delimited

LONG = "x" * 3_000_000


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"name\nplain\n", "utf-8-sig"),
        ("name\nżółw\n".encode(), "utf-8-sig"),
        (codecs.BOM_UTF8 + b"name\n", "utf-8-sig"),
        ("name\nżółw\n".encode("utf-16"), "utf-16"),
        ("name\ncafé\n".encode("cp1252"), "cp1252"),
        (f"name\n{LONG}\ncafé\n".encode("cp1252"), "cp1252"),
        (f"name\n{LONG}\nMałgorzata\n".encode("cp1250"), "cp1250"),
        (f"name\n{LONG}\ncafé\n".encode(), "utf-8-sig"),
        ("name\nab\n".encode("utf-16-le"), "utf-16-le"),
        ("name\nАнна\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_found(write, content, encoding):
    assert find_encoding(write(content)) == encoding


WORDS = {
    "cp1250": ["Zażółć gęślą jaźń", "Łódź", "Kraków, Wrocław", "Příliš žluťoučký kůň", "Škoda", "Dvořák"],
    "cp1252": [
        "Größe; Straße",
        "São Paulo",
        "Côte d’Ivoire",
        "L’été – déjà",
        "España",
        "Genève",
        "5 € Bjørn",
    ],
    "iso-8859-2": ["Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "Škoda, Žďár"],
    "cp1251": ["Москва", "Иванов Сергей"],
    "cp1253": ["Ελλάδα και Κύπρος"],
    "cp1254": ["İstanbul, Beşiktaş, Kadıköy, Üsküdar"],
}


@pytest.mark.parametrize(
    ("encoding", "word"), [(name, word) for name, words in WORDS.items() for word in words]
)
def test_a_word_or_two_tell_the_encoding_by_their_letters(write, encoding, word):
    content = word.encode(encoding)

    # Of encodings that read the same any will do.
    assert content.decode(find_encoding(write(content))) == word


def test_a_letter_cut_by_the_end_of_a_chunk_is_no_error(write):
    assert find_encoding(write("é" * (1 << 20) + "a" + "é" * (1 << 20))) == "utf-8-sig"


def test_utf8_with_a_damaged_byte_is_refused_rather_than_read_as_wrong_letters(write):
    with pytest.raises(BadFile, match="Line 3 is not valid UTF-8"):
        find_encoding(write("name\nżółw\n".encode() + b"caf\xe9\n"))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"SQLite format 3\x00",
        bytes(range(32)) * 10,
        b"\x00\x01\x02" * 99,
    ],
)
def test_a_binary_file_is_refused(write, content):
    with pytest.raises(BadFile, match=r"not a text file"):
        find_encoding(write(content))


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('a,b\n"x;y;z","1;2;3"\n', ","),
        ('a;b\n"one, two, three";"x\ny, z"\n', ";"),
        ("only\n1\n", ","),
        ("only\nred; sky\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_found_outside_quotes(write, content, delimiter):
    assert sniff(write(content)).delimiter == delimiter


@pytest.mark.parametrize(("content", "line"), [(b"ok\n", 0), (b"ok\nb\xffd\n", 2), (b"ok\n\n\xc3", 3)])
def test_the_first_undecodable_line_is_told(write, content, line):
    assert first_bad_line(write(content), "utf-8") == line


# Letters that delimit elsewhere, and those that quotes are about.
CELLS = st.text(st.sampled_from("ab ,;|:\"'\n\t\\"), max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_writes_is_read_as_it_was_whatever_it_is(tmp_path_factory, rows, delimiter, end):
    path = tmp_path_factory.mktemp("sniff") / "rows.csv"
    path.write_bytes(delimited([["one", "two", "three"], *rows], delimiter=delimiter, lineterminator=end))

    source = open_source(path, delimiter=delimiter, header=True)

    assert source.headers == ("one", "two", "three")
    assert [tuple(cells) for _line, cells in source] == rows


@given(
    text=st.text(st.sampled_from('a,;"\n\r'), max_size=40).map(str.encode),
    cuts=st.lists(st.integers(0, 40), max_size=5),
)
@example(text=b'a";"\n', cuts=[4])
def test_the_skeleton_of_a_text_does_not_depend_on_how_it_is_cut(text, cuts):
    whole, pieces = Skeletons(), Skeletons()
    whole.feed(text)
    limits = [0, *sorted(cut for cut in cuts if cut <= len(text)), len(text)]
    for start, end in pairwise(limits):
        pieces.feed(text[start:end])
    for skeletons in (whole, pieces):
        skeletons.end()

    # A blank line may be counted where it is cut.
    assert +pieces.counts - whole.counts <= type(whole.counts)({b"": len(cuts)})
    assert whole.counts - pieces.counts == type(whole.counts)()
    assert whole.is_open == pieces.is_open


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"delimiter": "ab"}, "delimiter is one character"),
        ({"delimiter": '"'}, "delimiter is one character"),
        ({"delimiter": "\\"}, "delimiter is one character"),
        ({"encoding": "x"}, "no encoding x"),
        ({"quoting": "x"}, "no quoting x"),
    ],
)
def test_what_cannot_be_chosen_is_told(write, chosen, words):
    with pytest.raises(BadFile, match=words):
        sniff(write("a\n"), **chosen)


HEADERS = {
    "words over numbers": (["a", "b"], [["1", "x"], ["2", "y"]], True),
    "numbers over numbers": (["1", "x"], [["2", "y"], ["3", "z"]], False),
    "dates over dates": (["2024-01-01"], [["2024-01-02"], ["2024-01-03"]], False),
    "addresses over addresses": (["a@b.pl"], [["c@d.pl"], ["e@f.pl"]], False),
    "an empty cell over numbers": (["", "x"], [["2", "y"], ["3", "z"]], True),
    "years over numbers": (["2019", "2020"], [["1", "2"], ["3", "4"]], True),
    "years over years": (["2019"], [["2020"], ["2021"]], False),
    "a word that comes again": (["red", "a"], [["blue", "b"], ["red", "c"]], False),
    "a header that comes again": (["a", "b"], [["x", "y"], ["a", "b"]], True),
    "words over words": (["a", "b"], [["x", "y"], ["z", "w"]], True),
    "nothing below": (["1", "2"], [], True),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_first_row_is_a_header_unless_it_is_plainly_data(case):
    first, rows, is_header = HEADERS[case]

    assert looks_like_header(first, rows) is is_header


GOODS = [["A1", "nut", "1.5", "1.8"], ["A2", "bolt", "2", "2.4"], ["A3", "", "3", "3.6"]]
ABOVE = {
    "a title": ([["Sales", ""], ["city", "sold"], ["Oslo", "1"], ["Rome", "2"]], 1),
    "a title and a note": ([["Sales"], ["by city"], ["city", "sold"], ["Oslo", "1"], ["Rome", "2"]], 2),
    "a short header": ([["city"], ["Oslo", "1"], ["Rome", "2"], ["Bonn", "3"]], 0),
    "words alone": ([["city"], ["Oslo", "x"], ["Rome", "y"], ["Bonn", "z"]], 0),
    "a header at once": ([["city", "sold"], ["Oslo", "1"], ["Rome", "2"]], 0),
    "names of groups": (
        [["2026", "", "", ""], ["goods", "", "price", ""], ["code", "name", "net", "gross"], *GOODS],
        2,
    ),
    "an unnamed column": (
        [["", "", "net", "gross"], *GOODS],
        0,
    ),
    "nothing": ([], 0),
}


@pytest.mark.parametrize("case", ABOVE)
def test_a_title_above_the_header_is_skipped_where_it_is_plainly_one(case):
    rows, skipped = ABOVE[case]

    assert lines_above(rows, max(map(len, rows), default=2)) == skipped
