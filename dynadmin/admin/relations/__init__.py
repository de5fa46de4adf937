"""Relations on the pages of rows: what they refer to is chosen, shown, found and counted."""
