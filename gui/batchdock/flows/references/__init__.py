"""References: files that a service fetches by itself, from addresses in a list, or signed here for it."""

from batchdock.flows.references.lists import name_of
from batchdock.flows.references.references import BOTH, References
from batchdock.flows.references.sources import Source
from batchdock.flows.references.wishes import Carried, JobWish, Looked
from batchdock.store.references import ReferenceSending

__all__ = ["BOTH", "Carried", "JobWish", "Looked", "ReferenceSending", "References", "Source", "name_of"]
