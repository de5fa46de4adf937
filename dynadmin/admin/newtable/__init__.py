"""The pages on which a file becomes a table: choose it, see what it would be, change that, make it."""

from dynadmin.admin.newtable.pages import NewTablePages

__all__ = ["NewTablePages"]
