#!/usr/bin/env bash
# Overhead of one question and idle memory of the server; writes docs/benchmarks.md. Usage: scripts/bench.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${CARGO_TARGET_DIR:-target}/release/datafyme
"$binary" bench --rounds "${1:-20}" --out docs/benchmarks.md
cat docs/benchmarks.md
