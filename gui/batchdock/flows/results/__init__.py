"""Results: fetched, unpacked, put into one table, saved where a person wants them."""

from batchdock.flows.results.results import Member, Results
from batchdock.flows.results.save import SaveReport

__all__ = ["Member", "Results", "SaveReport"]
