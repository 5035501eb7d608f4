#!/usr/bin/env bash
# Whether what stands in deploy/ is understood by those who read it; a tool that is not here is named.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

if command -v systemd-analyze >/dev/null; then
  sed "s#^ExecStart=[^ ]*#ExecStart=$(command -v true)#" deploy/datafyme.service >"$dir/datafyme.service"
  # systemd-analyze says what it does not know, and still ends well.
  said=$(systemd-analyze verify "$dir/datafyme.service" 2>&1) || { echo "$said" >&2; exit 1; }
  if grep -q 'datafyme.service' <<<"$said"; then echo "$said" >&2; exit 1; fi
else
  echo "SKIPPED deploy/datafyme.service: no systemd-analyze" >&2
fi

if command -v nginx >/dev/null && command -v openssl >/dev/null; then
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/tls.key" -out "$dir/tls.crt" -days 1 -subj /CN=localhost 2>/dev/null
  touch "$dir/htpasswd"
  { echo "pid $dir/pid; events {} http {"; sed "s#/etc/datafyme/#$dir/#" deploy/nginx.conf; echo '}'; } >"$dir/nginx.conf"
  nginx -t -q -c "$dir/nginx.conf" -e "$dir/error.log"
else
  echo "SKIPPED deploy/nginx.conf: no nginx" >&2
fi
