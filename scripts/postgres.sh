#!/usr/bin/env bash
# A PostgreSQL server of its own for tests and demos, in a directory that can be thrown away.
#   scripts/postgres.sh start DIR [--owner PID]   prints its superuser URL; with an owner it ends when that process does
#   scripts/postgres.sh stop DIR
set -euo pipefail

usage() { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2

url_of() { echo "postgres://datafyme:datafyme@127.0.0.1:$1/postgres"; }

find_bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -z "$found" ] && command -v initdb >/dev/null; then found=$(dirname "$(command -v initdb)"); fi
  [ -n "$found" ] && [ -x "$found/initdb" ] && echo "$found"
}

# The server refuses to run as root: then it runs as the user postgres, which the Debian package makes.
as_server() {
  if [ "$(id -u)" -ne 0 ]; then "$@"; else (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); fi
}

stop() {
  local bin
  bin=$(find_bin) || return 0
  [ -s "$dir/data/postmaster.pid" ] || return 0
  as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 30 stop >/dev/null 2>&1 || true
}

start() {
  local owner="" bin port tries=0
  if [ "${1:-}" = "--owner" ]; then owner=${2:?--owner needs a process id}; fi
  if ! bin=$(find_bin); then
    "$(dirname "$0")/apt.sh" /usr/lib/postgresql=postgresql >&2
    bin=$(find_bin) || { echo "error: no PostgreSQL server (initdb) on this machine" >&2; exit 1; }
  fi
  if [ "$(id -u)" -eq 0 ]; then
    getent passwd postgres >/dev/null || useradd --system postgres
    chown postgres: "$dir"
  fi
  chmod 700 "$dir"
  if [ ! -s "$dir/data/PG_VERSION" ]; then
    (umask 077 && printf 'datafyme\n' >"$dir/password")
    [ "$(id -u)" -ne 0 ] || chown postgres: "$dir/password"
    as_server "$bin/initdb" -D "$dir/data" -U datafyme --pwfile="$dir/password" --auth=scram-sha-256 \
      --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
  fi
  # Running already: its port is the fourth line of its process file.
  if as_server "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
    url_of "$(sed -n 4p "$dir/data/postmaster.pid")"
    return
  fi
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
    as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 start -o "-p $port -k '$dir' \
      -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
      -c shared_buffers=32MB -c max_connections=100" >/dev/null 2>&1 && break
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || { echo "error: PostgreSQL does not start:" >&2; tail -n 20 "$dir/server.log" >&2; exit 1; }
  done
  if [ -n "$owner" ]; then
    # Outlives the owner by a second at most, and takes the directory with it.
    (trap '' HUP INT; while kill -0 "$owner" 2>/dev/null; do sleep 1; done; stop; rm -rf "$dir") \
      </dev/null >/dev/null 2>&1 &
  fi
  url_of "$port"
}

case $command in
  start) start "$@" ;;
  stop) stop ;;
  *) usage ;;
esac
