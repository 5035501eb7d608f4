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
  for conf in nginx.container.conf kubernetes/nginx.conf; do
    # Replicas have names there that only their network knows.
    sed -E "s#/tmp/#$dir/#; s#/run/secrets/(tls/|datafyme/)?#$dir/#; s#server replica-([0-9]):7777#server 127.0.0.1:777\\1#" \
      "deploy/$conf" >"$dir/nginx.conf"
    nginx -t -q -c "$dir/nginx.conf" -e "$dir/error.log"
  done
else
  echo "SKIPPED deploy/*nginx*.conf: no nginx" >&2
fi

venv=${DATAFYME_TOOLS_DIR:-$PWD/.tools}/deploy
if ! "$venv/bin/python" -c "import kubernetes_validate, compose_spec" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "kubernetes-validate==1.37.0" "compose-spec==0.2.1"
fi
"$venv/bin/python" scripts/check_deploy.py

# The secrets that compose.yaml asks for are made, none of them empty, and stay when they are asked for again.
cp deploy/secrets.sh "$dir/secrets.sh"
"$dir/secrets.sh" datafyme.example >/dev/null
before=$(cat "$dir"/secrets/* | cksum)
"$dir/secrets.sh" datafyme.example >/dev/null
[ "$before" = "$(cat "$dir"/secrets/* | cksum)" ] || { echo "error: secrets.sh makes secrets anew" >&2; exit 1; }
for name in $(sed -n 's#.*file: ./secrets/\([^ ]*\) }.*#\1#p' deploy/compose.yaml); do
  [ -s "$dir/secrets/$name" ] || { echo "error: secrets.sh makes no $name" >&2; exit 1; }
done
