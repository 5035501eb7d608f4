#!/usr/bin/env bash
# Optional tier: our model client against a real llama.cpp server (PyPI's llama-cpp-python, built from source: about ten
# minutes of one core) with a tiny model of random weights. Needs python3 with venv, a C++ compiler and cmake's wheel.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${DATAFYME_TOOLS_DIR:-$PWD/.tools}
venv=$tools/llama
if ! "$venv/bin/python" -c "import llama_cpp.server, gguf" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "llama-cpp-python[server]==0.3.36" gguf numpy
fi

work=$(mktemp -d)
server=""
finish() {
  [ -n "$server" ] && kill "$server" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT

"$venv/bin/python" scripts/tiny_gguf.py "$work/tiny.gguf"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$venv/bin/python" -m llama_cpp.server --model "$work/tiny.gguf" --host 127.0.0.1 --port "$port" --n_ctx 4096 \
  --chat_format chatml-function-calling >"$work/server.log" 2>&1 &
server=$!
url=http://127.0.0.1:$port/v1
for _ in $(seq 1 120); do
  curl --silent --fail --output /dev/null "$url/models" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.5
done
DATAFYME_TEST_LLAMA_URL=$url cargo test --locked -p datafyme-llm --features llama-tier --test llama -- --nocapture --test-threads=1
