"""Exports that a worker writes, for lists that are too long to wait for.

``records`` is what is known of one, ``ordering`` how people order them, ``columns`` which fields they have,
``running`` how a file is made of the rows, ``files`` what becomes of the file.
"""
