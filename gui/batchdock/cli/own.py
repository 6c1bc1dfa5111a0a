"""The commands for workflows and models of one's own: on this computer, whatever the account."""

from pathlib import Path
from typing import Annotated

import typer

from batchdock.cli.listing import print_lines, print_table
from batchdock.cli.options import AsJson, Home
from batchdock.cli.session import DONE, Options, Session, Work, carry_out, put_json
from batchdock.cli.shapes import look_shape, model_shape, workflow_shape
from batchdock.core.computer import ModelAnswers

workflows = typer.Typer(help="Workflows of this computer: add one of your own, list all, remove one.")
models = typer.Typer(help="Models of this computer: look into a file, add one of your own, list all, remove one.")

Workflow = Annotated[Path, typer.Argument(metavar="FILE", help="A Workflow JSON.")]
Onnx = Annotated[Path, typer.Argument(metavar="FILE", help="An ONNX model.")]
Name = Annotated[str, typer.Option("--name", help="What people call it; default: as the file says.")]
Names = Annotated[
    Path | None, typer.Option("--names", metavar="FILE", help="Names of the classes: one a line, or YAML.")
]
Side = Annotated[
    int | None, typer.Option("--side", min=32, max=4096, help="Pixels a side, for a model that takes any size.")
]


@workflows.command("add")
def add_workflow(file: Workflow, name: Name = "", home: Home = None, as_json: AsJson = False) -> None:
    """Check a Workflow JSON on this computer and keep it. Exit code 1: it can not run here, and why."""

    async def add(session: Session) -> int:
        computer = session.desk.computer
        read = await computer.read_workflow(file)
        added = await computer.add_workflow(read, name or read.name)
        if session.as_json:
            put_json({"ok": True, "workflow": workflow_shape(added)})
        else:
            print_lines([added.workflow_id])
            session.say(f"“{added.name}” was added. Run it with: batchdock run PATH --workflow {added.workflow_id}")
        return DONE

    _do(home, as_json, add)


@workflows.command("list")
def list_workflows(home: Home = None, as_json: AsJson = False) -> None:
    """List the workflows of this computer, and the models they use."""

    async def show(session: Session) -> int:
        shelf = await session.desk.computer.shelf()
        if session.as_json:
            put_json({"ok": True, "workflows": [workflow_shape(each) for each in shelf.workflows]})
            return DONE
        rows = [
            (each.workflow_id, each.name, "no" if each.built_in else "yes", ", ".join(shelf.used[each.workflow_id]))
            for each in shelf.workflows
        ]
        print_table(("Workflow", "Name", "Your own", "Models"), rows)
        return DONE

    _do(home, as_json, show)


@workflows.command("remove")
def remove_workflow(workflow: str, home: Home = None, as_json: AsJson = False) -> None:
    """Remove a workflow of your own. Results that it has made stay."""

    async def remove(session: Session) -> int:
        await session.desk.computer.remove_workflow(workflow)
        return _removed(session)

    _do(home, as_json, remove)


@models.command("look")
def look_at_model(file: Onnx, home: Home = None, as_json: AsJson = False) -> None:
    """Say what an ONNX model is: kind, family, size, classes. Nothing is kept."""

    async def look(session: Session) -> int:
        found = await session.desk.computer.look_at_model(_absolute(file))
        if session.as_json:
            put_json({"ok": True, "look": look_shape(found)})
            return DONE
        side = "any size" if found.side is None else f"{found.side[0]} × {found.side[1]} pixels"
        named = ", ".join(found.class_names) if found.named else f"{found.class_count} classes without names"
        print_lines([f"{found.kind.value}, {found.family}, {side}, {found.size:,} bytes", named])
        return DONE

    _do(home, as_json, look)


@models.command("add")
def add_model(
    file: Onnx, name: Name = "", names: Names = None, side: Side = None, home: Home = None, as_json: AsJson = False
) -> None:
    """Keep a copy of an ONNX model, and a workflow that runs it."""

    async def add(session: Session) -> int:
        computer = session.desk.computer
        path = _absolute(file)
        look = await computer.look_at_model(path)
        given = await computer.read_names(names, look.class_count) if names is not None else ()
        answers = ModelAnswers(given, (side, side) if side is not None else None)
        added = await computer.add_model(path, look, name or file.stem, answers)
        if session.as_json:
            put_json({"ok": True, "model": model_shape(added)})
        else:
            print_lines([added.model_id])
            session.say(f"“{added.name}” was added. Run it with: batchdock run PATH --workflow {added.workflow_id}")
        return DONE

    _do(home, as_json, add)


@models.command("list")
def list_models(home: Home = None, as_json: AsJson = False) -> None:
    """List the models of this computer."""

    async def show(session: Session) -> int:
        found = await session.desk.computer.models()
        if session.as_json:
            put_json({"ok": True, "models": [model_shape(each) for each in found]})
            return DONE
        rows = [
            (each.model_id, each.name, "no" if each.built_in else "yes", each.kind.value if each.kind else "")
            for each in found
        ]
        print_table(("Model", "Name", "Your own", "Kind"), rows)
        return DONE

    _do(home, as_json, show)


@models.command("remove")
def remove_model(model: str, home: Home = None, as_json: AsJson = False) -> None:
    """Remove a model of your own and its workflow. Results that it has made stay, and so does the file it came from."""

    async def remove(session: Session) -> int:
        await session.desk.computer.remove_model(model)
        return _removed(session)

    _do(home, as_json, remove)


def _do(home: Path | None, as_json: bool, wanted: Work) -> None:
    raise typer.Exit(carry_out(Options(home, as_json=as_json), wanted))


def _removed(session: Session) -> int:
    if session.as_json:
        put_json({"ok": True})
    session.say("It was removed.")
    return DONE


def _absolute(path: Path) -> Path:
    return path.absolute()
