#!/usr/bin/env bash
# Format, lints, licences, types. Fails on the first thing that is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
deny_version=0.20.2

echo "== cargo fmt";    cargo fmt --all -- --check
echo "== web";          make --no-print-directory web/node_modules/.package-lock.json
(cd web && npm run --silent typecheck && npm run --silent lint)
make --no-print-directory web/dist/index.html
echo "== cargo clippy"; cargo clippy --locked --workspace --all-targets --features datafyme/milvus,datafyme/neo4j -- -D warnings

echo "== cargo deny"
tools=${DATAFYME_TOOLS_DIR:-$PWD/.tools}
deny=$tools/bin/cargo-deny
if ! "$deny" --version 2>/dev/null | grep -qF "$deny_version"; then
  if command -v cargo-deny >/dev/null && cargo-deny --version | grep -qF "$deny_version"; then
    deny=$(command -v cargo-deny)
  else
    cargo install --quiet --locked --debug --root "$tools" --version "$deny_version" cargo-deny
  fi
fi
# Advisories need a download from outside the package registries; the other checks do not.
"$deny" --workspace check --hide-inclusion-graph bans licenses sources

echo "== names and sizes"
scripts/house_rules.sh
echo "== deploy"
scripts/check_deploy.sh
echo "check: all passed"
