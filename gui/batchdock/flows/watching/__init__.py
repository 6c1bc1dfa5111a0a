"""Watched folders: what is finished in one goes through a workflow by itself, each file once."""

from batchdock.flows.watching.watching import Watching

__all__ = ["Watching"]
