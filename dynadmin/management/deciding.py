"""What commands are told about values that do not convert, and what they tell about them."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from dynadmin.conversion import Choices
from dynadmin.executor import Preview, Report

ON_FAILURE = "stop, empty, keep (their text in a second field), create (rows they refer to) or value:TEXT"
WORDS = {("stop", False), ("empty", False), ("keep", False), ("create", False), ("value", True)}
MOST_REASONS = 5

# What was chosen, by the names of table and field.
Chosen = dict[tuple[str, str], Choices]


def add_choice_arguments(parser: ArgumentParser) -> None:
    """Add the options that say what a person would be asked on the page of a plan."""
    parser.add_argument(
        "--on-failure",
        action="append",
        default=[],
        metavar="TABLE.FIELD=WHAT",
        help=f"What becomes of values that do not convert: {ON_FAILURE}.",
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="TABLE.FIELD.QUESTION=ANSWER",
        help="How values are to be read, where they can be read in several ways; --plan asks.",
    )


def read_choices(options: Mapping[str, Any]) -> Chosen:
    """Return what was chosen, by the names of table and field. Raises CommandError."""
    chosen = dict(map(_read_on_failure, options["on_failure"]))
    for names, question, answer in map(_read_answer, options["answer"]):
        known = chosen.get(names, Choices())
        chosen[names] = replace(known, answers={**known.answers, question: answer})
    return chosen


def _read_on_failure(text: str) -> tuple[tuple[str, str], Choices]:
    names, _equals, what = text.partition("=")
    table, _dot, field = names.partition(".")
    word, colon, value = what.partition(":")
    if not (table and field) or (word, bool(colon)) not in WORDS:
        raise CommandError(f"--on-failure {text!r} is not TABLE.FIELD={ON_FAILURE}.")
    return (table, field), Choices(on_failure=word, value=value)


def _read_answer(text: str) -> tuple[tuple[str, str], str, str]:
    names, equals, answer = text.partition("=")
    parts = names.split(".")
    if not equals or len(parts) != 3 or not all(parts):
        raise CommandError(f"--answer {text!r} is not TABLE.FIELD.QUESTION=ANSWER.")
    table, field, question = parts
    return (table, field), question, answer


def by_field(definitions: Iterable[Any], chosen: Chosen) -> dict[int, Choices]:
    """Return what was chosen by the id of the field. Raises CommandError for a name nobody knows."""
    ids = {(d.name, field.name): field.pk for d in definitions for field in d.fields.all()}
    if unknown := sorted(set(chosen) - set(ids)):
        raise CommandError(f"There is no field {'.'.join(unknown[0])}.")
    return {ids[names]: choices for names, choices in chosen.items()}


def plan_lines(found: Preview) -> Iterator[str]:
    """Yield the steps of a plan in words, with the figures below each."""
    for operation in found.plan.operations:
        yield operation.describe()
        if report := found.report_of(operation):
            yield from (f"  {line}" for line in _report_lines(report))
    if not found.plan.operations:
        yield "Nothing to do."


def _report_lines(report: Report) -> Iterator[str]:
    names = f"{report.operation.table.name}.{report.operation.field.name}"
    for question in report.open_questions:
        yield f"{question.text} Say one of:"
        for answer, label in question.choices:
            yield f"  --answer {names}.{question.id}={answer}   {label}"
    if report.reading is None:
        return
    returned = f"{report.returned:,} become what they were before, " if report.returned else ""
    yield f"{report.same:,} stay the same, {returned}{report.changed:,} change, {report.failed:,} do not fit"
    for reason, count in sorted(report.failures.items(), key=lambda item: -item[1])[:MOST_REASONS]:
        yield f"  {count:,}: {reason}"
