"""The screens. Django's admin finds this package when it looks for admin modules, and so registers them."""

from dynadmin.admin import changes, definitions, revisions

__all__ = ["changes", "definitions", "revisions"]
