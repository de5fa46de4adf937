"""What the program must reach, measured against a floor of the same run: `make bench`.

Each benchmark is a module with a function ``measure(options) -> Iterator[Result]``, named in ``BENCHMARKS``.
"""

BENCHMARKS = {
    "pages": "a list page of a dynamic table against one of a static model with a stock ModelAdmin",
    "api": "an API page of a dynamic table against one of a static model with a stock ModelViewSet",
    "staleness": "what each request pays to know that nothing has changed",
    "adoption": "taking over a revision that changes one table among 500",
    "memory": "the process after 2,000 schema changes",
    "home": "the home page with 500 tables against the same with 50",
    "transfer": "import and export of 336,776 flights against django-import-export's default path",
    "inference": "what each column of 336,776 flights is, against reading the file once",
    "imports": "imports and upserts of whole files against the engines' own loaders of files",
    "growth": "what a row of an import costs: of a million against 100,000, beside five million and none",
    "footprint": "the memory of an import of ten million rows against that of one million",
    "rowhistory": "writing rows of a table whose changes are kept against one that keeps none",
    "exports": "exports of whole tables against the engines' own programs",
    "rollups": "numbers and sums of 336,776 flights by plane, against the same by hand on ordinary models",
    "relations": "a list page with five relation columns: its queries are as many whatever they refer to",
    "preview": "what a conversion of 336,776 values does, told, against reading them",
    "online": "each change of a table of a million rows, with one reader and one writer at work",
}
