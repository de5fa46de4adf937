"""Times of two things done in turns, so that whatever else the machine does hits both."""

import statistics
import time
from collections.abc import Callable

Action = Callable[[], object]


def seconds(action: Action) -> float:
    """Return how long the action takes by the clock."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def interleaved(*actions: Action, rounds: int, warm_up: int = 2) -> list[float]:
    """Return the median time of each action in milliseconds."""
    times: list[list[float]] = [[] for _action in actions]
    for number in range(warm_up + rounds):
        # Each is as often the first of its round as any other: the first may find colder caches.
        order = range(len(actions)) if number % 2 else reversed(range(len(actions)))
        for position in order:
            taken = seconds(actions[position])
            if number >= warm_up:
                times[position].append(taken * 1000)
    return [statistics.median(taken) for taken in times]
