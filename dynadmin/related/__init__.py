"""Rows and what they refer to, for any interface: links, and what the deletion of rows does to others."""

from dynadmin.related.consequences import MOST_FOLLOWED, REFUSALS, Consequences, cascading
from dynadmin.related.links import fetch_links, fields_of, is_relation, link_columns, links_of

__all__ = [
    "MOST_FOLLOWED",
    "REFUSALS",
    "Consequences",
    "cascading",
    "fetch_links",
    "fields_of",
    "is_relation",
    "link_columns",
    "links_of",
]
