"""Jobs: started, watched, stopped and started again."""

from batchdock.core.progress import TaskCounts
from batchdock.flows.jobs.asking import Attention
from batchdock.flows.jobs.details import JobDetail, StageDetail
from batchdock.flows.jobs.jobs import Jobs
from batchdock.flows.jobs.log import LogPage

__all__ = ["Attention", "JobDetail", "Jobs", "LogPage", "StageDetail", "TaskCounts"]
