#!/usr/bin/env bash
# Every test of the project: Rust, web units, and the web UI in a real browser, with a real PostgreSQL, Milvus and Neo4j.
# Ends with `N passed, N failed` and fails when one failed. In CI (CI=true) a missing engine is a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never

scripts/apt.sh /usr/lib/postgresql=postgresql chromium=chromium || exit 1
make --no-print-directory web/dist/index.html || exit 1

work=$(mktemp -d)
chmod 755 "$work"
postgres=""
finish() {
  [ -n "$postgres" ] && scripts/postgres.sh stop "$work/postgres" >/dev/null 2>&1
  scripts/milvus.sh stop "$work/milvus" >/dev/null 2>&1
  scripts/neo4j.sh stop "$work/neo4j" >/dev/null 2>&1
  rm -rf "$work"
}
trap finish EXIT

if url=$(scripts/postgres.sh start "$work/postgres"); then
  postgres=started
  export DATAFYME_TEST_POSTGRES_URL=$url
else
  echo "error: PostgreSQL did not start" >&2
  exit 1
fi

# Without one of these its tests are left out, which CI does not let pass.
features=()
if url=$(scripts/milvus.sh start "$work/milvus"); then
  export DATAFYME_TEST_MILVUS_URL=$url
  features+=(datafyme/milvus)
else
  echo "SKIPPED Milvus: it did not start" >>"$work/engines.log"
fi
if url=$(scripts/neo4j.sh start "$work/neo4j"); then
  export DATAFYME_TEST_NEO4J_URL=$url
  features+=(datafyme/neo4j)
else
  echo "SKIPPED Neo4j: it did not start" >>"$work/engines.log"
fi

passed=0
failed=0
broken=""

echo "== cargo test"
cargo test --locked --workspace --features "${features[*]-}" --no-fail-fast 2>&1 | tee "$work/cargo.log"
cargo_status=${PIPESTATUS[0]}
while read -r ok bad; do
  passed=$((passed + ok))
  failed=$((failed + bad))
done < <(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' "$work/cargo.log")
if [ "$cargo_status" -ne 0 ] && [ "$failed" -eq 0 ]; then broken="cargo test did not build or crashed"; fi

echo "== vitest"
(cd web && npx vitest run --reporter=json --outputFile="$work/vitest.json") >"$work/vitest.log" 2>&1
vitest_status=$?
if [ -s "$work/vitest.json" ]; then
  read -r ok bad < <(node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1]));console.log(r.numPassedTests,r.numFailedTests)' "$work/vitest.json")
  echo "vitest: $ok passed, $bad failed"
  passed=$((passed + ok))
  failed=$((failed + bad))
fi
[ "$vitest_status" -ne 0 ] && cat "$work/vitest.log"
if [ "$vitest_status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; then broken="vitest did not run"; fi

echo "== web UI in Chromium"
# As the tests were built: other features would compile everything anew.
cargo build --locked -q --workspace --bins --features "${features[*]-}" && scripts/e2e.sh "${CARGO_TARGET_DIR:-target}/debug/datafyme" 2>&1 | tee "$work/e2e.log"
e2e_status=${PIPESTATUS[0]}
read -r ok bad < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$work/e2e.log" | tail -n 1)
passed=$((passed + ${ok:-0}))
failed=$((failed + ${bad:-0}))
if [ "$e2e_status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; then broken="the browser tests did not run"; fi

skips=$(grep -h '^SKIPPED ' "$work"/*.log | sort -u)
if [ -n "$skips" ]; then
  echo "$skips"
  [ "${CI:-}" = true ] && broken="a real engine was skipped"
fi
if [ -n "$broken" ]; then
  echo "error: $broken" >&2
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
