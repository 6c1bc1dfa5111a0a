"""Worker processes end, whatever they were about."""

import os
import struct
import sys
import threading

import pytest

from batchdock.thiscomputer.engine.pool import WorkerPool


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have messages there, and never half of one")
def test_a_worker_that_is_killed_while_it_hands_rows_over_keeps_nobody() -> None:
    pool = WorkerPool(1)
    pool.submit(os.getpid).result(60)
    # What is in the pipe then: how long the message is, and the first of its bytes.
    os.write(pool._result_queue._writer.fileno(), struct.pack("!i", 1_000) + b"half")  # type: ignore[attr-defined]
    killing = threading.Thread(target=pool.kill, daemon=True)
    killing.start()
    killing.join(30)
    assert not killing.is_alive()
