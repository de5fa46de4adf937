"""The trash: what was deleted and is kept, on pages to look at it, bring it back, or let it go for good."""

from dynadmin.admin.trash.pages import TrashPages, add_trash

__all__ = ["TrashPages", "add_trash"]
