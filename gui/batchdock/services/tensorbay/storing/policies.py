"""Policies: what lets one put files of a segment at the store, for some minutes (contract §5.1)."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field

from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.reading import answered, entry, number, text
from batchdock.services.tensorbay.wire import Query, Wire

LIFETIME = 240
"""Seconds that are asked for."""
_EARLY = 30.0
"""Seconds before its end at which a policy is given up: what is sent has to arrive, too."""
_NOT_FIELDS = frozenset({"multipleUploadLimit"})

Place = tuple[str, int, str]
"""A dataset's id, a draft's number, and the name of a segment."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Where to, and what a form needs there: secrets all. `until` is of a monotonic clock."""

    backend: str
    host: str = field(repr=False)
    prefix: str = field(repr=False)
    fields: dict[str, str] = field(repr=False)
    until: float


class Policies:
    """One policy serves all files of a segment of a draft, until it ends or is refused."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[Place, Policy] = {}
        self._asking: defaultdict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, place: Place) -> Policy:
        """Return a policy that is still good."""
        async with self._asking[place]:
            known = self._known.get(place)
            if known is None or known.until <= time.monotonic():
                known = self._known[place] = await self._ask(place)
            return known

    def drop(self, place: Place, policy: Policy) -> None:
        """Do not use a policy again that was refused."""
        if self._known.get(place) is policy:
            del self._known[place]

    async def _ask(self, place: Place) -> Policy:
        dataset_id, draft, segment = place
        asked = time.monotonic()
        query: Query = {"expired": LIFETIME, "segmentName": segment, "draftNumber": draft}
        answer = answered(
            await self._wire.ask("GetPolicy", at={"dataset": dataset_id}, query=query), self._wire, "GetPolicy"
        )
        extra, told = entry(answer.get("extra")), entry(answer.get("result"))
        host, prefix = text(extra.get("host")), text(extra.get("objectPrefix"))
        if not host or not self._wire.may_lead_to(host):
            raise UnreadableAnswer(service=self._wire.service, details="GetPolicy: no store to send files to")
        # Nulls are left out, as the vendor's client has learnt to (contract §5.1).
        fields = {name: text(value) for name, value in told.items() if name not in _NOT_FIELDS and value is not None}
        return Policy(text(extra.get("backendType")), host, prefix, fields, asked + _lifetime(answer.get("expireAt")))


def _lifetime(expires: object) -> float:
    """Return for how many seconds a policy is to be used. A clock that is far off, theirs or ours, tells nothing."""
    left = (number(expires) or 0.0) - time.time()
    told = left if 0 < left < LIFETIME else float(LIFETIME)
    return max(told - _EARLY, told / 2)
