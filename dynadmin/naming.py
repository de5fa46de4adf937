"""Which names are legal, and which name to propose for a label.

A name is what developers, files, URLs and views call a table or field; people read its label.
``propose_name`` has a twin in JavaScript, which proposes a name as one types. Its rule, in five steps:

1. replace the letters of ``TRANSLITERATION``, decompose (NFKD), drop what is not ASCII, lower the case;
2. turn every run of characters other than ``a-z 0-9`` into one ``_``, drop those at either end;
3. nothing left: take the kind (``field``, ``table``); a digit or ``get_`` first: put ``<kind>_`` before it;
4. cut to 48 characters, drop ``_`` at the end; if the name is reserved, add ``_<kind>``;
5. while the name is taken, add ``_2``, ``_3``, ... to it, cut so that 48 characters hold both.
"""

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.base import ModelBase
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 48
PATTERN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

Kind = Literal["field", "table"]

# Letters that Unicode does not decompose into a Latin letter and an accent.
TRANSLITERATION = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th", "ı": "i",
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ħ": "h", "Ħ": "h",
    "ŋ": "n", "Ŋ": "n",
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- Reserved words, each set for one reason ---

# Parameters of the admin's lists and of the API.
URL_WORDS = _words("all cursor e fields format limit o offset ordering p page page_size q search")

# Arguments of Django's own functions, which take fields as keyword arguments beside them.
ARGUMENT_WORDS = _words("cls create_defaults defaults self using")

# Attributes of models, whatever the version of Django adds or drops; and of our own base class of rows.
MODEL_WORDS = _words(
    """
    add_to_class adelete arefresh_from_db asave check clean clean_fields computations date_error_message
    delete derived from_db full_clean get_absolute_url id link_models mro objects pk prepare_database_save
    refresh_from_db save save_base serializable_value table_schema unique_error_message validate_constraints
    validate_unique
    """
)

# Names that Django, its admin and REST framework look up or annotate for purposes of their own.
LIBRARY_WORDS = _words("action_checkbox datefield datetimefield empty_values non_field_errors plain_field")

# Lookups and transforms, also those of apps that may come later: a field ``in`` of a table that another
# refers to would change what ``other__in=...`` means.
LOOKUP_WORDS = _words(
    """
    contained_by contains endswith exact gt gte has has_any_keys has_key has_keys icontains iendswith iexact
    in iregex isnull istartswith jsonb_path_exists lt lte overlap range regex search startswith
    strict_word_similar trigram_similar trigram_strict_word_similar trigram_word_similar unaccent
    """
)

# Transforms that stay legal: among the commonest columns of real tables, and harmless. They follow a column
# of dates only, never a relation, so that ``flight__year`` can mean nothing but the column.
DATE_PARTS = _words(
    "date day hour iso_week_day iso_year microsecond minute month quarter second time week week_day year"
)

# What stands beside a table's name in the URLs of the admin and the API.
TABLE_WORDS = _words(
    """
    add admin all api app autocomplete change delete docs export format history import index jsi18n login
    logout media model models new page r schema search static tables view
    """
)


def reserved_names(kind: Kind = "field") -> frozenset[str]:
    """Return all names that are well formed and yet not allowed, for the browser's twin of this module."""
    keywords = {word for word in keyword.kwlist if word.islower()}
    if kind == "table":
        return frozenset(keywords | TABLE_WORDS)
    words = URL_WORDS | ARGUMENT_WORDS | MODEL_WORDS | LIBRARY_WORDS | LOOKUP_WORDS
    return frozenset(keywords | words | _model_attributes() | _registered_lookups())


def _model_attributes() -> set[str]:
    return {name for name in (*dir(models.Model), *dir(ModelBase)) if PATTERN.fullmatch(name)}


def _registered_lookups() -> set[str]:
    """Return the lookups and transforms of every field class there is, less the parts of dates."""
    names: set[str] = set()
    for field_class in {models.Field, *_subclasses(models.Field)}:
        names.update(field_class.get_lookups())
    return {name for name in names - DATE_PARTS if PATTERN.fullmatch(name)}


def _subclasses(cls: Any) -> Iterator[Any]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


# --- Validation ---


def validate_field_name(name: str) -> None:
    """Raise ValidationError, with a legal name to take instead, unless a field may have this name."""
    _validate(name, "field")


def validate_table_name(name: str) -> None:
    """Raise ValidationError, with a legal name to take instead, unless a table may have this name."""
    _validate(name, "table")


def _validate(name: str, kind: Kind) -> None:
    problem = _problem(name, kind)
    if problem is not None:
        proposal = propose_name(name, kind=kind)
        params = {"name": str(name)[:MAX_LENGTH], "problem": problem, "proposal": proposal}
        message = _("“%(name)s” cannot be a name: %(problem)s. “%(proposal)s” can.")
        raise ValidationError(message, code="name", params=params)


def _problem(name: Any, kind: Kind) -> Any:
    """Return what is wrong with the name, in words, or None."""
    if not isinstance(name, str) or not name:
        return _("it is empty")
    if len(name) > MAX_LENGTH:
        return _("it is longer than %d characters") % MAX_LENGTH
    if not PATTERN.fullmatch(name):
        return _problem_of_form(name)
    if kind == "field" and name.startswith("get_"):
        return _("Django gives names that begin with “get_” to methods")
    if keyword.iskeyword(name):
        return _("it is a word of the Python language")
    if name in reserved_names(kind):
        return _("the word is reserved")
    return None


def _problem_of_form(name: str) -> Any:
    if not re.fullmatch(r"[a-z0-9_]+", name):
        return _("only the small letters a to z, digits and “_” are allowed")
    if name[0].isdigit():
        return _("it begins with a digit")
    if "__" in name:
        return _("it has “_” twice in a row")
    return _("it begins or ends with “_”")


def check_field_names(names: Iterable[str], *, relations: Collection[str] = ()) -> None:
    """Raise ValidationError when names of one table clash.

    ``relations`` are those of the names that refer to other tables: ``owner`` takes ``owner_id`` as well.
    """
    names = list(names)
    # Names that differ only in case, or in how a letter is composed, are one column to SQLite and to people.
    counts = Counter(unicodedata.normalize("NFKC", name).casefold() for name in names)
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        message = _("Two fields have the name “%(name)s”.")
        raise ValidationError(message, code="duplicate", params={"name": twice[0]})
    for name in sorted(f"{relation}_id" for relation in relations if f"{relation}_id" in counts):
        message = _("“%(name)s” clashes with the relation “%(relation)s”, whose key bears that name.")
        raise ValidationError(message, code="clash", params={"name": name, "relation": name[: -len("_id")]})


# --- Proposals ---


def propose_name(label: str, taken: Collection[str] = (), *, kind: Kind = "field") -> str:
    """Return a legal name for a label, whatever text it is, that is none of those taken."""
    name = _shorten(_slug(label) or kind)
    if name[0].isdigit() or name.startswith("get_"):
        name = _shorten(f"{kind}_{name}")
    if name in reserved_names(kind):
        name = f"{name}_{kind}"
    return _first_free(name, taken)


def label_from(name: str) -> str:
    """Return the label that a name suggests."""
    return capfirst(name.replace("_", " "))


def _slug(label: str) -> str:
    text = "".join(TRANSLITERATION.get(letter, letter) for letter in str(label))
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


def _shorten(name: str, *, room: int = 0) -> str:
    return name[: MAX_LENGTH - room].rstrip("_")


def _first_free(name: str, taken: Collection[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        suffix = f"_{number}"
        candidate = _shorten(name, room=len(suffix)) + suffix
        number += 1
    return candidate
