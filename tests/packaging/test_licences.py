"""The list of what is packaged is true, whole, and stops a build that may not be given on."""

import json
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from building import licences, sbom  # noqa: E402
from building.licences import Bundled, NotAllowed, is_allowed, project_of  # noqa: E402
from building.video import MARK  # noqa: E402

LIBRARY = b"\x7fELF not really"


def package(
    site: Path, name: str, version: str = "1.0", *, said: str = "", text: str | None = "Do what you like."
) -> None:
    """Install a package that has one module and says `said` of itself."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    (site / f"{name.replace('-', '_')}.py").write_text("")
    files = [f"{name.replace('-', '_')}.py", f"{folder.name}/METADATA", f"{folder.name}/RECORD"]
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{said}\n")
    if text is not None:
        (folder / "licenses" / "vendor").mkdir(parents=True)
        (folder / "licenses" / "LICENSE").write_text(text)
        (folder / "licenses" / "vendor" / "LICENSE").write_text(f"{text} Too.")
        files += [f"{folder.name}/licenses/LICENSE", f"{folder.name}/licenses/vendor/LICENSE"]
    (folder / "RECORD").write_text("".join(f"{each},,\n" for each in files))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site-packages"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A frozen tree with Qt and OpenSSL, and our own resources."""
    inner = tmp_path / "Batchdock" / "_internal"
    (inner / "batchdock").mkdir(parents=True)
    for name in ("icons", "samples"):
        (inner / "batchdock" / "resources" / name).mkdir(parents=True)
        text = "LICENSE.txt" if name == "icons" else "LICENCES.txt"
        shutil.copy(ROOT / "resources" / name / text, inner / "batchdock" / "resources" / name)
    for name in ("libQt6Core.so.6", "libssl.so.3", "libpython3.11.so.1.0"):
        (inner / name).write_bytes(LIBRARY)
    (inner / "libcrypto.so.3").write_bytes(LIBRARY + b"OpenSSL 3.0.19 27 Jan 2026\0")
    plugins = inner / "PySide6" / "Qt" / "plugins" / "platforms"
    plugins.mkdir(parents=True)
    (plugins / "libqxcb.so").write_bytes(LIBRARY)
    (inner / "fast.cpython-311-x86_64-linux-gnu.so").write_bytes(LIBRARY)
    return inner.parent


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GPL-3.0-or-later", False),
        ("GPL-2.0-only", False),
        ("MIT AND GPL-2.0-only", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", True),
        ("MIT OR (GPL-2.0-only AND BSD-3-Clause)", True),
        ("(MIT AND GPL-2.0-only) OR (AGPL-3.0-only AND MIT)", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("GPL-3.0-or-later WITH Classpath-exception-2.0", False),
        ("AGPL-3.0-only", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_what_may_be_given_on_with_ours(licence: str, may: bool) -> None:
    assert is_allowed(licence) is may


@pytest.mark.parametrize(
    ("place", "project"),
    [
        ("av.libs/libavcodec-5e6b81c2.so.62.28.102", "FFmpeg"),
        ("av.libs/avcodec-62-984de33114b7.dll", "FFmpeg"),
        ("av/.dylibs/libavutil.60.26.102.dylib", "FFmpeg"),
        ("libQt6WaylandClient.so.6", "Qt"),
        ("PySide6/Qt6Core.dll", "Qt"),
        ("PySide6/Qt6VirtualKeyboard.dll", "Qt modules under the GPL"),
        ("libQt6WaylandCompositor.so.6", "Qt modules under the GPL"),
        ("PySide6/plugins/platforminputcontexts/qtvirtualkeyboardplugin.dll", "Qt modules under the GPL"),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", "Qt"),
        ("PySide6/plugins/platforms/qwindows.dll", "Qt"),
        ("libpyside6.abi3.so.6.11", "Qt for Python"),
        ("numpy.libs/libquadmath-96973f99.so.0.0.0", "libquadmath"),
        ("numpy.libs/libscipy_openblas64_-56d6093b.so", "OpenBLAS"),
        ("libz.so.1", "zlib"),
        ("pillow.libs/libzstd-44be1190.so.1.5.7", "Zstandard"),
        ("libssl.so.3", "OpenSSL"),
        ("opencv_python_headless.libs/libssl-28bef1ac.so.1.1", "OpenSSL 1.1"),
        ("libreadline.so.8", "readline"),
        ("libxcb-cursor.so.0", "X.Org libraries"),
        ("python313.dll", "Python"),
        ("libstdc++.so.6", "GCC runtime"),
        ("libqhull_r.so.8", None),
        ("libnever_heard_of.so.1", None),
    ],
)
def test_whose_a_library_is(place: str, project: str | None) -> None:
    assert project_of(Path(place)) == project


def test_every_library_that_is_known_has_a_licence_with_a_text() -> None:
    known = licences.known()["libraries"]
    assert len(known) > 40
    for name, entry in known.items():
        assert entry["from"], name
        assert entry["source"], name
        if name not in ("readline", "gdbm", "Qt modules under the GPL"):
            assert is_allowed(entry["licence"]), name
    without = {name for name, entry in known.items() if not licences.standard_texts(entry["licence"])}
    assert without == {"OpenSSL 1.1"}, "its text comes with the package that brings it"


def test_the_list_has_packages_libraries_and_data_with_their_texts(tree: Path, site: Path) -> None:
    package(site, "inside", said="License-Expression: MIT")
    package(site, "frozen-in", said="Classifier: License :: OSI Approved :: MIT License")
    package(site, "left-out", said="License-Expression: AGPL-3.0-only")
    package(site, "pyside6-essentials", "6.11.3", text=None)
    for name in ("inside", "pyside6_essentials"):
        shutil.copy(site / f"{name}.py", tree / "_internal")
    found = {each.name: each for each in licences.generate(tree, site, ["frozen_in", "frozen_in.deeper", "json"])}
    assert found.keys() == {
        "inside", "frozen-in", "pyside6-essentials", "Qt", "OpenSSL", "Python", "Lucide icons", "Sample pictures",
    }  # fmt: skip
    assert (found["OpenSSL"].version, found["Qt"].version) == ("3.0.19", "6.11.3")
    assert (found["Qt"].licence, found["Qt"].texts) == ("LGPL-3.0-only", ("LGPL-3.0.txt", "GPL-3.0.txt"))
    assert found["pyside6-essentials"].texts == ("LGPL-3.0.txt", "GPL-3.0.txt")
    folder = tree / "_internal" / licences.PLACE
    listed = json.loads((folder / "bundled.json").read_text("utf-8"))
    assert [each["name"] for each in listed] == [each.name for each in found.values()]
    assert all({"name", "version", "licence", "texts", "source"} <= each.keys() for each in listed)
    texts = {text for each in listed for text in each["texts"]}
    assert {"inside/LICENSE", "inside/vendor-LICENSE", "icons/LICENSE.txt", "samples/LICENCES.txt"} <= texts
    assert all((folder / text).stat().st_size > 10 for text in texts)
    assert (folder / "inside" / "vendor-LICENSE").read_text() == "Do what you like. Too."
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    offer = (folder / "OFFER.txt").read_text("utf-8")
    assert all(each in offer for each in ("Lesser General Public License", "three years", "replace", "x264"))


def test_the_same_tree_gives_the_same_list(tree: Path, site: Path) -> None:
    package(site, "inside", said="License-Expression: MIT")
    shutil.copy(site / "inside.py", tree / "_internal")
    texts = []
    for _ in range(2):
        found = licences.generate(tree, site)
        texts.append((tree / "_internal" / licences.PLACE / "bundled.json").read_bytes())
        texts.append(sbom.write(found, "1.2.3", tree.parent / "sbom.json", tree).read_bytes())
    assert texts[:2] == texts[2:]


@pytest.mark.parametrize(
    ("said", "text", "complaint"),
    [
        ("License-Expression: GPL-3.0-or-later", "GPL", "strange: GPL-3.0-or-later is not allowed"),
        ("License: see our site", "?", "strange: it does not say what its licence is"),
        ("", "?", "strange: it does not say what its licence is"),
        ("License-Expression: MIT-CMU", None, "strange: the text of MIT-CMU is missing"),
    ],
)
def test_a_package_that_may_not_be_given_on_stops_the_build(
    tree: Path, site: Path, said: str, text: str | None, complaint: str
) -> None:
    package(site, "strange", said=said, text=text)
    with pytest.raises(NotAllowed, match=complaint):
        licences.collect(tree, site, ["strange"])


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("libreadline.so.8", "readline: GPL-3.0-or-later is not allowed"),
        ("libQt6VirtualKeyboard.so.6", "Qt modules under the GPL: GPL-3.0-only is not allowed"),
        ("libnever_heard_of.so.1", "nobody knows what this library is"),
        ("libx264-d6533a8d.so.165", "it is GPL, and was not replaced"),
    ],
)
def test_a_library_that_may_not_be_given_on_stops_the_build(tree: Path, site: Path, name: str, complaint: str) -> None:
    licences.collect(tree, site)
    (tree / "_internal" / name).write_bytes(LIBRARY)
    with pytest.raises(NotAllowed, match=complaint):
        licences.collect(tree, site)


def test_a_hollow_library_is_ours(tree: Path, site: Path) -> None:
    (tree / "_internal" / "libx264-d6533a8d.so.165").write_bytes(LIBRARY + MARK)
    assert "hollow libraries" in {each.name for each in licences.collect(tree, site)}


def test_data_without_a_word_on_where_it_is_from_stops_the_build(tree: Path, site: Path) -> None:
    resources = tree / "_internal" / "batchdock" / "resources"
    (resources / "samples" / "LICENCES.txt").unlink()
    with pytest.raises(NotAllowed, match="samples"):
        licences.collect(tree, site, resources=resources)


def test_every_sample_picture_and_model_says_where_it_is_from() -> None:
    for folder in ("samples", "models"):
        said = (ROOT / "resources" / folder / "LICENCES.txt").read_text("utf-8")
        files = [
            path.name
            for path in (ROOT / "resources" / folder).iterdir()
            if path.name not in ("LICENCES.txt", "SHA256SUMS")
        ]
        assert files
        assert [each for each in files if each not in said and each != "coco_80.txt"] == []


def test_the_bill_of_materials_has_everything_once_and_names_packages_as_pypi_does(tree: Path) -> None:
    found = [
        Bundled("rich", "15.0.0", "MIT", ("rich/LICENSE",), "https://example.org/rich", kind="python"),
        Bundled(
            "Qt", "6.11.3", "LGPL-3.0-only", ("LGPL-3.0.txt",), "https://example.org/qt", "The Qt Company",
            files=("_internal/libQt6Core.so.6",),
        ),
        Bundled("Sample pictures", "", "CC0-1.0 AND LicenseRef-Public-Domain", ("x",), "resources/x", kind="data"),
    ]  # fmt: skip
    made = sbom.document(found, "1.2.3", tree)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["version"] == "1.2.3"
    rich, qt, samples = made["components"]
    assert rich["purl"] == rich["bom-ref"] == "pkg:pypi/rich@15.0.0"
    assert rich["licenses"] == [{"license": {"id": "MIT"}}]
    assert samples["licenses"] == [{"expression": "CC0-1.0 AND LicenseRef-Public-Domain"}]
    assert "externalReferences" not in samples
    [file] = qt["components"]
    assert file["hashes"][0]["content"] == "".join(file["hashes"][0]["content"].lower().split())
    assert len(file["hashes"][0]["content"]) == 64
    references = [each["bom-ref"] for each in made["components"]]
    assert made["dependencies"] == [{"ref": "batchdock", "dependsOn": sorted(references)}]
    assert len(set(references)) == 3
    assert made["serialNumber"] != sbom.document(found, "1.2.4", tree)["serialNumber"]
