"""Jobs: started, watched, stopped and started again."""

from batchdock.flows.jobs.details import JobDetail, StageDetail
from batchdock.flows.jobs.jobs import Jobs

__all__ = ["JobDetail", "Jobs", "StageDetail"]
