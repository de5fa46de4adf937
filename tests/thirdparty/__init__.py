"""An app of somebody else, which brings a field type of its own."""
