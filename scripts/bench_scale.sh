#!/usr/bin/env bash
# What thousands of tables cost, beside SQLAlchemy's reflection and milvus-lite's hybrid search on the same schema and
# documents; prints a section for docs/benchmarks.md. Usage: scripts/bench_scale.sh BINARY [TABLES]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1 tables=${2:-5000}

work=$(mktemp -d)
chmod 755 "$work" # the server of PostgreSQL runs as another user where this runs as root
finish() {
  scripts/postgres.sh stop "$work/server" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

server=$(scripts/postgres.sh start "$work/server" --owner $$)
psql=$(command -v psql || ls /usr/lib/postgresql/*/bin/psql /usr/pgsql-*/bin/psql 2>/dev/null | sort -V | tail -n 1)
url=${server%/postgres}/scale
"$psql" -q "$server" -c 'CREATE DATABASE scale'
python3 benches/scale_schema.py create --tables "$tables" | "$psql" -q -v ON_ERROR_STOP=1 "$url" >&2
python3 benches/scale_schema.py change --tables "$tables" >"$work/change.sql"

venv=${DATAFYME_TOOLS_DIR:-$PWD/.tools}/scale
if ! "$venv/bin/python" -c "import sqlalchemy, psycopg, pymilvus, milvus_lite" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "sqlalchemy==2.1.9" "psycopg[binary]==3.3.9" "pymilvus==3.0.2" "milvus-lite==3.2.2" \
    "numpy==2.4.6" >&2
fi
"$venv/bin/python" benches/sqlalchemy_peer.py "$url" >"$work/reflection.json"
"$binary" bench --scale-url "$url" --change "$work/change.sql" --export "$work/documents" >"$work/ours.json"
"$venv/bin/python" benches/milvus_peer.py "$work/documents" >"$work/search.json"

python3 - "$work" <<'PY'
import json, pathlib, sys
read = lambda name: json.loads((pathlib.Path(sys.argv[1]) / name).read_text().strip().splitlines()[-1])
ours, reflection, search = read("ours.json"), read("reflection.json"), read("search.json")
mib = lambda kib: "not known here" if kib is None else f"{kib / 1024:.0f} MiB"
seconds = lambda ms: f"{ms / 1000:.2f} s"
phases = ", ".join(f"{name} {seconds(ms)}" for name, ms in ours["phases_ms"].items() if name)
changes = ", ".join(f"{count} {name}" for name, count in (ours["changes"] or {}).items())
print(f"""
## {ours['tables']} tables

A generated PostgreSQL schema (`benches/scale_schema.py`): {ours['tables']} tables and views, {ours['columns']} columns, with
comments, keys and rows. Learned by the rules, without a model, over HTTP by a server of its own.

| figure | value | bound |
|---|---|---|
| the bare catalog queries | {ours['catalog_queries_ms']:.0f} ms | |
| introspection | {ours['introspect_ms']:.0f} ms, {ours['introspect_ms'] / ours['catalog_queries_ms']:.2f} times that | 2 times |
| SQLAlchemy's reflection ({reflection['tables']} tables) | {reflection['reflect_ms']:.0f} ms, {reflection['reflect_ms'] / ours['introspect_ms']:.1f} times ours | |
| learning | {seconds(ours['learn_ms'])} ({phases}) | 60 s |
| learning again, nothing changed | {seconds(ours['resync_nothing_ms'])} | |
| learning again, ten tables changed ({changes}) | {seconds(ours['resync_changed_ms'])} | 3 s |
| hybrid search over {ours['documents']} documents, p50 / p95 | {ours['search_p50_ms']:.2f} ms / {ours['search_p95_ms']:.2f} ms | 5 ms |
| milvus-lite's hybrid search over {search['documents']} documents, p50 / p95 | {search['p50_ms']:.2f} ms / {search['p95_ms']:.2f} ms, {search['p50_ms'] / ours['search_p50_ms']:.1f} times ours | |
| resident memory of the server that learned | {mib(ours['learned_kib'])} (peak {mib(ours['peak_kib'])}) | 300 MiB |
| resident memory of a server that serves it, after a question | {mib(ours['serving_kib'])} | 300 MiB |""")
PY
