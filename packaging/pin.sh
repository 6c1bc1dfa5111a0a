#!/bin/sh
# Writes the hashed pins anew from pyproject.toml. Needs uv. Run from the project's root after changing a dependency.
set -eu
pin() {
  out=$1; shift
  uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url "$@" pyproject.toml -o "$out"
}
pin packaging/requirements.txt
pin packaging/requirements-dev.txt --group dev
