"""Tables that people define in the Django admin, served as ordinary Django models."""

__version__ = "0.1.0"

APPS = ["dynadmin", "dynadmin.tables"]
"""What a host project adds to its INSTALLED_APPS."""
