"""Writers: chunks of values as the pieces of a file."""

from dynadmin.transfer.writers.delimited import write_copied, write_delimited
from dynadmin.transfer.writers.json import write_json, write_ndjson
from dynadmin.transfer.writers.parquet import write_parquet
from dynadmin.transfer.writers.xlsx import write_xlsx

__all__ = ["write_copied", "write_delimited", "write_json", "write_ndjson", "write_parquet", "write_xlsx"]
