"""Ordinary models beside the dynamic ones: what the parts that take any model are tested and measured with."""
