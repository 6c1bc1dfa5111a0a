"""What jobs send by themselves: caught, kept for a while, looked at, and handed on."""

from batchdock.flows.events.catching import Catching
from batchdock.flows.events.events import CatchAddress, Events

__all__ = ["CatchAddress", "Catching", "Events"]
