"""Who may do what with the rows of a model, named by its label."""

import pytest
from django.contrib.auth.models import Permission, User

from dynadmin.permissions import may
from dynadmin.schema import target_of


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        ("view", {"view"}),
        ("change", {"view", "change"}),
        ("add", {"add"}),
        ("delete", {"delete"}),
    ],
)
@pytest.mark.parametrize("is_table", [True, False])
def test_who_may_change_may_view_and_nothing_else_follows(tables, granted, allowed, is_table):
    label = target_of(tables.make("planes", tail="char").pk) if is_table else "auth.Group"
    user = User.objects.create_user("pat")
    codename = f"{granted}_{label.partition('.')[2].lower()}"
    user.user_permissions.set(Permission.objects.filter(codename=codename))

    assert {each for each in ("view", "add", "change", "delete") if may(user, each, label)} == allowed
