"""The history of the tables: its list, the page of each revision, and the undo."""
