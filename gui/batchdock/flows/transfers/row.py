"""The hand that whoever does the work keeps on its row of the transfers page."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from batchdock.core.transfer import Transfer
from batchdock.flows.transfers.meter import Meter
from batchdock.flows.transfers.pace import SpeedLimit

OnChange = Callable[[Transfer], None]


class Row:
    """The transfer that is shown, its meter, and the speed limit that all transfers share."""

    def __init__(self, transfer: Transfer, put: OnChange, speed: SpeedLimit) -> None:
        self._put = put
        self._closed = False
        self.transfer = transfer
        self.speed = speed
        self.meter = Meter(transfer.items_total, transfer.bytes_total, self._measured)

    def change(self, **changes: Any) -> None:
        """Change fields of the transfer and show it."""
        if not self._closed:
            self.transfer = replace(self.transfer, **changes)
            self._put(self.transfer)

    def again(self) -> "Row":
        """Return a hand on the same row for another run, which counts from the start. This one shows nothing more."""
        self._closed = True
        return Row(self.transfer, self._put, self.speed)

    def _measured(self) -> None:
        meter = self.meter
        self.change(
            items_done=meter.items_done,
            items_total=meter.items_total,
            bytes_done=meter.bytes_done,
            bytes_total=meter.bytes_total,
            rate=meter.rate,
            seconds_left=meter.seconds_left,
        )
