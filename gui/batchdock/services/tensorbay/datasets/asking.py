"""What all who ask about datasets have."""

from batchdock.services.tensorbay.wire import Wire


class Asking:
    """The wire, and the account that datasets are told to belong to."""

    def __init__(self, wire: Wire, account_id: str) -> None:
        self._wire = wire
        self._account_id = account_id
