"""Import and export in the admin: django-import-export's screens and addresses, on streams."""

from dynadmin.admin.transfer.mixin import TransferAdminMixin

__all__ = ["TransferAdminMixin"]
