"""A text with lists becomes links through a file: the column goes out, and comes back as the relation."""

from dynadmin.transfer import import_rows, match_columns, open_source
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.references import Reference
from tests.relations.fleet import to


def test_lists_in_a_column_become_links(tables, tmp_path):
    words = tables.make("words", word=("char", {"unique": True}))
    notes = tables.make("notes", number="int", listed="char", links=to(words, "manytomany"))
    red = words.django_model.objects.create(word="red")
    model = notes.django_model
    for number, listed in enumerate(["red; blue", "", 'blue; "a; b"']):
        model.objects.create(number=number, listed=listed)
    file = tmp_path / "notes.csv"
    file.write_bytes(b"".join(export_rows(model.objects.order_by("pk"), fields=["id", "listed"])))

    def run(**how):
        source = open_source(file)
        references = {"links": Reference(by="word", create=how.pop("create"))}
        plan = match_columns(model, source.headers, by_hand={1: "links"}, references=references)
        return import_rows(model, source, plan=plan, **how)

    refused = run(create=False)
    assert [row.line for row in refused.refused] == [2, 4]
    assert run(create=True).is_saved

    told = [
        (note.number, sorted(note.links.values_list("word", flat=True)))
        for note in model.objects.order_by("number")
    ]
    assert told == [(0, ["blue", "red"]), (1, []), (2, ["a; b", "blue"])]
    assert red.notes.get().number == 0
    assert model.objects.get(number=0).listed == "red; blue"
