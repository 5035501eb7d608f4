"""The calls of one question of ours, as a LangGraph graph: one node a call, in order, on the same model double.

Usage: langgraph_peer.py BASE_URL CALLS.jsonl [--concurrency 16] [--seconds 10]

Each line of CALLS.jsonl is the body of one chat completion, as our own run sent it: the graph sends the same messages
and asks for the same structured output. State is kept in memory only (no checkpointer), logs and tracing are off.
Prints one line of JSON: questions per second, p50 and p95 in milliseconds, resident memory in KiB.
"""

import argparse
import asyncio
import json
import os
import time
from typing import Any, TypedDict

os.environ.setdefault("LANGSMITH_TRACING", "false")

from langchain_openai import ChatOpenAI  # noqa: E402
from langgraph.graph import END, START, StateGraph  # noqa: E402


class State(TypedDict, total=False):
    question: str
    replies: list[Any]


def as_messages(body: dict) -> list[tuple[str, str]]:
    return [(m["role"], m["content"]) for m in body["messages"]]


def node(model: ChatOpenAI, body: dict):
    messages = as_messages(body)
    form = (body.get("response_format") or {}).get("json_schema")
    runnable = model
    if form:
        schema = {**form["schema"], "title": form["name"], "description": form["name"]}
        runnable = model.with_structured_output(schema, method="json_schema")

    async def call(state: State) -> State:
        reply = await runnable.ainvoke(messages)
        return {"replies": [*state.get("replies", []), reply]}

    return call


def build(base_url: str, bodies: list[dict]):
    model = ChatOpenAI(model="double", base_url=base_url, api_key="none", max_retries=2, timeout=30)
    graph = StateGraph(State)
    names = [f"call_{i}" for i in range(len(bodies))]
    for name, body in zip(names, bodies):
        graph.add_node(name, node(model, body))
    graph.add_edge(START, names[0])
    for here, there in zip(names, names[1:] + [END]):
        # Decided by the reply, as the edges of ours are.
        graph.add_conditional_edges(here, lambda state, there=there: there if state["replies"] else END, [there, END])
    return graph.compile()


async def measure(graph, concurrency: int, seconds: float) -> dict:
    times: list[float] = []
    await graph.ainvoke({"question": "warm-up"})
    stop = time.perf_counter() + seconds

    async def client() -> None:
        while time.perf_counter() < stop:
            began = time.perf_counter()
            await graph.ainvoke({"question": "q"})
            times.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    wall = time.perf_counter() - began
    times.sort()
    return {
        "questions": len(times),
        "per_second": len(times) / wall,
        "p50_ms": times[len(times) // 2],
        "p95_ms": times[int(len(times) * 0.95)],
        "rss_kib": resident_kib(),
    }


def resident_kib() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("base_url")
    args.add_argument("calls")
    args.add_argument("--concurrency", type=int, default=16)
    args.add_argument("--seconds", type=float, default=10)
    given = args.parse_args()
    with open(given.calls, encoding="utf-8") as lines:
        bodies = [json.loads(line) for line in lines if line.strip()]
    graph = build(given.base_url, bodies)
    print(json.dumps(asyncio.run(measure(graph, given.concurrency, given.seconds))))


if __name__ == "__main__":
    main()
