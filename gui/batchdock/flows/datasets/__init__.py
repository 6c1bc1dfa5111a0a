"""Datasets with all their versions: looking, changing, filling, taking out."""

from batchdock.flows.datasets.datasets import Datasets

__all__ = ["Datasets"]
