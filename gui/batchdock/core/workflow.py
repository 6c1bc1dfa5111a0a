"""Workflows: what can be done to every picture."""

from dataclasses import dataclass, field
from datetime import datetime

IMAGE_INPUTS = frozenset({"WorkflowImage", "InferenceImage"})


@dataclass(frozen=True, slots=True)
class WorkflowInput:
    """One input of a workflow: a picture, or a parameter.

    `kinds` are the engine's words for what it takes (`float_zero_to_one`, `boolean`, …), `choices` the only values it
    takes where the definition lists them. A `required` one has no default in the definition.
    """

    name: str
    type: str
    default: object = None
    kinds: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    required: bool = False

    @property
    def is_image(self) -> bool:
        """True when the batch fills this input."""
        return self.type in IMAGE_INPUTS


@dataclass(frozen=True, slots=True)
class Workflow:
    """A saved workflow. `workflow_id` is the slug that a job names. Inputs are empty until the detail was read.

    `built_in` ones came with the app and stay.
    """

    workflow_id: str
    name: str
    description: str = ""
    inputs: tuple[WorkflowInput, ...] = ()
    outputs: tuple[str, ...] = ()
    created: datetime | None = None
    built_in: bool = False
    definition: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def image_inputs(self) -> tuple[WorkflowInput, ...]:
        """The inputs a batch can fill. Batch processing accepts workflows with exactly one."""
        return tuple(each for each in self.inputs if each.is_image)

    @property
    def parameters(self) -> tuple[WorkflowInput, ...]:
        """The inputs a person may set."""
        return tuple(each for each in self.inputs if not each.is_image)
