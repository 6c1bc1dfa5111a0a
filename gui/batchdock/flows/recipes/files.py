"""Recipes as files that one person gives to another: JSON without any secret."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from batchdock.core.account import THIS_COMPUTER_ID, Account
from batchdock.core.errors import FolderNotWritable
from batchdock.core.errors.recipes import NotARecipe, RecipeOfNewerVersion
from batchdock.core.job import JobOptions
from batchdock.core.recipe import ListSource, Recipe, document_of, recipe_of
from batchdock.core.reference import without_signature
from batchdock.flows.transfers.sources import source_error
from batchdock.services.http.redaction import is_secret_name

SUFFIX = ".recipe.json"
_MARK = "batchdock-recipe"
_VERSION = 1
_LARGEST = 1_000_000
_SIGNS = "?#@"
"""An address with one of these may hold a key."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read from a file. `account` is what it ran at; `known` tells whether that is connected here."""

    recipe: Recipe
    account: str
    known: bool


def without_secrets(recipe: Recipe) -> tuple[Recipe, tuple[str, ...]]:
    """Return a recipe without what may be a secret, and the names of what was left out."""
    options, source = recipe.options, recipe.source
    left_out = [name for name in options.parameters if is_secret_name(name)]
    parameters = {name: value for name, value in options.parameters.items() if name not in left_out}
    address = options.notifications_url
    if address is not None and any(sign in address for sign in _SIGNS):
        left_out.append("notifications_url")
        address = None
    if isinstance(source, ListSource) and "://" in source.place:
        source = ListSource(without_signature(source.place))
    told: JobOptions = replace(options, parameters=parameters, notifications_url=address)
    return replace(recipe, options=told, source=source), tuple(left_out)


def write_recipe(recipe: Recipe, account: Account, to: Path) -> tuple[str, ...]:
    """Write a recipe into a file. Return the names of what was left out as it may be secret. Blocks.

    Raise `FolderNotWritable`.
    """
    told, left_out = without_secrets(recipe)
    document = {
        _MARK: _VERSION,
        **document_of(told),
        "account": {"service": str(account.service), "name": account.name, "workspace": account.workspace},
    }
    try:
        to.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise FolderNotWritable(folder=to.parent, reason=error.strerror or str(error)) from error
    return left_out


def read_recipe(path: Path, accounts: tuple[Account, ...]) -> Imported:
    """Read a recipe from a file, for that of the accounts that it names, else for this computer. Blocks.

    Raise `FileUnreadable` or `SourceGone` where it can not be read, `NotARecipe` for what is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise source_error(path, error) from error
    try:
        if len(data) > _LARGEST:
            raise ValueError("its size")
        document: Any = json.loads(data.decode("utf-8-sig"))
        version = document.get(_MARK) if isinstance(document, dict) else None
        if type(version) is int and version > _VERSION:
            raise RecipeOfNewerVersion(name=path.name)
        if version != _VERSION:
            raise ValueError(_MARK)
        told = document.get("account")
        account = _account(told if isinstance(told, dict) else {}, accounts)
        recipe = recipe_of(document, account.account_id if account else THIS_COMPUTER_ID)
    except (ValueError, RecursionError) as error:
        reason = "it is no JSON text" if isinstance(error, UnicodeError | json.JSONDecodeError) else str(error)
        raise NotARecipe(name=path.name, reason=reason or "its depth") from None
    named = told.get("name") if isinstance(told, dict) else None
    return Imported(recipe, named if isinstance(named, str) else "", account is not None)


def _account(told: dict[str, Any], accounts: tuple[Account, ...]) -> Account | None:
    """Return the account that is meant: the same service and name, else the only one of that workspace."""
    of_service = [each for each in accounts if str(each.service) == told.get("service")]
    if len(of_service) == 1 and of_service[0].is_this_computer:
        return of_service[0]
    named = [each for each in of_service if each.name == told.get("name") and each.workspace == told.get("workspace")]
    alike = named or [each for each in of_service if each.workspace and each.workspace == told.get("workspace")]
    return alike[0] if len(alike) == 1 else None
