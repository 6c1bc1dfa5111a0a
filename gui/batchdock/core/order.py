"""What a person asks for when they press Start."""

from dataclasses import dataclass, field

from batchdock.core.intake import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Run a workflow over these items at this account. Pictures and videos become two jobs."""

    account_id: str
    workflow_id: str
    name: str
    items: tuple[Item, ...]
    parameters: dict[str, object] = field(default_factory=dict)
    keep_images: bool = True
    table_format: str = "csv"
    max_video_fps: float | None = None
    max_failure_rate: float | None = None
