"""A table from a file: what each column is, told by all of its values, with the reason."""

from dynadmin.inference.deciding import stores_texts
from dynadmin.inference.inferring import Counted, infer
from dynadmin.inference.proposal import EMPTY, REFUSE, ColumnProposal, Proposal, Wish

__all__ = ["EMPTY", "REFUSE", "ColumnProposal", "Counted", "Proposal", "Wish", "infer", "stores_texts"]
