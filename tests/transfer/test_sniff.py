"""Encoding and delimiter are found from the whole file, and what is no text is refused."""

import codecs

import pytest

from dynadmin.exceptions import BadFile
from dynadmin.transfer.sniff import find_delimiter, find_encoding, first_bad_line

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
        (f"name\n{LONG}\ncafé\n".encode(), "utf-8-sig"),
    ],
)
def test_the_encoding_is_found(write, content, encoding):
    assert find_encoding(write(content)) == encoding


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
        ("", ","),
    ],
)
def test_the_delimiter_is_found_outside_quotes(write, content, delimiter):
    assert find_delimiter(write(content), "utf-8") == delimiter


@pytest.mark.parametrize(("content", "line"), [(b"ok\n", 0), (b"ok\nb\xffd\n", 2), (b"ok\n\n\xc3", 3)])
def test_the_first_undecodable_line_is_told(write, content, line):
    assert first_bad_line(write(content), "utf-8") == line
