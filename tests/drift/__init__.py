"""Differences between what is in force and what is there."""
