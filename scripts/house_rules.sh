#!/usr/bin/env bash
# Rules of the house that no linter knows: file sizes, room names, no machine's paths, lock files without hosts.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=0
say() { echo "house rule: $*" >&2; bad=1; }

while read -r file; do
  lines=$(sed '/#\[cfg(test)\]/,$d' "$file" | grep -c -v -E '^\s*($|//)' || true)
  [ "$lines" -le 600 ] || say "$file has $lines lines of code, 600 at the very most"
done < <(git ls-files '*.rs' '*.ts' '*.tsx' | grep -v -E '(^|/)(tests?|generated)/')

while read -r file; do
  say "$file: a name that does not say what is in it"
done < <(git ls-files | grep -E '(^|/)(utils?|helpers?|common|misc|types)(\.(rs|ts|tsx)$|/)' || true)

if git grep -n -I -E '/(work|root|farm)/' -- . ':!*.lock' ':!scripts/house_rules.sh' >&2; then say "a path of one machine"; fi
if grep -q '"resolved"' web/package-lock.json; then say "web/package-lock.json names registry hosts"; fi
exit $bad
