"""Recipes: the page that keeps and runs them, and the form that makes them."""

from batchdock.window.recipes.page import RecipesPage

__all__ = ["RecipesPage"]
