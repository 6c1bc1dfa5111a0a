"""Results: fetched, unpacked, put into one table, saved where a person wants them."""

from batchdock.flows.results.looking import Member
from batchdock.flows.results.placing import SaveReport
from batchdock.flows.results.results import Results

__all__ = ["Member", "Results", "SaveReport"]
