"""From the values of one field to those of another. Pure: no database."""

from dynadmin.conversion.choices import Choices

__all__ = ["Choices"]
