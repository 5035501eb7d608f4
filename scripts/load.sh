#!/usr/bin/env bash
# A cluster (on PostgreSQL, Milvus and Neo4j) under load while its parts are killed in turn (benches/load.py says what is checked).
#   scripts/load.sh [BINARY] [--seconds 300] [--users 200] [--replicas 3] [--workers 2] [--between 12] [--embedded] …
set -euo pipefail
cd "$(dirname "$0")/.."
binary=target/release/datafyme
if [ $# -gt 0 ] && [ "${1#--}" = "$1" ]; then binary=$1; shift; fi
[ -x "$binary" ] || { echo "error: no $binary: run \`make build\`" >&2; exit 1; }
scripts/apt.sh /usr/lib/postgresql=postgresql nginx=nginx-light
exec python3 benches/load.py "$(realpath "$binary")" "$@"
