"""The commands for recipes: work that is done again and again."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from batchdock.cli.bars import bars, following, show_review
from batchdock.cli.listing import print_lines, print_table
from batchdock.cli.options import AsJson, Home
from batchdock.cli.outcome import outcome_of, say_outcome
from batchdock.cli.references import lost_shape, say_lost
from batchdock.cli.session import DONE, NOT_DONE, Options, Session, UsageProblem, Work, carry_out, put_json
from batchdock.cli.shapes import left_out_shape, recipe_shape
from batchdock.cli.work import known, say_left_out
from batchdock.core.errors.recipes import NothingNew
from batchdock.core.recipe import Recipe, place_of
from batchdock.core.text import counted
from batchdock.flows.recipes import Begun

recipes = typer.Typer(help="Recipes: make one of a job, list all, run one, give it to others.")

Name = Annotated[str, typer.Argument(metavar="RECIPE", help="The name of the recipe.")]
SaveTo = Annotated[Path | None, typer.Option("--save-to", metavar="DIR", help="Results go into a new folder in here.")]
AccountName = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="A connected account; default: this computer.")
]


@recipes.command("add")
def add(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The id of a job; the recipe does the same.")],
    name: Annotated[str, typer.Option("--name", help="What people call it; default: as the job.")] = "",
    save_to: SaveTo = None,
    home: Home = None,
    account: AccountName = None,
    as_json: AsJson = False,
) -> None:
    """Make a recipe of a job: the same source, workflow and options."""

    async def wanted(session: Session) -> int:
        key = await known(session, job)
        draft = await session.desk.recipes.of_job(key)
        folder = save_to.absolute() if save_to is not None else draft.save_to
        kept = await session.desk.recipes.add(replace(draft, name=name or draft.name, save_to=folder), key)
        return _say_kept(session, kept)

    _do(Options(home, account, None, as_json), wanted)


@recipes.command("list")
def list_recipes(home: Home = None, as_json: AsJson = False) -> None:
    """List all recipes."""

    async def wanted(session: Session) -> int:
        found = session.desk.recipes.all()
        if session.as_json:
            put_json({"ok": True, "recipes": [recipe_shape(each) for each in found]})
            return DONE
        rows = [
            (each.name, place_of(each), each.workflow_id, str(each.save_to or ""), _runs(session, each))
            for each in found
        ]
        print_table(("Recipe", "Over", "Workflow", "Saves to", "Jobs"), rows)
        return DONE

    _do(Options(home, None, None, as_json), wanted)


@recipes.command("run")
def run(
    name: Name,
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Only files that no earlier run had, or that changed since.")
    ] = False,
    save_to: SaveTo = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Run a recipe, wait, and save the results where it says.

    Goes on first with what an earlier run has left. Exit code 0 also where nothing is new.
    """

    async def wanted(session: Session) -> int:
        recipe = session.desk.recipes.find(name)
        if save_to is not None:
            recipe = replace(recipe, save_to=save_to.absolute())
        if recipe.save_to is None:
            raise UsageProblem("The recipe does not say where results go: give --save-to DIR.")
        session.later.append("What was begun is kept; the same command goes on with it.")
        return await _run(session, recipe, recipe.save_to, new_only=new_only)

    _do(Options(home, None, None, as_json), wanted)


@recipes.command("export")
def export(
    name: Name,
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it has no secret.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Write a recipe into a file for somebody else. Keys and what may hold one are left out, and named."""

    async def wanted(session: Session) -> int:
        left_out = await session.desk.recipes.export(session.desk.recipes.find(name), to)
        for each in left_out:
            session.say(f"Left out, as it may be a secret: {each}")
        if session.as_json:
            put_json({"ok": True, "left_out": list(left_out)})
        return DONE

    _do(Options(home, None, None, as_json), wanted)


@recipes.command("import")
def import_recipe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recipe that somebody has exported.")],
    name: Annotated[str, typer.Option("--name", help="What people call it; default: as the file says.")] = "",
    save_to: SaveTo = None,
    home: Home = None,
    account: AccountName = None,
    as_json: AsJson = False,
) -> None:
    """Keep a recipe that somebody has exported."""

    async def wanted(session: Session) -> int:
        read = await session.desk.recipes.read(file)
        if not read.known and account is None:
            raise UsageProblem(f"It runs at “{read.account}”, which is not connected here: give --account NAME.")
        recipe = read.recipe
        if account is not None:
            recipe = replace(recipe, account_id=session.account.account_id)
        folder = save_to.absolute() if save_to is not None else recipe.save_to
        return _say_kept(
            session, await session.desk.recipes.add(replace(recipe, name=name or recipe.name, save_to=folder))
        )

    _do(Options(home, account, None, as_json), wanted)


@recipes.command("remove")
def remove(name: Name, home: Home = None, as_json: AsJson = False) -> None:
    """Remove a recipe. Its jobs and their results stay."""

    async def wanted(session: Session) -> int:
        await session.desk.recipes.remove(session.desk.recipes.find(name))
        if session.as_json:
            put_json({"ok": True})
        session.say("It was removed.")
        return DONE

    _do(Options(home, None, None, as_json), wanted)


async def _run(session: Session, recipe: Recipe, save_to: Path, *, new_only: bool) -> int:
    desk = session.desk
    with bars(session) as shown, following(session, shown, jobs=lambda job: True, sending=True):
        jobs = list(desk.recipes.unfinished(recipe)) if desk.may_go_on() else []
        begun = Begun(recipe, sendings=desk.recipes.left(recipe) if desk.may_go_on() else ())
        if jobs or begun.sendings:
            session.say("Going on with what an earlier run has left.")
        if not begun.sendings:
            try:
                begun = await desk.recipes.run(
                    recipe, new_only=new_only, on_review=lambda review: show_review(shown, review)
                )
            except NothingNew as nothing:
                session.say(nothing.sentence())
        jobs += begun.jobs
        carried = [await desk.references.carry(each) for each in begun.sendings]
        jobs += (each.job for each in carried if each.job is not None)
        outcomes = [await outcome_of(session, job, save_to) for job in jobs]
    if begun.had:
        session.say(f"Had before: {counted(begun.had, 'file', 'files')}.")
    say_left_out(session, begun.left_out)
    for outcome in outcomes:
        say_outcome(session, outcome)
    say_lost(session, carried)
    ok = all(each.ok for each in outcomes) and not any(each.handed.lost for each in carried)
    if session.as_json:
        put_json(
            {
                "ok": ok,
                "jobs": [each.shape() for each in outcomes],
                "left_out": left_out_shape(begun.left_out),
                "had_before": begun.had,
                "not_taken_in": lost_shape(carried),
            }
        )
    return DONE if ok else NOT_DONE


def _say_kept(session: Session, recipe: Recipe) -> int:
    if session.as_json:
        put_json({"ok": True, "recipe": recipe_shape(recipe)})
    else:
        print_lines([recipe.name])
        session.say(f"The recipe was kept. Run it with: batchdock recipes run “{recipe.name}” --new-only")
    return DONE


def _runs(session: Session, recipe: Recipe) -> str:
    keys = set(session.desk.recipes.keys_of(recipe))
    return f"{sum(job.key in keys for job in session.desk.jobs.all()):,}"


def _do(options: Options, wanted: Work) -> None:
    raise typer.Exit(carry_out(options, wanted))
