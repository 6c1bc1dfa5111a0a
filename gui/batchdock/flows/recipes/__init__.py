"""Recipes: made from jobs, kept, run, exported and imported."""

from batchdock.flows.recipes.files import Imported, without_secrets
from batchdock.flows.recipes.recipes import Begun, Known, Prepared, Recipes

__all__ = ["Begun", "Imported", "Known", "Prepared", "Recipes", "without_secrets"]
