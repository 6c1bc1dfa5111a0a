"""The commands and their options. What they do is in `work.py` and `listing.py`."""

import subprocess
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from batchdock.cli import listing, work
from batchdock.cli.session import Options, Work, carry_out

app = typer.Typer(
    help="Run vision workflows over pictures and videos: on this computer or in the cloud.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_FORWARD = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


class TableFormat(StrEnum):
    """How the table of results is written."""

    CSV = "csv"
    JSONL = "jsonl"


Paths = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files and folders; folders with all below them.")]
Workflow = Annotated[str, typer.Option("--workflow", metavar="ID", help="The workflow to run.")]
Name = Annotated[str, typer.Option("--name", help="What people call it; in any script.")]
KeepImages = Annotated[bool, typer.Option("--keep-images/--no-keep-images", help="Keep the pictures that are drawn.")]
Format = Annotated[TableFormat, typer.Option("--format", help="The kind of table.")]
MaxVideoFps = Annotated[float | None, typer.Option("--max-video-fps", min=0.001, help="Frames a second to look at.")]
MaxFailureRate = Annotated[
    float | None, typer.Option("--max-failure-rate", min=0, max=1, help="Part of the pictures that may not work, 0–1.")
]
LookCloser = Annotated[
    bool, typer.Option("--look-closer", help="Decode every picture first: names near copies, leaves out damaged ones.")
]
Home = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", help="Batchdock's own folder (also BATCHDOCK_HOME).")
]
AccountName = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="A connected account; default: this computer.")
]
ApiUrl = Annotated[
    str | None, typer.Option("--api-url", metavar="URL", help="A service; its key comes from BATCHDOCK_API_KEY.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout.")]


@app.command()
def run(
    paths: Paths,
    workflow: Workflow,
    save_to: Annotated[Path, typer.Option("--save-to", metavar="DIR", help="Results go into a new folder in here.")],
    name: Name = "",
    keep_images: KeepImages = True,
    table_format: Format = TableFormat.CSV,
    max_video_fps: MaxVideoFps = None,
    max_failure_rate: MaxFailureRate = None,
    look_closer: LookCloser = False,
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Send files, run a workflow over them, wait, and save the results.

    Exit code 0: every usable file arrived, and those without a result are named. 1: something did not work. 2: the
    command can not be understood. 130: interrupted.
    """
    wish = work.Wish(
        workflow=workflow,
        name=name,
        keep_images=keep_images,
        table_format=table_format.value,
        max_video_fps=max_video_fps,
        max_failure_rate=max_failure_rate,
    )
    _do(
        Options(home, account, api_url, as_json),
        lambda session: work.run(session, paths, wish, save_to, look_closer=look_closer),
    )


@app.command()
def ingest(
    paths: Paths,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="ID", help="The batch; made if it is not there.")
    ] = None,
    name: Name = "",
    look_closer: LookCloser = False,
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Send files into a batch and check that all arrived."""
    _do(
        Options(home, account, api_url, as_json),
        lambda session: work.ingest(session, paths, name, batch, look_closer=look_closer),
    )


@app.command()
def start(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="The batch to work on.")],
    workflow: Workflow,
    job: Annotated[
        str | None, typer.Option("--job", metavar="ID", help="The id of the new job; default: a fresh one.")
    ] = None,
    part: Annotated[str | None, typer.Option("--part", help="The part of a multipart batch.")] = None,
    name: Name = "",
    keep_images: KeepImages = True,
    table_format: Format = TableFormat.CSV,
    max_video_fps: MaxVideoFps = None,
    max_failure_rate: MaxFailureRate = None,
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Start a job on a batch and return."""
    wish = work.Wish(
        workflow=workflow,
        name=name,
        keep_images=keep_images,
        table_format=table_format.value,
        max_video_fps=max_video_fps,
        max_failure_rate=max_failure_rate,
    )
    _do(Options(home, account, api_url, as_json), lambda session: work.start(session, batch, wish, part, job))


@app.command()
def watch(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The id of the job.")],
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Wait for a job to end, sending what is not sent yet."""
    _do(Options(home, account, api_url, as_json), lambda session: work.watch(session, job))


@app.command()
def save(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="The batch with the results.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Results go into a new folder in here.")],
    part: Annotated[list[str] | None, typer.Option("--part", help="Only this part; may be repeated.")] = None,
    name: Name = "",
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Save the results in a batch, unpacked.

    One table of everything, drawn pictures and details, all under the names the files came with.
    """
    _do(Options(home, account, api_url, as_json), lambda session: work.save(session, batch, to, part or (), name))


@app.command()
def jobs(home: Home = None, account: AccountName = None, api_url: ApiUrl = None, as_json: AsJson = False) -> None:
    """List the jobs of an account."""
    _do(Options(home, account, api_url, as_json), listing.jobs)


@app.command()
def batches(home: Home = None, account: AccountName = None, api_url: ApiUrl = None, as_json: AsJson = False) -> None:
    """List the batches of an account."""
    _do(Options(home, account, api_url, as_json), listing.batches)


@app.command(context_settings=_FORWARD)
def serve(context: typer.Context) -> None:
    """Run the service of this computer alone.

    `--port N --data DIR`; prints one JSON line with url, workspace and key file when ready.
    """
    raise typer.Exit(_other_face("serve", context.args))


@app.command(context_settings=_FORWARD)
def demo(context: typer.Context) -> None:
    """Show the window at work on the samples."""
    raise typer.Exit(_other_face("demo", context.args))


def main(argv: Sequence[str]) -> int:
    """Run the command line and return the exit code: 0, 1, 2 (usage) or 130 (interrupted)."""
    try:
        app(args=list(argv), prog_name="batchdock")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _do(options: Options, wanted: Work) -> None:
    raise typer.Exit(carry_out(options, wanted))


def _other_face(face: str, arguments: Sequence[str]) -> int:
    """Start the service or the demo as the program of its own that it is: nothing of it belongs in this process."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "batchdock"]
    return subprocess.call([*program, face, *arguments])  # noqa: S603 - this very program
