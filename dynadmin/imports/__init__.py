"""Imports of files as named units: who, when, which file, how, what came of it, and how to undo it.

A file is taken in, checked as often as a person changes how it is read, and then imported: in the request if
it is small, else by a worker, in batches that are committed with how far it has come. A worker that is killed
is followed by another one, which goes on from there.
"""
