#!/bin/sh
# Writes the hashed pins anew from pyproject.toml. Needs uv. Run from the project's root after changing a dependency.
set -eu
pin() {
  out=$1; shift
  uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --extra engine --extra cluster "$@" pyproject.toml -o "$out"
}
pin packaging/requirements.txt                  # what the engine and a cluster run with
pin packaging/requirements-dev.txt --group dev  # what a checkout works with
# What is frozen, and what freezes it: the app without the vendor's engine, at the same versions.
uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --group package --constraint packaging/requirements.txt pyproject.toml -o packaging/requirements-build.txt
# What the installer for Windows brings: its Python, and the same versions, Qt's as on Linux (ADR 27).
same=$(mktemp)
grep '^[a-z].*==' packaging/requirements.txt | grep -v '^pyside6\|^shiboken6' | sed 's/ \\$//' >"$same"
echo 'pyside6-essentials<6.12' >>"$same"
uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --constraint "$same" \
  --python-platform x86_64-pc-windows-msvc --python-version 3.13 pyproject.toml -o packaging/requirements-windows.txt
rm "$same"
# The same without Qt, for the tests of everything below the bridge.
uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --extra engine --extra cluster --group dev --no-emit-package pyside6-essentials --no-emit-package shiboken6 --no-emit-package pytest-qt \
  --no-emit-package qasync pyproject.toml -o packaging/requirements-noqt.txt
# The vendor's engine, which is installed without what it declares (ADR 11).
uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --no-deps packaging/requirements-engine.in -o packaging/requirements-engine.txt
