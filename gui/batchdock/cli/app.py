"""The commands and their options. What they do is in `work.py` and `listing.py`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from batchdock.cli import buckets, listing, own, recipes, references, repeat, work
from batchdock.cli.export import Export
from batchdock.cli.export import export as hand_on
from batchdock.cli.job_options import EVERY, OF_A_RESTART, Given, takes
from batchdock.cli.options import AsJson, Home
from batchdock.cli.session import Options, Session, Work, carry_out
from batchdock.cli.watching import watch_folder
from batchdock.core.bucket import DEFAULT_HOURS
from batchdock.core.finding import Share
from batchdock.core.job import JobOptions
from batchdock.core.order import TABLE
from batchdock.flows.results.handing import Form

app = typer.Typer(
    help="Run vision workflows over pictures and videos: on this computer or in the cloud.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(own.workflows, name="workflows", no_args_is_help=True)
app.add_typer(own.models, name="models", no_args_is_help=True)
app.add_typer(recipes.recipes, name="recipes", no_args_is_help=True)
app.command("watch-folder")(takes(EVERY)(watch_folder))

_FORWARD = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH…", help="Files and folders; folders with all below them.")
]
References = Annotated[
    str | None,
    typer.Option(
        "--references",
        metavar="FILE|URL",
        help="A JSON Lines file with name and url of each file, or its https address.",
    ),
]
Query = Annotated[
    str | None, typer.Option("--query", metavar="ROBOQL", help="Pictures of the workspace's own library.")
]
LeftOut = Annotated[
    Path | None, typer.Option("--left-out", metavar="FILE", help="Name here the lines that are left out, and why.")
]
Workflow = Annotated[str, typer.Option("--workflow", metavar="ID", help="The workflow to run.")]
Name = Annotated[str, typer.Option("--name", help="What people call it; in any script.")]
Job = Annotated[str, typer.Argument(metavar="JOB", help="The id of the job.")]
LookCloser = Annotated[
    bool, typer.Option("--look-closer", help="Decode every picture first: names near copies, leaves out damaged ones.")
]
AccountName = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="A connected account; default: this computer.")
]
ApiUrl = Annotated[
    str | None, typer.Option("--api-url", metavar="URL", help="A service; its key comes from BATCHDOCK_API_KEY.")
]


@app.command()
@takes(EVERY)
def run(
    workflow: Workflow,
    save_to: Annotated[Path, typer.Option("--save-to", metavar="DIR", help="Results go into a new folder in here.")],
    given: Given,
    paths: Paths = None,
    listed: References = None,
    query: Query = None,
    left_out: LeftOut = None,
    bucket: buckets.Bucket = None,
    storage: buckets.Storage = None,
    profile: buckets.Profile = None,
    endpoint: buckets.Endpoint = None,
    region: buckets.Region = None,
    valid_hours: buckets.ValidHours = DEFAULT_HOURS,
    name: Name = "",
    look_closer: LookCloser = False,
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Send files, run a workflow over them, wait, and save the results.

    Instead of files: --references, a list of addresses that the service fetches by itself, --query, or --bucket, whose
    addresses are signed here.

    Exit code 0: every usable file arrived, and those without a result are named. 1: something did not work. 2: the
    command can not be understood. 130: interrupted.
    """
    wish = work.Wish(
        workflow=workflow,
        name=name,
        options=_options(given),
    )
    place = buckets.given(bucket, storage, profile, endpoint, region, valid_hours)
    source = references.Given(references=listed, query=query, bucket=place, left_out=left_out)

    async def wanted(session: Session) -> int:
        source.refuse(paths)
        if source.any:
            job = references.job_wish(workflow, wish.options)
            return await references.run(session, source, job, name, save_to)
        return await work.run(session, paths or [], wish, save_to, look_closer=look_closer)

    _do(Options(home, account, api_url, as_json), wanted)


@app.command()
def ingest(
    paths: Paths = None,
    listed: References = None,
    query: Query = None,
    left_out: LeftOut = None,
    bucket: buckets.Bucket = None,
    storage: buckets.Storage = None,
    profile: buckets.Profile = None,
    endpoint: buckets.Endpoint = None,
    region: buckets.Region = None,
    valid_hours: buckets.ValidHours = DEFAULT_HOURS,
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
    """Send files into a batch and check that all arrived.

    Instead of files: --references, a list of addresses that the service fetches by itself, --query, or --bucket, whose
    addresses are signed here.
    """
    place = buckets.given(bucket, storage, profile, endpoint, region, valid_hours)
    source = references.Given(references=listed, query=query, bucket=place, left_out=left_out)

    async def wanted(session: Session) -> int:
        source.refuse(paths)
        if source.any:
            return await references.ingest(session, source, name, batch)
        return await work.ingest(session, paths or [], name, batch, look_closer=look_closer)

    _do(Options(home, account, api_url, as_json), wanted)


@app.command()
@takes(EVERY)
def start(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="The batch to work on.")],
    workflow: Workflow,
    given: Given,
    job: Annotated[
        str | None, typer.Option("--job", metavar="ID", help="The id of the new job; default: a fresh one.")
    ] = None,
    part: Annotated[str | None, typer.Option("--part", help="The part of a multipart batch.")] = None,
    metadata_part: Annotated[
        str | None, typer.Option("--metadata-part", help="The part with a file of metadata for each picture.")
    ] = None,
    name: Name = "",
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Start a job on a batch and return."""
    wish = work.Wish(
        workflow=workflow,
        name=name,
        options=_options(given),
    )
    _do(
        Options(home, account, api_url, as_json),
        lambda session: work.start(session, batch, wish, work.Parts(part, metadata_part), job),
    )


@app.command()
@takes(EVERY)
def again(
    job: Job,
    given: Given,
    name: Annotated[str, typer.Option("--name", help="What people call the new job; default: as before.")] = "",
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Start a new job like this one, with what is given changed, and return.

    It works on the same batch. Where that is gone the files are sent again, from where they were.
    """
    _do(Options(home, account, api_url, as_json), lambda session: repeat.again(session, job, name, given))


@app.command()
@takes(OF_A_RESTART)
def restart(
    job: Job,
    given: Given,
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Start a failed or stopped job once more, with what is given changed, and return."""
    _do(Options(home, account, api_url, as_json), lambda session: repeat.restart(session, job, given))


@app.command()
def watch(
    job: Job,
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
    to_bucket: buckets.ToBucket = None,
    storage: buckets.Storage = None,
    profile: buckets.Profile = None,
    endpoint: buckets.Endpoint = None,
    region: buckets.Region = None,
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Save the results in a batch, unpacked.

    One table of everything, drawn pictures and details, all under the names the files came with.
    """
    place = buckets.given(to_bucket, storage, profile, endpoint, region, DEFAULT_HOURS)
    _do(
        Options(home, account, api_url, as_json), lambda session: work.save(session, batch, to, part or (), name, place)
    )


@app.command()
def export(
    source: Annotated[str, typer.Argument(metavar="JOB|FOLDER", help="The id of a job, or a folder of results.")],
    forms: Annotated[list[Form], typer.Option("--as", help="What to write; may be repeated.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="It goes into a new folder in here.")],
    share: Annotated[Share, typer.Option("--share", help="Which pictures.")] = Share.ALL,
    classes: Annotated[
        list[str] | None, typer.Option("--class", metavar="NAME", help="Only this class; may be repeated.")
    ] = None,
    least: Annotated[float, typer.Option("--least", min=0, max=1, help="Only findings at least so sure.")] = 0.0,
    most: Annotated[float, typer.Option("--most", min=0, max=1, help="Only findings at most so sure.")] = 1.0,
    search: Annotated[str, typer.Option("--search", help="In names, and in what was read.")] = "",
    with_pictures: Annotated[
        bool, typer.Option("--with-pictures", help="Copy the pictures into the data sets too.")
    ] = False,
    originals: Annotated[
        Path | None, typer.Option("--originals", metavar="DIR", help="Where the pictures are, if they have moved.")
    ] = None,
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="In a .csv: 0,95 and semicolons between columns.")
    ] = False,
    name: Annotated[str, typer.Option("--name", help="What the new folder is called.")] = "",
    home: Home = None,
    account: AccountName = None,
    api_url: ApiUrl = None,
    as_json: AsJson = False,
) -> None:
    """Write results as tables, as data sets for other programs, or as pictures.

    What was left out, and why, is named. Originals are never changed, and nothing is overwritten.
    """
    wanted = Export(
        source=source,
        forms=forms,
        to=to,
        name=name,
        pictures=with_pictures,
        originals=originals,
        decimal_comma=decimal_comma,
        share=share,
        classes=classes or (),
        least=least,
        most=most,
        search=search,
    )
    _do(Options(home, account, api_url, as_json), lambda session: hand_on(session, wanted))


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


def _options(given: Given) -> JobOptions:
    return JobOptions(**{"keep_images": True, "table_format": TABLE, **given})


def _do(options: Options, wanted: Work) -> None:
    raise typer.Exit(carry_out(options, wanted))


def _other_face(face: str, arguments: Sequence[str]) -> int:
    """Start the service or the demo as the program of its own that it is: nothing of it belongs in this process."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "batchdock"]
    return subprocess.call([*program, face, *arguments])  # noqa: S603 - this very program
