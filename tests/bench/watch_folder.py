"""10,000 files are written slowly, renamed, deleted and added again; what watches their folder is killed five times.

python tests/bench/watch_folder.py [files]
"""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from making.feeding import Feeding, processed


def main() -> None:
    """Feed and count."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        os.environ["BATCHDOCK_HOME"] = str(home)
        began = time.monotonic()
        feeding = Feeding(files=files, kills=5, batch=files // 8, pause=0.0005, every=files // 20, patience=3600)
        rows = processed(feeding, home, Path(folder))
    wrong = {name: times for name, times in rows.items() if times != 1}
    missing = files - len(rows)
    sys.stdout.write(
        f"{files} files, 5 kills, {time.monotonic() - began:.0f} s: {missing} missing, {len(wrong)} not once\n"
    )
    sys.exit(bool(missing or wrong or Counter(rows).total() != files))


main()
