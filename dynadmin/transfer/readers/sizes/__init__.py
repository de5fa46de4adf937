"""How large a workbook would become, found out before it is parsed: the parser lays out whole rectangles."""
