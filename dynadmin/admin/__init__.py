"""The screens. Django's admin finds this package when it looks for admin modules, and so registers them."""

from dynadmin.admin.changes import ChangeAdmin
from dynadmin.admin.definitions.pages import DefinitionAdmin
from dynadmin.admin.revisions.pages import RevisionAdmin

__all__ = ["ChangeAdmin", "DefinitionAdmin", "RevisionAdmin"]
