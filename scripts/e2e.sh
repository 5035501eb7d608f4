#!/usr/bin/env bash
# Drives the web UI of a datafyme binary in Debian's Chromium. Usage: scripts/e2e.sh BINARY [arguments of the e2e script]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1
shift
scripts/apt.sh chromium=chromium
make --no-print-directory web/node_modules/.package-lock.json
work=$(mktemp -d)
server=""
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

"$binary" --data-dir "$work/data" demo --listen 127.0.0.1:0 >"$work/server.log" 2>&1 &
server=$!
address=""
for _ in $(seq 1 600); do
  address=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/server.log" | tail -n 1 || true)
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
if [ -z "$address" ]; then
  echo "error: the demo did not come up:" >&2
  tail -n 30 "$work/server.log" >&2
  exit 1
fi
(cd web && npm run --silent e2e -- --base-url "$address" "$@")
