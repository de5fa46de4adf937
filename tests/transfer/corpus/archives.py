"""Archives: of one file, of several, broken ones, and bombs."""

import zipfile

from tests.transfer.corpus.making import gzipped, ndjson, parquet, xlsx_of, zipped

CSV = "a,b\nż,2\n".encode()
ROWS = (("a", "b"), [(2, ["ż", "2"])])
MANY = b"a,b\n" + b"1,2\n" * 5_000


READ = {
    "gzip": ("x.csv.gz", gzipped(CSV), *ROWS),
    "gzip under another name": ("x.csv", gzipped(CSV), *ROWS),
    "gzip in two pieces": ("x.csv.gz", gzipped(CSV[:5]) + gzipped(CSV[5:]), *ROWS),
    "gzip of tabs": ("x.tsv.gz", gzipped(b"a\tb\n1\t2\n"), ("a", "b"), [(2, ["1", "2"])]),
    "gzip of objects": ("x.ndjson.gz", gzipped(ndjson({"a": 1})), ("a",), [(1, [1])]),
    "gzip of Parquet": ("x.gz", gzipped(parquet({"a": [1]})), ("a",), [(1, (1,))]),
    "a ZIP archive of one": ("x.zip", zipped({"data/rows.csv": CSV}), *ROWS),
    "a ZIP archive of one, not packed": ("x.zip", zipped({"rows.csv": CSV}, zipfile.ZIP_STORED), *ROWS),
    "a ZIP archive with what a Mac adds": (
        "x.zip",
        zipped({"rows.csv": CSV, "__MACOSX/._rows.csv": b"x", ".DS_Store": b"y"}),
        *ROWS,
    ),
    "a ZIP archive of a workbook": (
        "x.zip",
        zipped({"x.xlsx": xlsx_of([["a"], ["1"]])}),
        ("a",),
        [(2, ["1"])],
    ),
}

REFUSED = {
    "gzip cut off": (
        "x.csv.gz",
        gzipped(b"".join(b"%d,%d\n" % (n, n * n) for n in range(9000)))[:-2000],
        "cut off after line",
    ),
    "gzip with a wrong sum": ("x.csv.gz", gzipped(CSV)[:-6] + b"xxxxxx", "damaged or cut off"),
    "gzip that only begins": ("x.csv.gz", b"\x1f\x8b\x08", "damaged or cut off after line 0"),
    "gzip that is none": ("x.csv.gz", b"\x1f\x8bno gzip at all", "damaged or cut off"),
    "gzip of nothing": ("x.csv.gz", gzipped(b""), "The file is empty"),
    "gzip of gzip": ("x.csv.gz", gzipped(gzipped(CSV)), "This is a gzip file"),
    "gzip of a tar archive": ("x.tar.gz", gzipped(b"x" * 257 + b"ustar" + bytes(250)), "can"),
    "a ZIP archive of several": ("x.zip", zipped({"a.csv": CSV, "b.csv": CSV}), "choose one: a.csv, b.csv"),
    "a ZIP archive of none": ("x.zip", zipped({}), "no file in the archive"),
    "a ZIP archive with a wrong sum": (
        "x.zip",
        zipped({"rows.csv": MANY}, zipfile.ZIP_STORED).replace(b"1,2\n1,2", b"1,2\n1,3", 1),
        "damaged or cut off",
    ),
    "a ZIP archive cut off": ("x.zip", zipped({"rows.csv": CSV})[:-30], "cannot be unpacked"),
    "a ZIP archive packed in another way": (
        "x.zip",
        zipped({"rows.csv": CSV}, zipfile.ZIP_LZMA),
        "packed in a way that is not read",
    ),
    "a gzip bomb": ("x.csv.gz", gzipped(b"a,b\n" + b"0" * 12_000_000), "more than 200 times its size"),
    "a ZIP bomb": ("x.zip", zipped({"x.csv": b"0" * 12_000_000}), "more than 200 times its size"),
}
