#!/usr/bin/env bash
# Makes every generated file that is committed: API description, configuration schema, graphs, CLI help, TypeScript client.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked -q -p datafyme
binary="${CARGO_TARGET_DIR:-target}/debug/datafyme"
"$binary" openapi >docs/reference/openapi.json
"$binary" config schema >docs/reference/config.schema.json
"$binary" help-markdown >docs/reference/cli.md
{
  printf '# The three graphs\n\nPrinted by `datafyme graph`; the edges stand in one pure function each (`crates/agent/src/graph/`).\n\n'
  "$binary" graph
} >docs/reference/graphs.md
(cd web && npm run --silent gen)
git diff --stat -- docs/reference web/src/api/generated
