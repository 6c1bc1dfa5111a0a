"""References: files that a service fetches by itself, from addresses in a list, or signed here for it."""

from batchdock.flows.references.references import References
from batchdock.flows.references.sources import Source
from batchdock.flows.references.wishes import JobWish, Looked

__all__ = ["JobWish", "Looked", "References", "Source"]
