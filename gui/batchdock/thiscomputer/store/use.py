"""Which jobs that are not over still need a workflow or a model."""

from collections.abc import Iterator

from batchdock.thiscomputer.store.jobs import Jobs
from batchdock.thiscomputer.store.own_workflows import OwnWorkflows


def jobs_that_use_workflow(workflow_id: str, jobs: Jobs) -> list[str]:
    """Return the names of the jobs that run it, the oldest first."""
    return [name for name, running, _ in _running(jobs) if running == workflow_id]


def jobs_that_use_model(model_id: str, jobs: Jobs, workflows: OwnWorkflows) -> list[str]:
    """Return the names of the jobs that run a workflow with it, the oldest first."""
    users = []
    for name, workflow_id, parameters in _running(jobs):
        workflow = workflows.one(workflow_id)
        if workflow is not None and model_id in workflow.used(parameters):
            users.append(name)
    return users


def _running(jobs: Jobs) -> Iterator[tuple[str, str, dict[str, object]]]:
    for job in jobs.unfinished():
        specification = job.definition.get("processingSpecification")
        if isinstance(specification, dict):
            parameters = specification.get("workflowParameters")
            yield job.name, str(specification.get("workflowId")), parameters if isinstance(parameters, dict) else {}
