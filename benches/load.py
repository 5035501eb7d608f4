"""A cluster under load while its parts are killed: replicas and workers behind nginx on PostgreSQL, Milvus (milvus-lite) and
Neo4j, simulated users that ask through HTTP and follow event streams, and a model double that thinks for 300 ms.

Every question must end in a terminal state exactly once, and no event may be lost to a client that reconnects with
Last-Event-ID. Prints one JSON object, and fails when either does not hold. Started by scripts/load.sh."""

import argparse
import asyncio
import base64
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

QUESTIONS = [
    "How many readings are there?",
    "How many readings are there per sensor?",
    "What is the average temperature per sensor?",
    "Which of our places would you call the liveliest one, and why?",
    "Would you say that the warm ones deserve more attention than others?",
]
ENGINES = ("milvus", "neo4j")
TERMINAL = {"answered", "declined", "failed", "cancelled"}


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gone(Exception):
    """The connection broke, or the proxy had nobody to ask."""


# ---------------------------------------------------------------------------------------------------------------- HTTP

async def connect(port: int, method: str, path: str, body: bytes = b"", headers: str = ""):
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 10)
    writer.write(
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n".encode() + body
    )
    await writer.drain()
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 90)).decode()
    chunked = "transfer-encoding: chunked" in head.lower()
    return int(head.split()[1]), chunked, reader, writer


async def pieces(reader, chunked: bool):
    """The body as it comes."""
    if not chunked:
        while piece := await reader.read(65536):
            yield piece
        return
    while True:
        size = int((await reader.readuntil(b"\r\n")).strip() or b"0", 16)
        if size == 0:
            return
        piece = await reader.readexactly(size + 2)
        yield piece[:-2]


async def call(port: int, method: str, path: str, body=None):
    data = b"" if body is None else json.dumps(body).encode()
    try:
        status, chunked, reader, writer = await connect(port, method, path, data)
        text = b"".join([piece async for piece in pieces(reader, chunked)])
        writer.close()
    except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError) as error:
        raise Gone(repr(error)) from error
    if status >= 500:
        raise Gone(f"{status} {text[:200]!r}")
    return status, json.loads(text) if text else None


# --------------------------------------------------------------------------------------------------------------- users

class Tally:
    def __init__(self):
        self.requests = self.failed_requests = self.reconnects = 0
        self.took, self.statuses, self.wrong, self.runs = [], {}, [], []
        self.failures = {}

    def failed(self, error: Gone):
        self.failed_requests += 1
        key = str(error)[:60]
        self.failures[key] = self.failures.get(key, 0) + 1


class User:
    def __init__(self, port: int, source: str, tally: Tally, think: float, seed: int):
        self.port, self.source, self.tally, self.think = port, source, tally, think
        self.random = random.Random(seed)

    async def call(self, method, path, body=None):
        """Until somebody answers; only for what may be said twice."""
        while True:
            self.tally.requests += 1
            try:
                return await call(self.port, method, path, body)
            except Gone as gone:
                self.tally.failed(gone)
                await asyncio.sleep(0.3 + self.random.random())

    async def live(self, until: float):
        await asyncio.sleep(self.random.random() * self.think)
        conversation = None
        while time.monotonic() < until:
            if conversation is None or self.random.random() < 0.2:
                _, made = await self.call("POST", "/conversations", {"source_id": self.source})
                conversation = made["id"]
            await self.ask(conversation)
            await asyncio.sleep(self.random.expovariate(1 / self.think))

    async def ask(self, conversation: str):
        question, began = self.random.choice(QUESTIONS), time.monotonic()
        run = await self.start(conversation, question)
        if run is None:
            return
        self.tally.runs.append((conversation, run))
        answer = await self.follow(run)
        self.tally.took.append(time.monotonic() - began)
        status = answer["status"]
        self.tally.statuses[status] = self.tally.statuses.get(status, 0) + 1
        _, stored = await self.call("GET", f"/runs/{run}")
        if stored["status"] != status or status not in TERMINAL:
            self.tally.wrong.append(f"{run}: the stream says {status}, the store {stored['status']}")

    async def start(self, conversation: str, question: str):
        """Puts the question once: where the answer was lost, looks whether it was put."""
        _, before = await self.call("GET", f"/conversations/{conversation}/messages")
        known = {item["message"]["id"] for item in before["items"]}
        while True:
            self.tally.requests += 1
            try:
                status, run = await call(self.port, "POST", f"/conversations/{conversation}/runs", {"question": question})
                if status == 202:
                    return run["id"]
                self.tally.wrong.append(f"{conversation}: {status} {run}")
                return None
            except Gone as gone:
                self.tally.failed(gone)
            await asyncio.sleep(0.3 + self.random.random())
            _, after = await self.call("GET", f"/conversations/{conversation}/messages")
            put = [i["message"] for i in after["items"] if i["message"]["id"] not in known]
            put = [message for message in put if message["role"] == "user"]
            if put:
                return put[0]["run_id"]

    async def follow(self, run: str):
        """The stream to its end; events come in order, each once, over all reconnections."""
        last = 0
        while True:
            try:
                self.tally.requests += 1
                headers = f"Last-Event-ID: {last}\r\n" if last else ""
                status, chunked, reader, writer = await connect(self.port, "GET", f"/runs/{run}/events", b"", headers)
                if status != 200:
                    writer.close()
                    raise Gone(f"{status} for a stream")
                text = ""
                # A stream of a user may break any time.
                leaves_after = 1 + self.random.randrange(40) if self.random.random() < 0.2 else None
                async for piece in pieces(reader, chunked):
                    text += piece.decode()
                    while "\n\n" in text:
                        block, text = text.split("\n\n", 1)
                        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
                        if "event" not in fields or fields["event"] == "step.delta":
                            continue
                        number = int(fields["id"])
                        if number != last + 1 and fields["event"] != "run.completed":
                            self.tally.wrong.append(f"{run}: event {number} after {last}")
                        if fields["event"] == "run.completed":
                            if number != last + 1:
                                self.tally.wrong.append(f"{run}: the end is {number} after {last}")
                            writer.close()
                            return json.loads(fields["data"])["answer"]
                        last = number
                        if leaves_after is not None and number >= leaves_after:
                            writer.close()
                            raise Gone("left")
                writer.close()
                raise Gone("the stream ended early")
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError) as error:
                self.tally.failed(Gone(repr(error)))
            except Gone as gone:
                if str(gone) != "left":
                    self.tally.failed(gone)
            self.tally.reconnects += 1
            await asyncio.sleep(0.1 + 0.4 * self.random.random())


# --------------------------------------------------------------------------------------------------------- the model

def filled(schema: dict, name: str = ""):
    """Something of that shape: the query where one is asked for."""
    if name == "sql":
        return "SELECT sensor, COUNT(*) AS readings FROM readings GROUP BY sensor"
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return filled(schema[choice][0], name)
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        wanted = schema.get("required", schema.get("properties", {}))
        return {key: filled(schema["properties"][key], key) for key in wanted}
    return {"array": [], "boolean": True, "number": 0.9, "integer": 1, "null": None}.get(kind, "readings")


async def model_double(port: int, seconds: float):
    async def serve(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next((int(l.split(":")[1]) for l in head.splitlines() if l.lower().startswith("content-length")), 0)
                request = json.loads(await reader.readexactly(length) or b"{}")
                await asyncio.sleep(seconds)
                schema = request.get("response_format", {}).get("json_schema", {}).get("schema", {})
                said = json.dumps(filled(schema)) if schema else "readings"
                usage = {"prompt_tokens": 500, "completion_tokens": 50, "total_tokens": 550}
                if request.get("stream"):
                    chunk = {"choices": [{"index": 0, "delta": {"content": said}, "finish_reason": None}]}
                    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}
                    body = f"data: {json.dumps(chunk)}\n\ndata: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode()
                    kind = "text/event-stream"
                else:
                    message = {"role": "assistant", "content": said}
                    body = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                                       "usage": usage}).encode()
                    kind = "application/json"
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port)


# -------------------------------------------------------------------------------------------------------- the cluster

class Cluster:
    def __init__(self, args, work: pathlib.Path):
        self.args, self.work = args, work
        self.model, self.proxy, self.pg = free_port(), free_port(), free_port()
        self.engines = {name: free_port() for name in ENGINES if not args.embedded}
        self.ports = [free_port() for _ in range(args.replicas)]
        self.names = [f"replica-{i}" for i in range(args.replicas)] + [f"worker-{i}" for i in range(args.workers)]
        self.processes, self.memory, self.started = {}, {}, {}
        self.bin = pathlib.Path(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        self.environment = {
            **os.environ,
            "DATAFYME_METADATA__URL": f"postgres://datafyme@127.0.0.1:{self.pg}/postgres",
            "DATAFYME_METADATA__PASSWORD": "datafyme",
            "DATAFYME_METADATA__KEY": base64.b64encode(bytes(32)).decode(),
            "DATAFYME_MODEL__PROVIDER": "openai",
            "DATAFYME_MODEL__NAME": "double",
            "DATAFYME_MODEL__BASE_URL": f"http://127.0.0.1:{self.model}/v1",
            "DATAFYME_MODEL__API_KEY": "k",
            "DATAFYME_MODEL__CONCURRENCY": "64",
            "DATAFYME_WORKER__RUNS": str(args.runs),
            "DATAFYME_SERVER__ALLOWED_HOSTS": '["localhost"]',
        }
        if self.engines:
            self.environment |= {
                "DATAFYME_SEARCH__URL": f"milvus://127.0.0.1:{self.engines['milvus']}",
                "DATAFYME_GRAPH__URL": f"neo4j://neo4j@127.0.0.1:{self.engines['neo4j']}",
                "DATAFYME_GRAPH__PASSWORD": "datafyme",
            }

    def as_postgres(self, *command):
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
        return subprocess.run([*prefix, *map(str, command)], cwd="/", check=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)

    def start_postgres(self):
        data = self.work / "pg" / "data"
        if not data.exists():
            data.parent.mkdir()
            (data.parent / "password").write_text("datafyme\n")
            if os.getuid() == 0:
                for path in (data.parent, data.parent / "password"):
                    shutil.chown(path, "postgres", "postgres")
            self.as_postgres(self.bin / "initdb", "-D", data, "-U", "datafyme", f"--pwfile={data.parent / 'password'}",
                             "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        # A commit that was answered is there after a crash of the server: only that of the machine is left out.
        options = (f"-p {self.pg} -k '{data.parent}' -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 "
                   "-c shared_buffers=64MB")
        self.as_postgres(self.bin / "pg_ctl", "-D", data, "-l", data.parent / "log", "-w", "-t", "60", "start", "-o", options)

    def stop_postgres(self, mode="immediate"):
        self.as_postgres(self.bin / "pg_ctl", "-D", self.work / "pg" / "data", "-m", mode, "-w", "stop")

    def start_engine(self, name: str):
        script, port = pathlib.Path("scripts") / f"{name}.sh", str(self.engines[name])
        subprocess.run([script, "start", self.work / name, "--port", port], check=True, stdout=subprocess.DEVNULL)

    def stop_engine(self, name: str):
        subprocess.run([pathlib.Path("scripts") / f"{name}.sh", "stop", self.work / name], check=True)

    def start_nginx(self):
        servers = "\n".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in self.ports)
        text = pathlib.Path("deploy/nginx.conf").read_text()
        begin, end = text.index("upstream datafyme {"), text.index("}", text.index("upstream datafyme {"))
        text = text[:begin] + "upstream datafyme {\n" + servers + "\nkeepalive 32;\n" + text[end:]
        kept = [line for line in text.splitlines() if not line.strip().startswith(("ssl_", "auth_basic"))]
        text = "\n".join(kept).replace("listen 443 ssl;", f"listen 127.0.0.1:{self.proxy};")
        text = text.replace("server_name datafyme.example;", "server_name localhost;")
        temporary = "".join(f"{kind}_temp_path {self.work}/{kind};\n" for kind in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        conf = self.work / "nginx.conf"
        conf.write_text(f"worker_processes 1; daemon off; pid {self.work}/nginx.pid;\nerror_log {self.work}/nginx.log;\n"
                        f"events {{ worker_connections 4096; }}\nhttp {{ access_log off;\n{temporary}{text}\n}}\n")
        self.processes["nginx"] = subprocess.Popen(["nginx", "-c", conf, "-e", self.work / "nginx.log"])

    def start(self, name: str):
        command = [self.args.binary, "--data-dir", self.work / name]
        kind, number = name.split("-")
        command += ["serve", "--listen", f"127.0.0.1:{self.ports[int(number)]}"] if kind == "replica" else ["worker"]
        log = open(self.work / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.started[name] = time.monotonic()

    def stop(self, name: str, how: signal.Signals):
        self.processes[name].send_signal(how)
        return self.processes[name].wait(timeout=40)

    async def watch_memory(self):
        while True:
            for name in self.names:
                process = self.processes.get(name)
                try:
                    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
                    kib = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS"))
                    self.memory.setdefault(name, []).append((process.pid, time.monotonic() - self.started[name], kib / 1024))
                except (OSError, StopIteration, AttributeError):
                    pass
            await asyncio.sleep(1)

    def flatness(self):
        """Of each process that lived on for a while: MiB after a third of its life, and at its end."""
        lives = {}
        for name, samples in self.memory.items():
            for pid in {pid for pid, _, _ in samples}:
                life = [(age, mib) for p, age, mib in samples if p == pid]
                if life[-1][0] > 40:
                    third = next(mib for age, mib in life if age >= life[-1][0] / 3)
                    lives[f"{name}/{pid}"] = {"third": round(third, 1), "end": round(life[-1][1], 1),
                                              "most": round(max(mib for _, mib in life), 1), "seconds": round(life[-1][0])}
        return lives

    async def chaos(self, until: float, report: list):
        """Each part in turn: killed, away for some seconds, back."""
        turns = []
        for i in range(max(self.args.replicas, self.args.workers)):
            turns += [n for n in (f"replica-{i}", f"worker-{i}") if n in self.names]
            turns += ["postgres", *self.engines]
        turn = 0
        while time.monotonic() + self.args.away + 2 < until:
            await asyncio.sleep(self.args.between)
            if time.monotonic() + self.args.away + 2 > until:
                return
            name = turns[turn % len(turns)]
            # Every other time in good order, as at a rolling restart.
            how = signal.SIGTERM if (turn // len(turns)) % 2 else signal.SIGKILL
            turn += 1
            report.append(f"{name} {'SIGKILL' if name in self.engines else 'restarted' if name == 'postgres' else how.name}")
            if name == "postgres":
                await asyncio.to_thread(self.stop_postgres)
                await asyncio.sleep(self.args.away)
                await asyncio.to_thread(self.start_postgres)
            elif name in self.engines:
                await asyncio.to_thread(self.stop_engine, name)
                await asyncio.sleep(self.args.away)
                await asyncio.to_thread(self.start_engine, name)
            else:
                await asyncio.to_thread(self.stop, name, how)
                await asyncio.sleep(self.args.away)
                self.start(name)

    def end(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
        for name in self.engines:
            self.stop_engine(name)
        try:
            self.stop_postgres()
        except subprocess.CalledProcessError:
            pass


def make_source(file: pathlib.Path):
    with sqlite3.connect(file) as database:
        database.executescript("""
            CREATE TABLE sensors (sensor_id INTEGER PRIMARY KEY, place TEXT);
            CREATE TABLE readings (reading_id INTEGER PRIMARY KEY, sensor_id INTEGER REFERENCES sensors (sensor_id),
                                   sensor TEXT, temperature REAL);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
            INSERT INTO sensors SELECT i, 'place ' || i FROM n;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            INSERT INTO readings SELECT i, 1 + i % 20, 'sensor ' || (i % 20), (i * 31 % 997) / 10.0 FROM n;""")


async def learn(cluster: Cluster, user: User, file: pathlib.Path) -> str:
    while True:
        _, made = await user.call("POST", "/sources", {"name": "rows", "url": str(file)})
        if "source" in made:
            break
        await asyncio.sleep(0.5)
    job = made["job"]["id"]
    while (seen := (await user.call("GET", f"/jobs/{job}"))[1])["status"] in ("queued", "running"):
        await asyncio.sleep(0.2)
    if seen["status"] != "succeeded":
        raise SystemExit(f"the data source was not learned: {seen}")
    # Each replica must have followed before it is asked.
    for port in cluster.ports:
        direct = User(port, made["source"]["id"], Tally(), 1, 0)
        while True:
            _, conversation = await direct.call("POST", "/conversations", {"source_id": direct.source})
            _, run = await direct.call("POST", f"/conversations/{conversation['id']}/runs", {"question": QUESTIONS[0]})
            if (await direct.follow(run["id"]))["status"] == "answered":
                break
            await asyncio.sleep(0.5)
    return made["source"]["id"]


async def check_ends(port: int, tally: Tally) -> int:
    """Every question that was put has one message of the assistant, no more and no less."""
    conversations = {}
    for conversation, run in tally.runs:
        conversations.setdefault(conversation, set()).add(run)
    judge = User(port, "", tally, 1, 0)
    for conversation, runs in conversations.items():
        _, messages = await judge.call("GET", f"/conversations/{conversation}/messages")
        for role in ("user", "assistant"):
            of_role = sorted(i["message"]["run_id"] for i in messages["items"] if i["message"]["role"] == role)
            if of_role != sorted(runs):
                tally.wrong.append(f"{conversation}: {len(runs)} questions, {len(of_role)} messages of the {role}")
    return len(tally.runs)


def quantile(values, q):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(q * len(values)))] * 1000) if values else None


async def main(args) -> int:
    work = pathlib.Path(tempfile.mkdtemp(prefix="datafyme-load-"))
    work.chmod(0o755)
    cluster, tally, killed = Cluster(args, work), Tally(), []
    try:
        cluster.start_postgres()
        for name in cluster.engines:
            cluster.start_engine(name)
        double = await model_double(cluster.model, args.model_ms / 1000)
        for name in cluster.names:
            cluster.start(name)
        cluster.start_nginx()
        make_source(work / "rows.sqlite")
        source = await learn(cluster, User(cluster.proxy, "", Tally(), 1, 0), work / "rows.sqlite")
        memory = asyncio.create_task(cluster.watch_memory())
        began = time.monotonic()
        until = began + args.seconds
        users = [User(cluster.proxy, source, tally, args.think, seed) for seed in range(args.users)]
        chaos = asyncio.create_task(cluster.chaos(until, killed)) if args.between else asyncio.create_task(asyncio.sleep(0))
        living = [asyncio.create_task(user.live(until)) for user in users]
        _, late = await asyncio.wait(living, timeout=args.seconds + 120)
        await chaos
        for task in living:
            if task.done() and task.exception():
                tally.wrong.append(repr(task.exception()))
        tally.wrong += [f"{len(late)} users still wait for an answer"] if late else []
        seconds = time.monotonic() - began
        asked = await check_ends(cluster.proxy, tally)
        memory.cancel()
        double.close()
        report = {
            "replicas": args.replicas, "workers": args.workers, "engines": list(cluster.engines), "users": args.users, "seconds": round(seconds, 1),
            "think_s": args.think, "questions": asked, "ended": len(tally.took),
            "questions_per_s": round(len(tally.took) / seconds, 2), "statuses": tally.statuses,
            "p50_ms": quantile(tally.took, 0.5), "p90_ms": quantile(tally.took, 0.9), "p99_ms": quantile(tally.took, 0.99),
            "requests": tally.requests, "failed_requests": tally.failed_requests,
            "error_rate": round(tally.failed_requests / max(1, tally.requests), 5),
            "failures": dict(sorted(tally.failures.items(), key=lambda kv: -kv[1])[:8]),
            "reconnects": tally.reconnects, "killed": killed, "memory_mib": cluster.flatness(),
            "violations": len(tally.wrong), "first_violations": tally.wrong[:10],
        }
        print(json.dumps(report, indent=1))
        return 1 if tally.wrong or asked != len(tally.took) else 0
    finally:
        cluster.end()
        if args.keep:
            print(f"logs: {work}", file=sys.stderr)
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=16, help="questions at once in one process")
    parser.add_argument("--think", type=float, default=8.0, help="seconds between a user's questions, on average")
    parser.add_argument("--model-ms", type=float, default=300)
    parser.add_argument("--between", type=float, default=12.0, help="seconds between two kills; 0 kills nothing")
    parser.add_argument("--away", type=float, default=3.0, help="seconds that a killed part is away")
    parser.add_argument("--embedded", action="store_true", help="no Milvus and no Neo4j (for a binary without them)")
    parser.add_argument("--keep", action="store_true", help="keep the logs")
    sys.exit(asyncio.run(main(parser.parse_args())))
