"""Reading results: a folder of tables and files becomes one index that can be asked."""

from batchdock.flows.results.reading.apart import read_apart
from batchdock.flows.results.reading.folder import read_results

__all__ = ["read_apart", "read_results"]
