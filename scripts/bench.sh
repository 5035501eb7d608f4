#!/usr/bin/env bash
# What a question costs besides the database and the model, beside a LangGraph graph of the same calls on the same model
# double, what an idle server holds, and what thousands of tables cost (bench_scale.sh); writes docs/benchmarks.md. Usage: scripts/bench.sh [ROUNDS] [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-20} seconds=${2:-6}
target=${CARGO_TARGET_DIR:-target}
binary=$target/release/datafyme
cargo build --locked --release -q -p datafyme-llm --features double --example provider_double

work=$(mktemp -d)
double=""
finish() {
  [ -n "$double" ] && kill "$double" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT

"$binary" bench --rounds "$rounds" --out docs/benchmarks.md >/dev/null

# The double ends with its standard input: a pipe that this script holds open.
mkfifo "$work/alive"
"$target/release/examples/provider_double" benches/replies.json "$work/calls.jsonl" <"$work/alive" >"$work/address" &
double=$!
exec 9>"$work/alive"
until [ -s "$work/address" ]; do sleep 0.1; done
url=$(cat "$work/address")

venv=${DATAFYME_TOOLS_DIR:-$PWD/.tools}/langgraph
if ! "$venv/bin/python" -c "import langgraph, langchain_openai" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "langgraph==1.2.22" "langchain-openai==1.7.3"
fi
# By turns: the speed of a shared machine changes from minute to minute, and a ratio holds only within one turn.
for _ in 1 2 3 4 5; do
  "$binary" bench --model-url "$url" --seconds "$seconds" >>"$work/ours.jsonl"
  "$venv/bin/python" benches/langgraph_peer.py "$url" "$work/calls.jsonl" --seconds "$seconds" >>"$work/peer.jsonl"
done

python3 - "$work/ours.jsonl" "$work/peer.jsonl" "$(wc -l <"$work/calls.jsonl")" <<'PY' >>docs/benchmarks.md
import json, sys
turns = list(zip(*([json.loads(line) for line in open(path)] for path in sys.argv[1:3])))
ratio = lambda turn: turn[0]["per_second"] / turn[1]["per_second"]
ratios = sorted(ratio(turn) for turn in turns)
ours, peer = next(turn for turn in turns if ratio(turn) == ratios[len(ratios) // 2])
mib = lambda kib: f"{kib / 1024:.0f} MiB"
print(f"""
## Beside LangGraph

The same {sys.argv[3]} calls per question on the same model double, which takes no time; 16 questions at a time, the double on
the same machine. Ours: the whole run with retrieval, guard, query (of ten rows), checks and every step
persisted. LangGraph: one node a
call with its structured output, no query, state in memory only, one process. By turns, {len(turns)} times; the turn with the median
ratio is shown, the ratios of all are {", ".join(f"{r:.1f}" for r in ratios)}.

| figure | Datafyme | LangGraph | ratio |
|---|---|---|---|
| questions per second | {ours['per_second']:.0f} | {peer['per_second']:.1f} | {ours['per_second'] / peer['per_second']:.1f} |
| one question, p50 | {ours['p50_ms']:.1f} ms | {peer['p50_ms']:.0f} ms | {peer['p50_ms'] / ours['p50_ms']:.1f} |
| one question, p95 | {ours['p95_ms']:.1f} ms | {peer['p95_ms']:.0f} ms | {peer['p95_ms'] / ours['p95_ms']:.1f} |
| resident memory | {mib(ours['rss_kib'])} | {mib(peer['rss_kib'])} | {peer['rss_kib'] / ours['rss_kib']:.1f} |""")
PY
scripts/bench_scale.sh "$binary" >>docs/benchmarks.md
cat docs/benchmarks.md
