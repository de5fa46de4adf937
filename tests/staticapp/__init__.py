"""Ordinary models: what the parts that take any model are tested and measured with."""
