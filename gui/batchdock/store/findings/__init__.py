"""Results as tables (DuckDB): written once when they are read, asked by the pages. `schema.sql` says what is there."""

import hashlib
from importlib.resources import files

SCHEMA = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

QUIET = "set enable_progress_bar = false"
"""For each connection: in a process that is no script, DuckDB draws on what belongs to the command line."""

VERSION = hashlib.sha256(SCHEMA.encode()).hexdigest()[:12]
"""Another one for other tables."""
