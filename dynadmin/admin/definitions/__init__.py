"""The page on which people define a table, its parts, and the pages around it: plan, history, files."""
