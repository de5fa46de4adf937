"""Who may do what with the rows of a model: every interface asks here."""

from typing import Any


def may(user: Any, action: str, model: str) -> bool:
    """Whether a person may ``view``, ``add``, ``change`` or ``delete`` rows. Who may change may view.

    ``model`` is a label, as ``tables.T5`` or ``auth.User``.
    """
    app_label, _dot, name = model.rpartition(".")
    if user.has_perm(f"{app_label}.{action}_{name.lower()}"):
        return True
    return action == "view" and bool(user.has_perm(f"{app_label}.change_{name.lower()}"))
