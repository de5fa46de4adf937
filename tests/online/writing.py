"""Somebody who writes a table all the time: ``python -m tests.online.writing TABLE``, a process of its own.

Ends when its standard input does, and prints one JSON object: the longest that one turn took, every error,
and by note what was written last.
"""

import json
import sys
import threading
import time

import django

PAUSE = 0.002


def main() -> None:
    django.setup()
    from tests.online.test_meanwhile import Writer

    class Timed(Writer):
        longest = 0.0

        def attempt(self, model, note):
            began = time.monotonic()
            super().attempt(model, note)
            self.longest = max(self.longest, time.monotonic() - began)
            time.sleep(PAUSE)

    writer = Timed(int(sys.argv[1]), 1)
    print("ready", flush=True)  # noqa: T201
    threading.Thread(target=lambda: (sys.stdin.read(), writer.ended.set()), daemon=True).start()
    writer.run()
    errors = [repr(error) for error in writer.errors]
    json.dump({"longest": writer.longest, "errors": errors, "expected": writer.expected}, sys.stdout)


if __name__ == "__main__":
    main()
