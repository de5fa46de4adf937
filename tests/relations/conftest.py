import pytest

from tests.relations.fleet import to


@pytest.fixture
def fleet(tables):
    """Planes, and flights that refer to them."""
    planes = tables.make("planes", tail="char")
    flights = tables.make("flights", number="int", plane=to(planes))
    return planes, flights


@pytest.fixture
def notes(tables):
    """Tags, and notes that have many of them."""
    tags = tables.make("tags", word="char")
    notes = tables.make("notes", text="char", tags=to(tags, "manytomany"))
    return tags, notes
