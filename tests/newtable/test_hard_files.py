"""Each of the hard files that can be read can be a table, and what is proposed for it takes its rows."""

import csv

import pytest

from dynadmin.inference import Counted, Wish
from dynadmin.newtable import check, draft_of
from dynadmin.transfer import open_source
from tests.transfer.test_corpus import GOOD
from tests.transfer.test_others_files import NAUGHTY


@pytest.mark.parametrize("case", GOOD)
def test_a_hard_file_is_drawn_up_and_nearly_all_of_its_cells_fit(tmp_path, case):
    name, content, headers, rows = GOOD[case]
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = open_source(path)

    counted = Counted(source)
    proposal = counted.proposal()
    answers = {
        column.position: Wish(answers={q.id: q.choices[0][0] for q in column.open_questions})
        for column in proposal.columns
    }
    proposal = counted.proposal(answers)
    draft = draft_of(proposal, name="hard", label="Hard")

    if draft.kept:
        draft.clean()
    checked = check(source, draft)
    assert not proposal.open_questions
    assert (len(draft.columns), proposal.rows, checked.total) == (len(headers), len(rows), len(rows))
    assert sum(misfit.count for misfit in checked.misfits.values()) <= 1 + len(rows) // 10
    told = {column.position: column.misfits for column in proposal.columns if column.misfits}
    found = {position: misfit.count for position, misfit in checked.misfits.items()}
    # A text may hold what no database stores, whatever the type.
    assert found == told or case == "null characters"


def test_naughty_strings_are_columns_and_cells_of_a_table_that_can_be(tmp_path):
    path = tmp_path / "naughty.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NAUGHTY, NAUGHTY, reversed(NAUGHTY)])
    source = open_source(path)

    draft = draft_of(Counted(source).proposal(), name="naughty", label="Naughty")

    draft.clean()
    assert len(draft.columns) == len(NAUGHTY)
    assert not check(source, draft).misfits
