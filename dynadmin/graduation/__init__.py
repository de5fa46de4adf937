"""A table that proved itself becomes ordinary code: a model and a migration, on the table as it is.

Migrations that were written once import ``dynadmin.graduation.takeover.TakeOver`` and the model fields of
``dynadmin.fieldtypes.fields``: these names stay.
"""
