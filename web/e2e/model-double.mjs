// A stand-in for a provider of language models that speaks OpenAI's chat completions: key, list of models, whole
// replies and streams, replies held to a JSON schema or given as a tool call.
import { createServer } from "node:http";

const WORDS = { "content-type": "application/json" };
const USAGE = { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 };

/** A value of the least kind that fits a JSON schema: enough where a scenario does not care what is said. */
function least(schema, root = schema) {
  if (schema.$ref) return least(schema.$ref.split("/").slice(1).reduce((at, key) => at[key], root), root);
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return least(first, root);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, least(one, root)]));
  }
  return { string: "", boolean: false, integer: 0, number: 0, array: [] }[type] ?? null;
}

/** What is asked for, and in which form: a schema, a tool, or words alone. */
function wish({ response_format: format, tools, tool_choice: choice }) {
  const tool = tools?.find((one) => one.function.name === choice?.function?.name) ?? (choice === "required" ? tools?.[0] : undefined);
  if (tool) return { task: tool.function.name, schema: tool.function.parameters, asTool: true };
  const { name, schema } = format?.json_schema ?? {};
  return { task: name, schema };
}

/**
 * Starts a provider at a free port. `replies` has what it says to each task; `key` is the one that it takes.
 * Gives its address, the tasks that it was asked so far, and the function that ends it.
 */
export async function startProvider({ key, replies, models }) {
  const asked = [];
  const refuse = (res, status, message) => res.writeHead(status, WORDS).end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));

  function complete(res, request) {
    const { task, schema, asTool } = wish(request);
    asked.push(task ?? "words");
    const said = schema ? JSON.stringify(replies[task] ?? least(schema)) : "hello";
    const message = asTool
      ? { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: task, arguments: said } }] }
      : { role: "assistant", content: said };
    const finish_reason = asTool ? "tool_calls" : "stop";
    if (!request.stream) {
      return res.writeHead(200, WORDS).end(JSON.stringify({ id: "c1", object: "chat.completion", model: request.model, choices: [{ index: 0, message, finish_reason }], usage: USAGE }));
    }
    res.writeHead(200, { "content-type": "text/event-stream" });
    const send = (choices, usage) => res.write(`data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", choices, ...(usage ? { usage } : {}) })}\n\n`);
    const delta = asTool ? { tool_calls: message.tool_calls.map((one, index) => ({ index, ...one })) } : undefined;
    if (delta) send([{ index: 0, delta, finish_reason: null }]);
    else for (const content of said.match(/[\s\S]{1,8}/g)) send([{ index: 0, delta: { content }, finish_reason: null }]);
    send([{ index: 0, delta: {}, finish_reason }]);
    send([], USAGE);
    return res.end("data: [DONE]\n\n");
  }

  const server = createServer(async (req, res) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    if (req.headers.authorization !== `Bearer ${key}`) return refuse(res, 401, "Incorrect API key provided.");
    if (req.url === "/v1/models") return res.writeHead(200, WORDS).end(JSON.stringify({ object: "list", data: models.map((id) => ({ id, object: "model" })) }));
    if (req.url === "/v1/chat/completions") return complete(res, JSON.parse(text));
    return refuse(res, 404, "no such path");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    asked,
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
