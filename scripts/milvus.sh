#!/usr/bin/env bash
# A Milvus server (milvus-lite, over gRPC) of its own for tests and demos, in a directory that can be thrown away.
#   scripts/milvus.sh start DIR [--owner PID] [--port PORT]   prints milvus://127.0.0.1:PORT; with an owner it ends when that process does
#   scripts/milvus.sh stop DIR                                kills it; start finds the data again
# The first start installs it from PyPI into .tools; later ones need no network.
set -euo pipefail

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
tools=${DATAFYME_TOOLS_DIR:-$root/.tools}/milvus

install() {
  local wanted="milvus-lite==3.2.2 pymilvus==3.0.2"
  [ "$(cat "$tools/installed" 2>/dev/null)" = "$wanted" ] && return
  mkdir -p "$tools"
  exec 8>"$tools/lock"
  flock 8
  if [ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || "$root/scripts/apt.sh" python3=python3 "$tools/ensurepip=python3-venv" >&2
    rm -rf "$tools/venv"
    python3 -m venv "$tools/venv"
    # shellcheck disable=SC2086
    "$tools/venv/bin/pip" install --quiet $wanted >&2
    echo "$wanted" >"$tools/installed"
  fi
  exec 8>&-
}

stop() {
  local pid
  pid=$(cat "$dir/pid" 2>/dev/null) || return 0
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -f "$dir/pid"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start() {
  local owner="" port="" pid tries=0 waited
  while [ $# -gt 0 ]; do
    case $1 in
      --owner) owner=${2:?--owner needs a process id} ;;
      --port) port=${2:?--port needs a number} ;;
      *) usage ;;
    esac
    shift 2
  done
  if pid=$(cat "$dir/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null && [ -s "$dir/port" ]; then
    echo "milvus://127.0.0.1:$(cat "$dir/port")"
    return
  fi
  install
  while :; do
    local at=${port:-$((20000 + (RANDOM * 32768 + RANDOM) % 40000))}
    if [ -z "$port" ] && answers "$at"; then continue; fi
    # One worker: the server does not guard itself against writes to one collection at the same time.
    setsid "$tools/venv/bin/milvus-lite" server --data-dir "$dir/data" --host 127.0.0.1 --port "$at" --max-workers 1 \
      </dev/null >"$dir/server.log" 2>&1 8>&- 9>&- &
    pid=$!
    echo "$pid" >"$dir/pid"
    waited=0
    until answers "$at"; do
      waited=$((waited + 1))
      if ! kill -0 "$pid" 2>/dev/null || [ "$waited" -gt 600 ]; then break; fi
      sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null && answers "$at"; then break; fi
    stop
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || { echo "error: Milvus does not start:" >&2; tail -n 20 "$dir/server.log" >&2; exit 1; }
  done
  echo "$at" >"$dir/port"
  if [ -n "$owner" ]; then
    # Outlives the owner by a second at most, and takes the directory with it.
    setsid "$0" watch "$dir" "$owner" </dev/null >/dev/null 2>&1 &
  fi
  echo "milvus://127.0.0.1:$at"
}

# Until the owner has ended; in a session of its own, so that whatever ends the owner does not end this.
watch() {
  while kill -0 "$1" 2>/dev/null; do sleep 1; done
  stop
  rm -rf "$dir"
}

case $command in
  start) start "$@" ;;
  stop) stop ;;
  watch) watch "$@" ;;
  *) usage ;;
esac
