"""The log: what is uncaught is written down and told, and addresses of requests never are."""

import logging
import sys
import threading
from pathlib import Path

import httpx
import pytest

from batchdock.bridge.log import Watch, close_log, open_log


@pytest.mark.expects_errors_in_log
def test_an_uncaught_error_of_any_thread_is_written_and_told(tmp_path: Path) -> None:
    handler = open_log(tmp_path)
    told: list[str] = []
    watch = Watch(told.append)
    try:
        try:
            raise ZeroDivisionError("in a slot")
        except ZeroDivisionError:
            sys.excepthook(*sys.exc_info())  # what Qt does with an error in a slot

        def fail() -> None:
            raise LookupError("in a thread")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    finally:
        watch.close()
        close_log(handler)
    assert told == ["ZeroDivisionError", "LookupError"]
    text = (tmp_path / "batchdock.log").read_text(encoding="utf-8")
    assert "in a slot" in text
    assert "in a thread" in text
    assert "Traceback" in text


def test_no_address_of_a_request_is_written(tmp_path: Path) -> None:
    handler = open_log(tmp_path)
    try:
        transport = httpx.MockTransport(lambda request: httpx.Response(200))
        with httpx.Client(transport=transport) as client:
            client.get("https://api.example.org/?api_key=top-secret-key")
        logging.getLogger("batchdock.test").info("an ordinary line")
    finally:
        close_log(handler)
    text = (tmp_path / "batchdock.log").read_text(encoding="utf-8")
    assert "an ordinary line" in text
    assert "top-secret-key" not in text
