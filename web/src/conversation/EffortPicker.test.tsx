// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { ModelRole } from "../api/model";
import { fakeApi, problem } from "../testing/fake-api";
import { aModel, list } from "../testing/models";
import { renderPage } from "../testing/render-page";
import { NewConversation } from "./NewConversation";

const source = {
  id: "s",
  owner_id: "u",
  name: "sales",
  dialect: "sqlite",
  location: "sqlite://sales.db",
  status: "ready",
  table_count: 3,
  created_at: "2026-01-01T00:00:00Z",
};

function show(roles: ModelRole[], more: Parameters<typeof fakeApi>[0] = {}) {
  const api = fakeApi({
    "GET /sources": list(source),
    "GET /sources/s/suggestions": list(),
    "GET /models": list(aModel({ roles })),
    "POST /conversations": { id: "c" },
    "POST /conversations/c/runs": { id: "r", conversation_id: "c" },
    ...more,
  });
  return { api, ...renderPage(<NewConversation />) };
}
const picker = (level: string) => screen.findByRole("button", { name: `Effort: ${level}` });

describe("the choice of effort", () => {
  it("leaves it to the server until one chooses", async () => {
    const { api, user } = show(["reason"]);
    await picker("Usual");
    await user.type(screen.getByLabelText("Your question"), "Why?{Enter}");
    expect(api.bodies("POST", "/conversations/c/runs")).toEqual([{ question: "Why?" }]);
  });

  it("is sent with the question, and remembered", async () => {
    const { api, user } = show(["reason"]);
    await user.click(await picker("Usual"));
    await user.click(await screen.findByRole("menuitem", { name: /^High/ }));
    await user.type(screen.getByLabelText("Your question"), "Why?{Enter}");
    await picker("High");
    expect(api.bodies("POST", "/conversations/c/runs")).toEqual([{ question: "Why?", effort: "high" }]);
    cleanup();
    show(["reason"]);
    await picker("High");
  });

  it("is not there, and not sent, where no model reasons", async () => {
    localStorage.setItem("datafyme-effort", "high");
    const { api, user } = show(["embed"]);
    await user.type(await screen.findByLabelText("Your question"), "Why?{Enter}");
    expect(screen.queryByRole("button", { name: /^Effort/ })).toBeNull();
    expect(api.bodies("POST", "/conversations/c/runs")).toEqual([{ question: "Why?" }]);
  });

  it("does not stand in the way where models may not be seen", async () => {
    const { api, user } = show([], { "GET /models": problem(403, "forbidden", "only administrators may") });
    await user.type(await screen.findByLabelText("Your question"), "Why?{Enter}");
    expect(api.bodies("POST", "/conversations/c/runs")).toEqual([{ question: "Why?" }]);
  });

  it("does not take a remembered text for an effort that is none", async () => {
    localStorage.setItem("datafyme-effort", "enormous");
    show(["reason"]);
    await picker("Usual");
  });
});
