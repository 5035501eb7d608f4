import { afterEach, describe, expect, it, vi } from "vitest";
import { api, read } from "./client";
import { ApiError, toProblem } from "./problem";

const body = { type: "urn:x", title: "Conflict", status: 409, detail: "the name 'a' is taken; choose another", code: "conflict" };

function answer(status: number, text: string, type = "application/problem+json") {
  vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response(text, { status, headers: { "content-type": type } }))));
}

async function failure(): Promise<ApiError> {
  const error: unknown = await read(api.GET("/api/v1/sources", { baseUrl: "http://test" })).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

afterEach(() => vi.unstubAllGlobals());

describe("problems", () => {
  it("carries the server's words and code to the caller", async () => {
    answer(409, JSON.stringify(body));
    const error = await failure();
    expect([error.message, error.code, error.problem.title]).toEqual([body.detail, "conflict", "Conflict"]);
    expect(error.isRetryable).toBe(false);
  });

  it("takes a gateway's page for an unreachable server", async () => {
    answer(502, "<html>Bad gateway</html>", "text/html");
    expect((await failure()).isUnreachable).toBe(true);
  });

  it("takes a refused connection for an unreachable server", async () => {
    vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new TypeError("Failed to fetch"))));
    const error = await failure();
    expect([error.isUnreachable, error.isRetryable]).toEqual([true, true]);
  });

  it("names the status where the body says nothing", () => {
    expect(toProblem(500, "oops")).toMatchObject({ status: 500, code: "internal", detail: "The server answered with status 500." });
    expect(toProblem(404, { detail: 7 }).detail).toBe("");
    expect(new ApiError(toProblem(404, { title: "Not found" })).message).toBe("Not found");
  });

  it("keeps a problem of the data source apart from an unreachable server", () => {
    expect(toProblem(503, { ...body, status: 503, code: "unavailable" }).code).toBe("unavailable");
  });

  it("gives the body of a success", async () => {
    answer(200, JSON.stringify({ items: [], next_cursor: null }), "application/json");
    expect(await read(api.GET("/api/v1/sources", { baseUrl: "http://test" }))).toEqual({ items: [], next_cursor: null });
  });
});
