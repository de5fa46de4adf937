"""The screens. Django's admin finds this package when it looks for admin modules."""
