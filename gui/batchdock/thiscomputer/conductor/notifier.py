"""The thread that sends notifications to who asked for them (contract §6), and again until they arrive.

Nobody's answer is believed: no redirect is followed, nothing is read but the status, and ten seconds are enough.
"""

import json
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from batchdock.thiscomputer.conductor.chore import Chore
from batchdock.thiscomputer.store.webhooks import Webhook, Webhooks

_PAUSES = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0)
"""Seconds after each attempt in vain; after the last of them one more is made."""

_LIMIT = 10.0
_GOODBYE = 2.0


class Notifier(Chore):
    """Delivers what is queued, oldest first. What is not delivered when the service ends is when it starts again."""

    def __init__(
        self, webhooks: Webhooks, *, key: str, pauses: Sequence[float] = _PAUSES, limit: float = _LIMIT
    ) -> None:
        super().__init__("notifier")
        self._webhooks = webhooks
        self._key = key
        self._pauses = pauses
        self._limit = limit
        self._connection: HTTPConnection | None = None

    def close(self) -> None:
        """Stop, also in the middle of an attempt: it is made again."""
        self.end()
        self._hang_up()
        self._thread.join(_GOODBYE)  # a look-up of a name can not be ended; the thread touches nothing after it

    def work(self) -> float | None:
        """Send what is due."""
        for webhook in self._webhooks.due(time.time()):
            trouble = self._send(webhook)
            if self.is_closing:
                return None  # the database may be closed by now
            if not trouble:
                self._webhooks.delivered(webhook)
            elif webhook.attempts < len(self._pauses):
                self._webhooks.postpone(webhook, time.time() + self._pauses[webhook.attempts])
            else:
                self._webhooks.give_up(webhook, trouble)
        due = self._webhooks.next_due()
        return None if due is None else max(0.0, due - time.time())

    def _send(self, webhook: Webhook) -> str:
        """Return nothing when it arrived, or what stood in the way."""
        data = json.dumps({**webhook.body, "delivery_attempt": webhook.attempts + 1}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        watch = Timer(
            self._limit, self._hang_up
        )  # the limit of the socket is for each piece; this one is for the whole
        watch.daemon = True
        try:
            parts = urlsplit(webhook.url)
            self._connection = connection = _connection(parts.scheme, webhook.host, parts.port, self._limit)
            watch.start()
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, data, headers)
            status = connection.getresponse().status
        except (OSError, HTTPException, ValueError) as error:  # also a certificate that does not fit
            return f"{webhook.host} could not be reached ({type(error).__name__})"
        finally:
            watch.cancel()
            if self._connection is not None:
                self._connection.close()
            self._connection = None
        return "" if 200 <= status < 300 else f"{webhook.host} answered {status}"

    def _hang_up(self) -> None:
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)


def _connection(scheme: str, host: str, port: int | None, limit: float) -> HTTPConnection:
    # The port is always said: it would be looked for in an address such as ::1.
    if scheme == "https":
        return HTTPSConnection(host, port or 443, timeout=limit, context=ssl.create_default_context())
    return HTTPConnection(host, port or 80, timeout=limit)
