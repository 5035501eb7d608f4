import { vi } from "vitest";

/** A call that the page made. */
export interface Call {
  method: string;
  path: string;
  body: unknown;
  /** The language that texts are asked for in. */
  language: string;
}

/** What an address answers: a body, or a status with one, or what a function makes of the call. */
type Reply = Response | object;
type Handler = Reply | ((call: Call) => Reply);

/** An answer with another status than 200; from 400 on it is a problem. */
export function reply(status: number, body: unknown): Response {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "content-type": type } });
}

/** A problem as the server words it. */
export const problem = (status: number, code: string, detail: string): Response =>
  reply(status, { type: `urn:datafyme:problem:${code}`, title: code, status, detail, code });

/** Stands in for the server at the level of `fetch`. Addresses that it does not know answer 404. */
export function fakeApi(routes: Record<string, Handler>) {
  const calls: Call[] = [];
  const fetch = async (input: Request | string): Promise<Response> => {
    const request = typeof input === "string" ? new Request(input) : input;
    const text = await request.text();
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const language = request.headers.get("accept-language") ?? "";
    const call: Call = { method: request.method, path, body: text ? (JSON.parse(text) as unknown) : undefined, language };
    calls.push(call);
    const handler = routes[`${call.method} ${path}`];
    if (handler === undefined) return problem(404, "not_found", `there is no ${call.method} ${path}`);
    const answer: Reply = typeof handler === "function" ? (handler as (call: Call) => Reply)(call) : handler;
    return answer instanceof Response ? answer.clone() : reply(200, answer);
  };
  vi.stubGlobal("fetch", vi.fn(fetch));
  return {
    /** Bodies of the calls of a method and path, in their order. */
    bodies: (method: string, path: string) => calls.filter((c) => c.method === method && c.path === path).map((c) => c.body),
  };
}
