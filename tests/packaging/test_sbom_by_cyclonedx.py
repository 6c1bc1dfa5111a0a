"""The bill of materials as CycloneDX's own library sees it: valid by the schema, to the letter."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

WRITE = """
import sys
from pathlib import Path
from building import licences, sbom
site, target, tree = map(Path, sys.argv[1:])
found = [each for each in licences.packages(tree, site, [path.stem for path in site.iterdir()]) if each.licence]
found += [
    licences.Bundled(name, "1.2", entry["licence"], ("x.txt",), entry["source"], entry["from"])
    for name, entry in licences.known()["libraries"].items()
    if licences.is_allowed(entry["licence"])
]
found += licences.data(Path("resources"))
assert len(found) > 80
sbom.write(found, "1.2.3", target)
"""

VALIDATE = """
import sys
from pathlib import Path
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text("utf-8"))
sys.exit(str(error.data)[:2000] if error else 0)
"""


@pytest.mark.vendor
@pytest.mark.timeout(600)
def test_it_is_valid_by_the_schema(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = "cyclonedx-python-lib[json-validation]>=11,<12"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted], check=True)
    site = Path(pytest.__file__).parents[1]
    made = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-c", WRITE, site, made, tmp_path / "venv"],
        env={"PYTHONPATH": str(ROOT / "packaging")},
        cwd=ROOT,
        check=True,
    )
    subprocess.run([python, "-c", VALIDATE, made], check=True)
    made.write_text(made.read_text("utf-8").replace('"type": "application"', '"type": "no such kind"'), "utf-8")
    assert subprocess.run([python, "-c", VALIDATE, made], check=False, capture_output=True).returncode != 0
