"""How a version is named on the wire (contract §1.5, §4.8)."""

from batchdock.core.datasets.dataset import Version


def selector(version: Version) -> dict[str, str | int]:
    """Return what names a version in a query or a body: its draft's number, or its commit."""
    return {"draftNumber": version.draft} if version.is_draft else {"commit": version.commit}


def basehead(version: Version) -> str:
    """Return what stands in the path for a version and its parent."""
    return f"draft-{version.draft}" if version.is_draft else f"commit-{version.commit}"
