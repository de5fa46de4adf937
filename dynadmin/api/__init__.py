"""The REST interface: rows of every table as JSON, by one set of views for all tables."""
