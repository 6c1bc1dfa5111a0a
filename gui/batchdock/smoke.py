"""The smoke test: the demo off screen, in a folder that is gone afterwards. Tells whether what was installed works.

It always ends: with 0, or with a sentence that says what did not happen.
"""

import os
import sys
import threading

LIMIT = 300.0
"""Seconds until it ends itself. Each step of the demo has a limit of its own; this one is for a window that hangs."""

FAILED = "The smoke test failed."


def main(limit: float = LIMIT) -> int:
    """Run the smoke test. Return 0 when every step happened."""
    watch = threading.Timer(limit, _give_up, [limit])
    watch.daemon = True
    watch.start()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from batchdock.demo import smoke

        return smoke()
    except Exception as error:
        return _say(f"{type(error).__name__}: {error}")
    finally:
        watch.cancel()


def _give_up(limit: float) -> None:
    _say(f"It did not end within {limit:.0f} s.")
    # The window's thread is what hangs, and nothing else can end it. The local service ends with its stdin.
    os._exit(1)


def _say(reason: str) -> int:
    print(f"{FAILED} {reason}", file=sys.stderr, flush=True)  # noqa: T201  (it is a command)
    return 1
