"""Writes what is packaged as a CycloneDX bill of materials (1.6, JSON), from the same list as the licences.

It has no time and no random number in it: the same tree gives the same file.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from building.licences import Bundled

SPECIFICATION = "1.6"
_ROOT = "batchdock"
_NAMES = uuid.UUID("6f1d3a52-8f8e-4c4f-9a5e-4f0d6c7b2a11")
"""What the serial number is made under; any number that never changes."""

_SPDX_ID = re.compile(r"^[A-Za-z0-9.+-]+$")


def document(found: Sequence[Bundled], version: str, tree: Path | None = None) -> dict[str, Any]:
    """Return the bill of materials of Batchdock `version`. With `tree`, libraries come with their checksums."""
    components = [_component(each, tree) for each in found]
    listed = json.dumps(components, sort_keys=True)
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMES, version + listed)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": _ROOT,
                "name": "Batchdock",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": _ROOT, "dependsOn": sorted(each["bom-ref"] for each in components)}],
    }


def write(found: Sequence[Bundled], version: str, path: Path, tree: Path | None = None) -> Path:
    """Write the bill of materials to `path`."""
    text = json.dumps(document(found, version, tree), indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", "utf-8")
    return path


def _component(each: Bundled, tree: Path | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "data" if each.kind == "data" else "library",
        "bom-ref": reference(each),
        "name": each.name,
        "licenses": _licences(each.licence),
    }
    if each.version:
        made["version"] = each.version
    if each.kind == "python":
        made["purl"] = reference(each)
    if each.copyright:
        made["copyright"] = each.copyright
    if each.source.startswith(("http://", "https://")):
        made["externalReferences"] = [{"type": "vcs" if each.kind == "python" else "distribution", "url": each.source}]
    if tree is not None and each.files:
        made["components"] = [
            {
                "type": "file",
                "bom-ref": f"{reference(each)}#{file}",
                "name": file,
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((tree / file).read_bytes()).hexdigest()}],
            }
            for file in each.files
        ]
    return made


def reference(each: Bundled) -> str:
    """Return what a component is called by: for Python packages their package URL."""
    if each.kind == "python":
        return f"pkg:pypi/{each.name}@{each.version}"
    return f"{each.kind}:{each.name.lower().replace(' ', '-')}{f'@{each.version}' if each.version else ''}"


def _licences(licence: str) -> list[dict[str, Any]]:
    if _SPDX_ID.match(licence) and not licence.startswith("LicenseRef-"):
        return [{"license": {"id": licence}}]
    return [{"expression": licence}]
