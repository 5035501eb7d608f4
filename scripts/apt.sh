#!/usr/bin/env bash
# Installs Debian packages that are missing. Usage: scripts/apt.sh COMMAND_OR_PATH=PACKAGE...
set -euo pipefail
missing=()
for pair in "$@"; do
  have=${pair%%=*}
  command -v "$have" >/dev/null 2>&1 || [ -e "$have" ] || missing+=("${pair#*=}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "error: ${missing[*]} missing, and neither root nor sudo to install them" >&2; exit 1; }
  sudo=(sudo)
fi
echo "installing ${missing[*]}" >&2
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
