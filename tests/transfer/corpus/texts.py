"""Hard delimited texts: encodings, delimiters, quotes, line ends, headers, ragged rows."""

import codecs

from tests.transfer.corpus.making import delimited

AB, AB12 = ("a", "b"), [(2, ["1", "2"])]
POLISH = [["miasto", "osoba"], ["Łódź", "Gęś, żółw i źrebię"], ["Gdańsk", "Święta; ćma"]]
CZECH = [["město", "jméno"], ["Plzeň", "Dvořák"], ["Ústí", "Růžička, Žďár"]]
HUNGARIAN = [["név", "város"], ["Erdős Pál", "Győr"], ["Szűcs Éva", "Székesfehérvár"]]
FRENCH = [["ville", "mois"], ["Besançon", "août"], ["Nîmes", "décembre – l’été"]]
GERMAN = [["Stadt", "Monat"], ["Köln", "März"], ["Weißenfels", "Jänner; 5 €"]]
RUSSIAN = [["город", "имя"], ["Москва", "Анна Каренина"]]


def _numbered(rows):
    return [(number, list(row)) for number, row in enumerate(rows[1:], 2)]


def _in(encoding, rows, **dialect):
    return ("x.csv", delimited(rows, encoding, **dialect), tuple(rows[0]), _numbered(rows))


READ = {
    "plain": ("x.csv", b"a,b\n1,2\n", AB, AB12),
    "semicolons with decimal commas": (
        "x.csv",
        b"a;b\n1,5;2,5\n3,5;4,5\n",
        AB,
        [(2, ["1,5", "2,5"]), (3, ["3,5", "4,5"])],
    ),
    "semicolons with a decimal comma in the header too": (
        "x.csv",
        b"a, EUR;b\n1,5;2\n3,5;4\n",
        ("a, EUR", "b"),
        [(2, ["1,5", "2"]), (3, ["3,5", "4"])],
    ),
    "tabs in a file called CSV": ("x.csv", b"a\tb\n1,0\t2\n", AB, [(2, ["1,0", "2"])]),
    "bars": ("x.csv", b"a|b\n1|2\n", AB, AB12),
    "carets": ("x.csv", b"a^b\n1^2\n", AB, AB12),
    "tildes": ("x.csv", b"a~b\n1~2\n", AB, AB12),
    "colons": ("x.csv", b"a:b:c:d\n1:2:3:4\n", ("a", "b", "c", "d"), [(2, ["1", "2", "3", "4"])]),
    "unit separators": ("x.csv", b"a\x1fb\n1\x1f2\n", AB, AB12),
    "a column of times, with no delimiter": (
        "x.csv",
        b"time\n12:30:15\n13:40:15\n",
        ("time",),
        [(2, ["12:30:15"]), (3, ["13:40:15"])],
    ),
    "a delimiter that shows late": (
        "x.csv",
        b"a;b\n" + b"1,1;2\n" * 30_000 + b"1;2\n" * 3 + b"1;2,2,2\n",
        AB,
        [(n, ["1,1", "2"]) for n in range(2, 30_002)]
        + [(30_002, ["1", "2"]), (30_003, ["1", "2"]), (30_004, ["1", "2"]), (30_005, ["1", "2,2,2"])],
    ),
    "one column of texts, some with commas": (
        "x.csv",
        b"name\nA, B\nC\nD\n",
        ("name",),
        [(2, ["A, B"]), (3, ["C"]), (4, ["D"])],
    ),
    "one column of texts, most with a semicolon": (
        "x.csv",
        b"name\nA; B\nC; D\nE, F\n",
        ("name",),
        [(2, ["A; B"]), (3, ["C; D"]), (4, ["E, F"])],
    ),
    "one column of texts, each with a comma": (
        "x.csv",
        b"name\nSmith, John\nDoe, Jane\n",
        ("name",),
        [(2, ["Smith, John"]), (3, ["Doe, Jane"])],
    ),
    "a line that names the delimiter": ("x.csv", b"sep=;\r\na;b\r\n1;2\r\n", AB, [(3, ["1", "2"])]),
    "a byte-order mark": ("x.csv", codecs.BOM_UTF8 + b"a,b\n1,2\n", AB, AB12),
    "a byte-order mark before quotes": ("x.csv", codecs.BOM_UTF8 + b'"a","b"\n1,2\n', AB, AB12),
    "UTF-8": _in("utf-8", POLISH),
    "UTF-16": _in("utf-16", POLISH),
    "UTF-16, big end first": (
        "x.csv",
        codecs.BOM_UTF16_BE + "a;b\nż;2\n".encode("utf-16-be"),
        AB,
        [(2, ["ż", "2"])],
    ),
    "UTF-16 without a mark": _in("utf-16-le", POLISH, lineterminator="\r\n"),
    "UTF-16 without a mark, big end first": _in("utf-16-be", RUSSIAN),
    "UTF-32": _in("utf-32", POLISH),
    "Polish in Windows-1250": _in("cp1250", POLISH),
    "Polish in Latin-2": _in("iso-8859-2", POLISH),
    "Czech in Windows-1250": _in("cp1250", CZECH),
    "Czech in Latin-2": _in("iso-8859-2", CZECH),
    "Hungarian in Windows-1250": _in("cp1250", HUNGARIAN),
    "French in Windows-1252": _in("cp1252", FRENCH),
    "German in Windows-1252": _in("cp1252", GERMAN, delimiter=";"),
    "German in Latin-1": _in("iso-8859-1", [["Stadt"], ["Köln"], ["Gießen"]]),
    "euros in ISO 8859-15": _in("iso-8859-15", [["prix", "cœur"], ["5 €", "œuf"], ["6 €", "été"]]),
    "Russian in Windows-1251": _in("cp1251", RUSSIAN),
    "Turkish in Windows-1254": _in(
        "cp1254", [["şehir", "ilçe"], ["İstanbul", "Kadıköy"], ["Muğla", "Çeşme"]]
    ),
    "letters far down": (
        "x.csv",
        b"a,b\n" + b"x,y\n" * 20_000 + "Łódź,gęś\n".encode("cp1250"),
        AB,
        [(n, ["x", "y"]) for n in range(2, 20_002)] + [(20_002, ["Łódź", "gęś"])],
    ),
    "Windows line ends": ("x.csv", b"a,b\r\n1,2\r\n", AB, AB12),
    "old Mac line ends": ("x.csv", b"a,b\r1,2\r3,4\r", AB, [*AB12, (3, ["3", "4"])]),
    "mixed line ends": (
        "x.csv",
        b"a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8",
        AB,
        [*AB12, (3, ["3", "4"]), (4, ["5", "6"]), (6, ["7", "8"])],
    ),
    "no line end at the end": ("x.csv", b"a,b\n1,2", AB, AB12),
    "blank lines": ("x.csv", b"\n\na,b\n\n1,2\n \n3,4\n\n", AB, [(5, ["1", "2"]), (7, ["3", "4"])]),
    "quotes within quotes": ("x.csv", b'a,b\n"say ""hi""","x,y"\n', AB, [(2, ['say "hi"', "x,y"])]),
    "everything in quotes": ("x.csv", b'"a","b"\n"1","2"\n', AB, AB12),
    "backslashes within quotes": (
        "x.csv",
        rb"a,b" + b"\n" + rb'"say \"hi\", \\ you",2' + b"\n" + rb'\N,"\\N"' + b"\n",
        AB,
        [(2, ['say "hi", \\ you', "2"]), (3, ["\\N", "\\N"])],
    ),
    "backslashes that are letters": (
        "x.csv",
        rb"a,b" + b"\n" + rb'"C:\dir\",2' + b"\n" + rb'"D:\",3' + b"\n",
        AB,
        [(2, ["C:\\dir\\", "2"]), (3, ["D:\\", "3"])],
    ),
    "quotes that are letters": (
        "x.tsv",
        b'a\tb\n"hello" she said\t5" pipe\n"x\ty\n',
        AB,
        [(2, ['"hello" she said', '5" pipe']), (3, ['"x', "y"])],
    ),
    "inches": ("x.csv", b'a,b\n5" pipe,1\n6" pipe,2\n', AB, [(2, ['5" pipe', "1"]), (3, ['6" pipe', "2"])]),
    "spaces before quotes": (
        "x.csv",
        b'a, b\n1, "x, y"\n2, "z"\n',
        ("a", "b"),
        [(2, ["1", "x, y"]), (3, ["2", "z"])],
    ),
    "line breaks in cells": (
        "x.csv",
        b'a,b\n"one\ntwo",1\n"three\r\nfour",2\n',
        AB,
        [(2, ["one\ntwo", "1"]), (4, ["three\r\nfour", "2"])],
    ),
    "line separators of Unicode in cells": (
        "x.csv",
        "a,b\nx\u2028y,\x85\n\x0b,\x1c\n".encode(),
        AB,
        [(2, ["x\u2028y", "\x85"]), (3, ["\x0b", "\x1c"])],
    ),
    "delimiters of other files in quotes": (
        "x.csv",
        b'a,b\n"1;2;3","4|5"\n"6;7;8","9|0"\n',
        AB,
        [(2, ["1;2;3", "4|5"]), (3, ["6;7;8", "9|0"])],
    ),
    "a delimiter after every line": ("x.csv", b"a,b,\n1,2,\n3,4,\n", AB, [*AB12, (3, ["3", "4"])]),
    "delimiters after the rows alone": ("x.csv", b"a,b\n1,2,\n3,4,,\n", AB, [*AB12, (3, ["3", "4"])]),
    "lines of nothing but delimiters": ("x.csv", b"a,b\n1,2\n,\n,,,\n", AB, [*AB12, (3, ["", ""])]),
    "ragged rows": (
        "x.csv",
        b"a,b\n1\n1,2,3\n1,2\n",
        AB,
        [(2, ["1"]), (3, ["1", "2", "3"]), (4, ["1", "2"])],
    ),
    "a header alone": ("x.csv", b"a,b\n", AB, []),
    "a header alone, without a line end": ("x.csv", b"a,b", AB, []),
    "headers twice": ("x.csv", b"a,a,A\n1,2,3\n", ("a", "a", "A"), [(2, ["1", "2", "3"])]),
    "blank headers": ("x.csv", b"a,,\n1,2,3\n", ("a", "", ""), [(2, ["1", "2", "3"])]),
    "headers of several lines": ("x.csv", b'"a\nx",b\n1,2\n', ("a\nx", "b"), [(3, ["1", "2"])]),
    "a thousand columns": (
        "x.csv",
        delimited([[f"c{n}" for n in range(1000)], ["1"] * 1000]),
        tuple(f"c{n}" for n in range(1000)),
        [(2, ["1"] * 1000)],
    ),
    "no header": (
        "x.csv",
        b"1,2024-01-01,x\n2,2024-01-02,y\n",
        ("column_1", "column_2", "column_3"),
        [(1, ["1", "2024-01-01", "x"]), (2, ["2", "2024-01-02", "y"])],
    ),
    "no header, with words that come again": (
        "x.csv",
        b"red,apple\nblue,sky\nred,rose\n",
        ("column_1", "column_2"),
        [(1, ["red", "apple"]), (2, ["blue", "sky"]), (3, ["red", "rose"])],
    ),
    "headers that are years": (
        "x.csv",
        b"country,2019,2020\nPL,1,2\nCZ,3,4\n",
        ("country", "2019", "2020"),
        [(2, ["PL", "1", "2"]), (3, ["CZ", "3", "4"])],
    ),
    "a title above the header": (
        "x.csv",
        b"Sales of 2024\n\ncity,sold\nOslo,1\nRome,2\n",
        ("city", "sold"),
        [(4, ["Oslo", "1"]), (5, ["Rome", "2"])],
    ),
    "words for nothing, money, percent": (
        "x.csv",
        b"a;b;c\nNULL;N/A;-\n1.234,56 EUR;$1,234.56;12 %\n",
        ("a", "b", "c"),
        [(2, ["NULL", "N/A", "-"]), (3, ["1.234,56 EUR", "$1,234.56", "12 %"])],
    ),
    "months of Poland and Germany": (
        "x.csv",
        "a;b\n1 stycznia 2024;1. März 2024\n2 lutego 2024;2. Jänner 2024\n".encode(),
        AB,
        [(2, ["1 stycznia 2024", "1. März 2024"]), (3, ["2 lutego 2024", "2. Jänner 2024"])],
    ),
    "leading zeros and long numbers": (
        "x.csv",
        b"zip,big\n00501,12345678901234567890\n",
        ("zip", "big"),
        [(2, ["00501", "12345678901234567890"])],
    ),
    "null characters": ("x.csv", b"a,b\n\x00,2\n", AB, [(2, ["\x00", "2"])]),
    "cells pasted from a spreadsheet": (
        "pasted.tsv",
        b'name\tnote\r\nA\t"two\nlines"\r\nB\tsay ""hi""\r\n',
        ("name", "note"),
        [(2, ["A", "two\nlines"]), (4, ["B", 'say ""hi""'])],
    ),
    "one column pasted, with commas": (
        "pasted.tsv",
        b"name\r\nSmith, John\r\nDoe, Jane\r\n",
        ("name",),
        [(2, ["Smith, John"]), (3, ["Doe, Jane"])],
    ),
}

REFUSED = {
    "an empty file": ("x.csv", b"", "The file is empty"),
    "nothing but a mark": ("x.csv", codecs.BOM_UTF8, "no header"),
    "nothing but line ends": ("x.csv", b"\r\n\n\r", "no header"),
    "nothing but delimiters": ("x.csv", b",,\n,,\n", "no header"),
    "cut off in the middle of a letter": (
        "x.csv",
        "a,b\nżółw,ż".encode()[:-1],
        "ends in the middle of a letter, in line 2",
    ),
    "cut off in the middle of a letter of UTF-16": (
        "x.csv",
        "a,b\nżółw,ż\n".encode("utf-16")[:-1],
        "cannot be read as UTF-16",
    ),
    "one damaged letter": ("x.csv", "a,b\nżółw,ż\n".encode() + b"\xff,1\n", "Line 3 is not valid UTF-8"),
    "a quotation mark that is never closed": (
        "x.csv",
        b'a,b\n1,"x\n2,y\n',
        "opened in the row at line 2 and never closed",
    ),
    "a letter after a quotation mark": ("x.csv", b'a,b\n1,2\n"x"y,2\n', "The row at line 3 cannot be read"),
    "a picture": ("x.csv", b"\x89PNG\r\n\x1a\n", "This is a PNG file"),
    "a tar archive": ("x.csv", b"x" * 257 + b"ustar\x00" + bytes(250), "This is a tar file"),
    "noise": ("x.csv", bytes(range(256)) * 4, "binary file"),
    "too many columns": ("x.csv", b",".join([b"c"] * 2001), "2001 columns; at most 2000"),
}
