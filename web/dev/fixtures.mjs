// Made-up data in the shapes of the API, for work on the pages alone.
const OWNER = "00000000-0000-7000-8000-000000000001";
export const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

export const sources = [
  source("s1", "fulfillment", "sqlite", "sqlite:///srv/demo/fulfillment.db", "ready", 10),
  source("s2", "cinema", "postgres", "postgres://reader@db.example:5432/cinema", "loading", 13),
  source("s3", "archive", "postgres", "postgres://reader@old.example:5432/archive", "error", 0, {
    status_detail: "could not connect to old.example:5432: the connection was refused; check the host, the port and that the server is running",
  }),
  source("s4", "hr", "sqlite", "sqlite:///srv/hr.db", "paused", 7),
];

function source(id, name, dialect, location, status, table_count, more = {}) {
  const learned_at = status === "ready" || status === "paused" ? ago(130) : null;
  return { id, owner_id: OWNER, name, dialect, location, status, table_count, created_at: ago(3000), learned_at, ...more };
}

export function job(id, source_id) {
  const progress = { phase: "introspect", done: 0, total: 0, current: null, seconds_left: null };
  return {
    id, owner_id: OWNER, kind: "learn", source_id, status: "running", progress, error: null, attempts: 1,
    cancel_requested: false, created_at: ago(1), started_at: ago(1), finished_at: null,
  };
}

export const suggestions = [
  "How many orders were placed each month?",
  "Which 10 products brought in the most revenue?",
  "What share of orders was delivered late, by carrier?",
  "Which customers have not ordered in 2024?",
  "Average order value by country",
  "Top 5 warehouses by stock on hand",
];

const relation = (id, from, fromColumn, to, toColumn, kind, confidence, reasons, orphans = 0) => ({
  id, source_id: "s1", from_table: { table: from }, from_columns: [fromColumn], to_table: { table: to }, to_columns: [toColumn],
  kind, cardinality: "many_to_one", confidence,
  evidence: { name_score: 1, containment: 0.991, orphan_rows: orphans, child_rows: 24_180, parent_unique: true, same_type: true, reasons: [] },
  reasons,
});

export const relations = [
  relation("r1", "order_lines", "order_id", "orders", "order_id", "declared", 1, []),
  relation("r2", "order_lines", "product_id", "products", "product_id", "inferred", 0.97,
    ["99.1% of product_id values are in products", "the names are the same", "products.product_id is unique"], 218),
  relation("r3", "orders", "customer_id", "customers", "customer_id", "inferred", 0.94,
    ["all customer_id values are in customers", "customers.customer_id is unique"]),
];

export const tables = [
  { table: { table: "orders" }, kind: "table", description: "Orders placed by customers, with their dates and status.", rows: 12_400, column_count: 7, relation_count: 3 },
  { table: { table: "order_lines" }, kind: "table", description: "Lines of orders: product, quantity, price.", rows: 31_022, column_count: 6, relation_count: 2 },
  { table: { table: "products" }, kind: "table", description: "Products that are sold.", rows: 480, column_count: 8, relation_count: 4 },
  { table: { schema: "audit", table: "árváltozás" }, kind: "view", description: null, rows: null, column_count: 4, relation_count: 0 },
];

const profile = (column, distinct, null_share, min, max, top = []) => ({
  column, non_null: 12_400, null_share, distinct, min, max,
  top_values: top.map(([value, count]) => ({ value, count })), text_is_numeric: false,
});

export const detail = {
  table: {
    name: { table: "orders" }, kind: "table", comment: null, primary_key: ["order_id"], unique_keys: [], foreign_keys: [], row_estimate: 12_400,
    columns: [
      { name: "order_id", column_type: "integer", declared_type: "INTEGER", nullable: false },
      { name: "customer_id", column_type: "integer", declared_type: "INTEGER", nullable: false },
      { name: "order_date", column_type: "text", declared_type: "VARCHAR(10)", nullable: false },
      { name: "status", column_type: "text", declared_type: "VARCHAR(20)", nullable: true },
      { name: "total", column_type: "decimal", declared_type: "NUMERIC(12,2)", nullable: true },
    ],
    profile: {
      row_count: 12_400, sampled_rows: null, profiled_at: ago(130),
      columns: [
        profile("order_id", 12_400, 0, 1, 12_400),
        profile("customer_id", 1_204, 0, 1, 1_310),
        profile("order_date", 730, 0, "2023-01-01", "2024-12-30"),
        profile("status", 4, 0.0004, "cancelled", "shipped", [["shipped", 9_120], ["open", 2_011], ["returned", 800], ["cancelled", 464]]),
        profile("total", 8_020, 0.02, "4.90", "18240.00"),
      ],
    },
  },
  documentation: {
    source_id: "s1", table: { table: "orders" }, generated_at: ago(130),
    business_description: "Orders placed by customers. Each has a date, a status and a total.",
    technical_description: "12,400 rows, one per order_id; order_date is a text that reads as a date (2023-01-01 to 2024-12-30).",
    columns: [
      { column: "order_id", description: "Key of the order." },
      { column: "customer_id", description: "The customer; joins customers." },
      { column: "order_date", description: "Day on which it was placed, as text YYYY-MM-DD." },
      { column: "status", description: "One of 4 values, mostly shipped." },
      { column: "total", description: "Amount of the order." },
    ],
    use_cases: ["Count and sum orders over time"], common_questions: ["How many orders were placed each month?"], synonyms: ["purchases"],
  },
  relations: relations.filter((r) => r.id !== "r2"),
};

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const revenue = months.map((_, i) => Math.round(182_000 + 60_000 * Math.sin(i / 1.9) + i * 9_000));

const checks = [
  { code: "read_only", result: "passed", detail: "One SELECT over 2 known tables; nothing in it can write." },
  { code: "tables_exist", result: "passed", detail: "orders and order_lines were learned 2 hours ago." },
  { code: "relations_known", result: "passed", detail: "order_lines.order_id → orders.order_id is a declared key." },
  { code: "fan_out", result: "passed", detail: "No row is counted twice: each line has one order." },
  { code: "complete", result: "passed", detail: "All 12 rows are shown." },
  { code: "orphans", result: "warning", detail: "218 order lines name a product that is not in products; they are part of this total." },
];

const usage = { analyst: "rules", prompt_tokens: 0, completion_tokens: 0, queries: 1, query_ms: 14, total_ms: 82 };

export const chartAnswer = {
  status: "answered", kind: "chart", truncated: false, confidence: 0.93, usage, checks,
  text: `Revenue per month in 2024 rose from 182,000 in January to ${revenue[11].toLocaleString("en")} in December; the best month was ${months[11]}.`,
  interpretation: "sum of quantity × unit_price of order_lines, by month of orders.order_date, in 2024",
  sql: `SELECT strftime('%Y-%m', o.order_date) AS month, -- text dates\n       SUM(l.quantity * l.unit_price) AS revenue\nFROM order_lines AS l\nJOIN orders AS o ON o.order_id = l.order_id\nWHERE o.order_date >= '2024-01-01' AND o.order_date < '2025-01-01'\nGROUP BY month\nORDER BY month`,
  columns: [{ name: "month", column_type: "text" }, { name: "revenue", column_type: "float" }],
  rows: months.map((_, i) => [`2024-${String(i + 1).padStart(2, "0")}`, revenue[i] + 0.5]),
  chart: { kind: "line", title: "Revenue per month in 2024", x: 0, y: [1], x_title: "Month", y_title: "Revenue", number_format: "plain", date_format: "%b %Y" },
  tables: [{ table: "orders" }, { table: "order_lines" }], relations: relations.slice(0, 2),
  suggestions: ["Show it by quarter", "Only for 2023", "Which products made December so strong?"],
};

export const tableAnswer = {
  ...chartAnswer, kind: "table", chart: null, truncated: true, checks: checks.slice(0, 5),
  text: "120 customers have not ordered in 2024. The longest without an order is Kovács és Társa Kft.",
  columns: [
    { name: "customer_id", column_type: "integer" }, { name: "name", column_type: "text" }, { name: "country", column_type: "text" },
    { name: "last_order", column_type: "date" }, { name: "lifetime_value", column_type: "decimal" },
  ],
  rows: Array.from({ length: 120 }, (_, i) => [1000 + i, `Customer ${i + 1}`, i % 7 ? "Hungary" : null, "2023-11-02", `${(93_120.5 / (i + 1)).toFixed(2)}`]),
};

export const figureAnswer = {
  ...chartAnswer, kind: "text", chart: null, text: "12,400 orders have been placed.", interpretation: "number of rows of orders",
  columns: [{ name: "orders", column_type: "integer" }], rows: [[12_400]], checks: checks.slice(0, 3), relations: [], tables: [{ table: "orders" }],
};

export const declinedAnswer = {
  status: "declined", kind: "text", usage: { ...usage, queries: 0 }, checks: [],
  text: "I found no column about the weather, so I would have to guess what you mean.",
  suggestions: ["How many orders were placed each month?", "Which carriers deliver late most often?"],
};

export const failedAnswer = {
  status: "failed", kind: "text", usage, checks: [], suggestions: [], sql: chartAnswer.sql,
  text: "The data source did not answer within 30 s. Ask for a shorter period, or try again when it is less busy.",
};

export const modelAnswer = {
  ...tableAnswer, text: "1 204 vásárlóból 86 nem rendelt 2024-ben.", interpretation: "vásárlók, akiknek 2024-ben nincs rendelésük", confidence: null,
  usage: { analyst: "house", model_calls: 4, prompt_tokens: 5_812, completion_tokens: 402, cost_micros: 18_734, queries: 2, query_ms: 31, total_ms: 6_480 },
};

const call = (task, prompt_tokens, completion_tokens, duration_ms, more = {}) => ({
  task, model: "house", prompt_hash: "9f3c1a7be25d0846", prompt_tokens, completion_tokens, duration_ms, cost_micros: prompt_tokens * 3, attempts: 1, outcome: "answered", ...more,
});

/** Calls of the stages of a run that a model reasoned in. */
export const callsOf = {
  screen: [call("screen", 412, 14, 380)],
  generate: [
    call("write_query", 2_900, 210, 3_120, { attempts: 2, outcome: "repaired" }),
    call("write_query", 2_300, 120, 2_410, { model: "local qwen", cost_micros: null, outcome: "failed", error: "connection to 127.0.0.1:11434 was refused; check that the server is running" }),
  ],
  describe: [call("describe_result", 200, 58, 570)],
};

export const models = [
  {
    id: "m1", owner_id: OWNER, name: "house", provider: "open_ai", model: "openai/gpt-oss-120b", base_url: "https://openrouter.ai/api/v1", headers: { "X-Title": "Datafyme" },
    has_key: true, input_price: 2.5, output_price: 10, roles: ["reason"], abilities: { structured: "schema", streaming: true, tools: true }, created_at: ago(900),
  },
  { id: "m2", owner_id: OWNER, name: "local qwen", provider: "open_ai", model: "qwen3:8b", base_url: "http://localhost:11434/v1", headers: {}, has_key: false, roles: ["fast", "embed"], created_at: ago(500) },
];

export function answerTo(question) {
  const q = question.toLowerCase();
  if (q.includes("melyik")) return modelAnswer;
  if (q.includes("weather")) return declinedAnswer;
  if (q.includes("fail")) return failedAnswer;
  if (q.includes("how many orders have")) return figureAnswer;
  if (q.includes("customers")) return tableAnswer;
  return q.includes("pie") ? { ...chartAnswer, chart: { ...chartAnswer.chart, kind: "pie", title: "Share of each month" } } : chartAnswer;
}

/** The option as the server would make it. */
export function optionOf(kind, answer) {
  const names = answer.rows.map((_, i) => `${months[i]} 2024`);
  const values = answer.rows.map((row) => row[1]);
  const base = {
    title: { text: answer.chart.title }, aria: { enabled: true, decal: { show: false } },
    datafyme: { kind, number_format: "plain", date_format: "%b %Y", value_axes: kind === "pie" ? [] : ["y"], dropped: 0 },
  };
  if (kind === "pie") {
    const data = names.map((name, i) => ({ name, value: values[i], label: { formatter: `${name}  8.3%` } }));
    return {
      ...base, tooltip: { trigger: "item" }, legend: { type: "scroll", bottom: 0 },
      series: [{ name: "Revenue", type: "pie", radius: ["38%", "68%"], center: ["50%", "50%"], data, label: { show: true }, labelLine: { show: true } }],
    };
  }
  return {
    ...base, tooltip: { trigger: "axis", axisPointer: { type: kind === "bar" ? "shadow" : "line" } },
    grid: { left: 16, right: 24, top: 64, bottom: 16, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: { type: "category", name: "Month", nameLocation: "middle", boundaryGap: kind === "bar", data: names, axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", name: "Revenue", nameLocation: "end" },
    series: [{ name: "Revenue", type: kind === "bar" ? "bar" : "line", data: values, showSymbol: true, symbolSize: 6 }],
  };
}

export const stages = [
  ["screen", "a question about the data", 2], ["restate", "nothing to resolve", 1], ["needs_query", "yes", 1],
  ["retrieve", "8 tables of 10 fit", 6], ["rerank", "orders, order_lines", 3], ["expand", "1 join path", 2],
  ["generate", "grouped sum over months", 12], ["check", "one SELECT, 2 tables", 4], ["execute", "12 rows", 14],
  ["choose", "a line over time", 2], ["choose_chart", "line", 1], ["map_columns", "month × revenue", 1], ["validate", "fits", 1], ["describe", "one sentence", 2],
];
