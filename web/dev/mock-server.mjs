// A stand-in for the API with made-up data, and the built pages under the real content security policy.
// Usage: node dev/mock-server.mjs [PORT] [--no-models]
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as fixtures from "./fixtures.mjs";

const port = Number(process.argv[2] ?? 7878);
const dist = join(import.meta.dirname, "..", "dist");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
  "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const { sources } = fixtures;
const models = process.argv.includes("--no-models") ? [] : fixtures.models;
const jobs = new Map([["j2", fixtures.job("j2", "s2")]]);
const conversations = [];
const messages = new Map();
const runs = new Map();
let last = 0;
const id = (kind) => `${kind}${++last}`;

const json = (res, status, body) => {
  res.writeHead(status, { "content-type": status >= 400 ? "application/problem+json" : "application/json" });
  res.end(status === 204 ? undefined : JSON.stringify(body));
};
const problem = (res, status, code, detail) =>
  json(res, status, { type: `urn:datafyme:${code}`, title: code.replaceAll("_", " "), status, detail, code });
const list = (items, next_cursor = null) => ({ items, next_cursor });

function newConversation(source_id, title = "") {
  const conversation = { id: id("c"), owner_id: "u", source_id, title, created_at: fixtures.ago(0), updated_at: fixtures.ago(0) };
  conversations.unshift(conversation);
  messages.set(conversation.id, []);
  return conversation;
}

function newRun(conversation, question, ended = false) {
  const run = {
    id: id("r"), owner_id: "u", conversation_id: conversation.id, message_id: id("m"), source_id: conversation.source_id, question,
    status: "running", cancel_requested: false, created_at: fixtures.ago(0), answer: null, finished_at: null,
  };
  if (ended) finish(run, fixtures.answerTo(question));
  runs.set(run.id, run);
  const message = { id: run.message_id, conversation_id: conversation.id, role: "user", text: question, run_id: run.id, created_at: run.created_at };
  messages.get(conversation.id).push({ message, run });
  conversation.title ||= question.slice(0, 60);
  return run;
}

const finish = (run, answer) => Object.assign(run, { answer, status: answer.status, finished_at: fixtures.ago(0) });
const stepOf = (run, [stage, summary, duration_ms], seq) => ({
  id: `${run.id}-${seq}`, run_id: run.id, seq, stage, status: "completed", outcome: "{}", summary, started_at: run.created_at, duration_ms,
  calls: run.question.includes("elyik") ? (fixtures.callsOf[stage] ?? []) : [],
});

function stream(res) {
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  return (event, data, eventId) => res.write(`${eventId ? `id: ${eventId}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

async function runEvents(res, run) {
  const send = stream(res);
  for (const [seq, stage] of fixtures.stages.entries()) {
    send("step.started", { type: "step.started", seq, stage: stage[0] }, 2 * seq + 1);
    if (run.status === "running") await wait(run.question.includes("slow") ? 1500 : 120);
    if (run.cancel_requested && run.status === "running") {
      finish(run, { status: "cancelled", kind: "text", text: "Cancelled." });
      break;
    }
    send("step.completed", { type: "step.completed", step: stepOf(run, stage, seq) }, 2 * seq + 2);
  }
  if (run.status === "running") finish(run, fixtures.answerTo(run.question));
  send("run.completed", { type: "run.completed", answer: run.answer }, 99);
  res.end();
}

async function jobEvents(res, job) {
  const send = stream(res);
  const source = sources.find((s) => s.id === job.source_id);
  const phases = ["introspect", "profile", "document", "relate", "index"];
  for (let done = job.progress.done; done < 26 && !job.cancel_requested; done += 1) {
    job.progress = { phase: phases[Math.floor(done / 6)], done, total: 26, current: `public.table_${done}`, seconds_left: 26 - done };
    send("job.progress", job);
    await wait(700);
  }
  job.status = job.cancel_requested ? "cancelled" : "succeeded";
  Object.assign(source, job.cancel_requested ? { status: "error", status_detail: "learning was cancelled" } : { status: "ready", learned_at: fixtures.ago(0) });
  send("job.completed", job);
  res.end();
}

function addSource(res, { name, url }) {
  if (sources.some((s) => s.name === name)) return problem(res, 409, "conflict", `a data source named '${name}' exists already; choose another name`);
  if (!/^(sqlite|postgres):/.test(url)) {
    return problem(res, 400, "invalid_input", `'${url}' is no data source URL; give postgres://user:password@host:port/database or sqlite:///path/to/file`);
  }
  const source = { ...sources[1], id: id("s"), name, location: url.replace(/:[^:@/]+@/, "@"), status: "loading", table_count: 0, learned_at: null };
  const job = fixtures.job(id("j"), source.id);
  sources.push(source);
  jobs.set(job.id, job);
  return json(res, 201, { source, job });
}

function addModel(res, { api_key, ...spec }) {
  if (models.some((m) => m.name === spec.name)) return problem(res, 409, "conflict", `a language model named '${spec.name}' exists already; choose another name`);
  const model = { id: id("l"), owner_id: "u", headers: {}, roles: [], ...spec, has_key: Boolean(api_key), created_at: fixtures.ago(0) };
  models.push(model);
  return json(res, 201, model);
}

function testModel(res, model) {
  if (model.name.includes("wrong")) return json(res, 200, { ok: false, latency_ms: 210, error: "the provider refused the key (401): Incorrect API key provided" });
  model.abilities = { structured: "tool", streaming: true, tools: true };
  return json(res, 200, { ok: true, latency_ms: 431, abilities: model.abilities });
}

function assignRoles(res, roles) {
  for (const model of models) {
    model.roles = ["reason", "fast", "embed"].filter((role) => (role in roles ? roles[role] === model.id : model.roles.includes(role)));
  }
  return json(res, 200, list(models));
}

const ROUTES = [
  ["GET", "/models", (res) => json(res, 200, list(models))],
  ["POST", "/models", (res, { body }) => addModel(res, body)],
  ["POST", "/models/discover", (res, { body }) =>
    body.base_url?.includes("8000") ? problem(res, 503, "unavailable", "could not connect to 127.0.0.1:8000: connection refused; is the server running?") : json(res, 200, { models: ["qwen3:8b", "qwen3:32b", "gpt-oss:20b"] })],
  ["PUT", "/models/roles", (res, { body }) => assignRoles(res, body)],
  ["GET", "/models/spend", (res) => json(res, 200, { today: { calls: 212, tokens: 812_400, cost_micros: 4_120_400 }, day_tokens: 2_000_000, day_cost_micros: 5_000_000 })],
  ["POST", "/models/:id/test", (res, { one }) => testModel(res, one.model)],
  ["PATCH", "/models/:id", (res, { one, body: { api_key, ...spec } }) => json(res, 200, Object.assign(one.model, spec, { has_key: api_key === undefined ? one.model.has_key : api_key !== null }))],
  ["DELETE", "/models/:id", (res, { one }) => (models.splice(models.indexOf(one.model), 1), json(res, 204))],
  ["GET", "/health", (res) => json(res, 200, { status: "ok", version: "0.1.0-mock" })],
  ["GET", "/sources", (res) => json(res, 200, list(sources))],
  ["POST", "/sources", (res, { body }) => addSource(res, body)],
  ["POST", "/sources/test", (res, { body }) =>
    body.url.startsWith("sqlite") ? json(res, 200, { version: "SQLite 3.51.0", latency_ms: 1.4 }) : problem(res, 503, "unavailable", "could not connect to db.example:5432: the name does not resolve")],
  ["GET", "/sources/:id", (res, { one }) => (one.source ? json(res, 200, one.source) : problem(res, 404, "not_found", "there is no such data source"))],
  ["DELETE", "/sources/:id", (res, { one }) => (sources.splice(sources.indexOf(one.source), 1), json(res, 204))],
  ["GET", "/sources/:id/suggestions", (res) => json(res, 200, list(fixtures.suggestions))],
  ["GET", "/sources/:id/tables", (res, { query }) => json(res, 200, list(query.q ? fixtures.tables.slice(0, 2).map((t) => ({ ...t, score: 1, reasons: ["its name is in the question"] })) : fixtures.tables))],
  ["GET", "/sources/:id/tables/detail", (res) => json(res, 200, fixtures.detail)],
  ["GET", "/sources/:id/relations", (res) => json(res, 200, list(fixtures.relations))],
  ["POST", "/sources/:id/test", (res) => json(res, 200, { version: "SQLite 3.51.0", latency_ms: 0.8 })],
  ["POST", "/sources/:id/pause", (res, { one }) => json(res, 200, Object.assign(one.source, { status: "paused" }))],
  ["POST", "/sources/:id/resume", (res, { one }) => json(res, 200, Object.assign(one.source, { status: "ready" }))],
  ["POST", "/sources/:id/learn", (res, { one }) => {
    const job = fixtures.job(id("j"), one.source.id);
    jobs.set(job.id, job);
    Object.assign(one.source, { status: "loading", status_detail: null });
    json(res, 202, job);
  }],
  ["GET", "/jobs", (res, { query }) => json(res, 200, list([...jobs.values()].filter((j) => j.source_id === query.source_id).reverse()))],
  ["POST", "/jobs/:id/cancel", (res, { one }) => json(res, 200, Object.assign(one.job, { cancel_requested: true }))],
  ["GET", "/jobs/:id/events", (res, { one }) => jobEvents(res, one.job)],
  ["GET", "/conversations", (res, { query }) => {
    const from = Number(query.cursor ?? 0);
    const to = from + Number(query.limit ?? 30);
    json(res, 200, list(conversations.slice(from, to), to < conversations.length ? String(to) : null));
  }],
  ["POST", "/conversations", (res, { body }) => json(res, 201, newConversation(body.source_id))],
  ["GET", "/conversations/:id", (res, { one }) => (one.conversation ? json(res, 200, one.conversation) : problem(res, 404, "not_found", "there is no such conversation"))],
  ["PATCH", "/conversations/:id", (res, { one, body }) => json(res, 200, Object.assign(one.conversation, { title: body.title }))],
  ["DELETE", "/conversations/:id", (res, { one }) => (conversations.splice(conversations.indexOf(one.conversation), 1), json(res, 204))],
  ["GET", "/conversations/:id/messages", (res, { one }) => json(res, 200, list(messages.get(one.conversation?.id) ?? []))],
  ["POST", "/conversations/:id/runs", (res, { one, body }) => json(res, 202, newRun(one.conversation, body.question))],
  ["GET", "/runs/:id/steps", (res, { one }) => json(res, 200, list(fixtures.stages.map((s, i) => stepOf(one.run, s, i))))],
  ["POST", "/runs/:id/cancel", (res, { one }) => json(res, 200, Object.assign(one.run, { cancel_requested: true }))],
  ["GET", "/runs/:id/events", (res, { one }) => runEvents(res, one.run)],
  ["GET", "/runs/:id/rows.csv", (res) => res.writeHead(200, { "content-type": "text/csv", "content-disposition": "attachment" }).end("month,revenue\r\n")],
  ["GET", "/runs/:id/chart", (res, { one, query }) => {
    const { answer } = one.run;
    const kind = query.kind ?? answer.chart?.kind;
    if (!["line", "bar", "pie"].includes(kind)) return problem(res, 400, "invalid_input", `these rows cannot be drawn as ${kind}`);
    return json(res, 200, { option: fixtures.optionOf(kind, answer), spec: { ...answer.chart, kind } });
  }],
];

async function api(req, res, path, query) {
  for (const [method, pattern, handle] of ROUTES) {
    const match = method === req.method && new RegExp(`^${pattern.replace(":id", "([^/]+)")}$`).exec(path);
    if (!match) continue;
    let text = "";
    for await (const chunk of req) text += chunk;
    const one = {
      source: sources.find((s) => s.id === match[1]),
      conversation: conversations.find((c) => c.id === match[1]),
      run: runs.get(match[1]),
      job: jobs.get(match[1]),
      model: models.find((m) => m.id === match[1]),
    };
    return handle(res, { one, query, body: text ? JSON.parse(text) : undefined });
  }
  return problem(res, 404, "not_found", `there is no ${req.method} ${path}`);
}

async function page(res, path) {
  const file = extname(path) ? path : "/index.html";
  try {
    const bytes = await readFile(join(dist, normalize(file)));
    res.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY }).end(bytes);
  } catch {
    res.writeHead(404).end();
  }
}

for (let i = 0; i < 40; i += 1) {
  const conversation = newConversation("s1", `Earlier question no. ${40 - i}`);
  conversation.updated_at = fixtures.ago((40 - i) * 300);
  newRun(conversation, ["Revenue per month in 2024", "Which customers have not ordered?", "How many orders have been placed?"][i % 3], true);
}
conversations.sort((a, b) => b.updated_at.localeCompare(a.updated_at));

createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  const query = Object.fromEntries(url.searchParams);
  const answered = url.pathname.startsWith("/api/v1/") ? api(req, res, url.pathname.slice(7), query) : page(res, url.pathname);
  answered.catch((error) => problem(res, 500, "internal", String(error)));
}).listen(port, "127.0.0.1", () => console.log(`mock: http://127.0.0.1:${port}`));
