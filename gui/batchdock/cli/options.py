"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", help="Batchdock's own folder (also BATCHDOCK_HOME).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout.")]
