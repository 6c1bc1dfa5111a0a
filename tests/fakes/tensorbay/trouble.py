"""The switches by which a test lets things go wrong."""

import json
from collections.abc import Mapping

from fakes.tensorbay.lines import Answer
from fakes.tensorbay.refusals import STATUS
from fakes.tensorbay.store import Store
from fakes.tensorbay.switches import Change, Fault, Held, Switches

_HTML = "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{status} Bad Gateway</h1></body></html>"


class Trouble:
    """What of the stand-in goes wrong; patterns are searched in `METHOD /path` and in `METHOD /path?query`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._switches = {"api": Switches(), "store": Switches()}

    def fail(
        self,
        pattern: str,
        *,
        status: int = 0,
        code: str = "",
        body: object = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        skip: int = 0,
        after: bool = False,
        cut: int | None = None,
        at: str = "api",
    ) -> Fault:
        """Answer some requests otherwise, `times` times after `skip` that come through; the newest switch goes first.

        `code` brings its usual status and body; `body` is what becomes JSON, or a text as it is. With `after` the
        request is carried out before; without status, code and body the line ends instead of an answer. `cut`: the
        request is carried out, and the right answer ends after so many bytes of its body. `at`: "api" or "store".
        """
        nothing = not status and not code and body is None
        said = {"code": code or "InternalServerError", "message": "switched on"} if body is None else body
        raw = said if isinstance(said, bytes) else said.encode() if isinstance(said, str) else json.dumps(said).encode()
        given = {"Content-Type": "application/json", "X-Request-Id": "0" * 32, **(headers or {})}
        answer = Answer(status or STATUS.get(code, 500), raw, given, dropped=nothing)
        fault = Fault(pattern, answer, times, skip, after, cut)
        self._switches[at].faults.append(fault)
        return fault

    def hold(self, pattern: str, *, after: bool = False, at: str = "api") -> Held:
        """Let requests wait (`after` they were carried out) until they are released; use it as a context."""
        held = Held(pattern, after=after)
        self._switches[at].holds.append(held)
        return held

    def rewrite(self, pattern: str, change: Change, *, at: str = "api") -> None:
        """Make other answers of the right ones: `change(asked, what would be said)` returns what is said."""
        self._switches[at].changes.append((pattern, change))

    def heal(self) -> None:
        """Switch everything off that was switched on by these."""
        for each in self._switches.values():
            each.clear()

    def html_from_proxy(
        self, status: int = 502, *, times: int = 1, skip: int = 0, pattern: str = ".*", at: str = "api"
    ) -> Fault:
        """Let something on the way answer with a page."""
        headers = {"Content-Type": "text/html; charset=utf-8"}
        body = _HTML.format(status=status)
        return self.fail(pattern, status=status, body=body, headers=headers, times=times, skip=skip, at=at)

    def error_without_code(self, status: int = 404, *, times: int = 1, pattern: str = ".*") -> Fault:
        """Let the gateway refuse in words of its own."""
        return self.fail(pattern, status=status, body={"message": "no Route matched with those values"}, times=times)

    def expire_links(self) -> None:
        """Let every signed address given out so far be good no longer."""
        self.store.expire_links()

    def expire_policies(self) -> None:
        """Let every policy for sending files given out so far be good no longer."""
        self.store.expire_policies()
