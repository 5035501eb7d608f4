#!/usr/bin/env bash
# A Neo4j server of its own for tests and demos, in a directory that can be thrown away. Its user is neo4j, its password datafyme.
#   scripts/neo4j.sh start DIR [--owner PID] [--port PORT]   prints neo4j://neo4j@127.0.0.1:PORT; with an owner it ends when that process does
#   scripts/neo4j.sh stop DIR                                kills it; start finds the data again
# The first start fetches its libraries with Maven into .tools; later ones need no network.
set -euo pipefail

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
tools=${DATAFYME_TOOLS_DIR:-$root/.tools}/neo4j

install() {
  local wanted
  wanted=$(cat "$root/tools/neo4j/pom.xml" "$root"/tools/neo4j/src/*.java | sha256sum)
  [ "$(cat "$tools/installed" 2>/dev/null)" = "$wanted" ] && return
  mkdir -p "$tools"
  exec 8>"$tools/lock"
  flock 8
  if [ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted" ]; then
    "$root/scripts/apt.sh" javac=openjdk-17-jdk-headless mvn=maven >&2
    rm -rf "$tools/classes" "$tools/lib"
    mvn -q -B -f "$root/tools/neo4j/pom.xml" -DbuildDirectory="$tools" \
      dependency:copy-dependencies "-DoutputDirectory=$tools/lib" >&2
    javac --release 17 -proc:none -cp "$tools/lib/*" -d "$tools/classes" "$root"/tools/neo4j/src/*.java >&2
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

start() {
  local owner="" port=0 pid tries=0
  while [ $# -gt 0 ]; do
    case $1 in
      --owner) owner=${2:?--owner needs a process id} ;;
      --port) port=${2:?--port needs a number} ;;
      *) usage ;;
    esac
    shift 2
  done
  if pid=$(cat "$dir/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null && [ -s "$dir/port" ]; then
    echo "neo4j://neo4j@127.0.0.1:$(cat "$dir/port")"
    return
  fi
  install
  rm -f "$dir/port"
  setsid java -Xmx512m -XX:+UseSerialGC --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
    -cp "$tools/classes:$tools/lib/*" Neo4jServer "$dir" "$port" datafyme </dev/null >"$dir/server.log" 2>&1 8>&- 9>&- &
  pid=$!
  echo "$pid" >"$dir/pid"
  until [ -s "$dir/port" ]; do
    tries=$((tries + 1))
    if ! kill -0 "$pid" 2>/dev/null || [ "$tries" -gt 1200 ]; then
      echo "error: Neo4j does not start:" >&2
      tail -n 20 "$dir/server.log" >&2
      stop
      exit 1
    fi
    sleep 0.1
  done
  if [ -n "$owner" ]; then
    # Outlives the owner by a second at most, and takes the directory with it.
    setsid "$0" watch "$dir" "$owner" </dev/null >/dev/null 2>&1 &
  fi
  echo "neo4j://neo4j@127.0.0.1:$(cat "$dir/port")"
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
