import createClient, { type Middleware } from "openapi-fetch";
import { i18n } from "../i18n";
import type { paths } from "./generated/schema";
import { ApiError, toProblem, unreachable } from "./problem";

async function body(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // no JSON: the status has to do
  }
}

/** Turns every answer that is no success into an [`ApiError`], so that callers read `data` alone. */
const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw new ApiError(toProblem(response.status, await body(response)));
  },
  onError({ error }) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === "AbortError")) return error;
    return new ApiError(unreachable());
  },
};

/** Asks for texts in the language of the pages, which need not be the browser's. */
const language: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", i18n.language);
    return request;
  },
};

/** The API, typed by its OpenAPI document. */
export const api = createClient<paths>({ baseUrl: "", fetch: (request) => globalThis.fetch(request) });
api.use(problems, language);

/** The body of an answer that has one. */
export async function read<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  if (data === undefined) throw new ApiError(toProblem(200, undefined));
  return data;
}
