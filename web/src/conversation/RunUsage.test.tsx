// @vitest-environment happy-dom
import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Answer, ModelCall, Step } from "../api/model";
import { fakeApi } from "../testing/fake-api";
import { list } from "../testing/models";
import { renderPage } from "../testing/render-page";
import { AnswerParts } from "./AnswerParts";

const call = (more: Partial<ModelCall> = {}): ModelCall => ({
  task: "write_query",
  model: "house",
  prompt_hash: "9f3c1a7be25d0846",
  prompt_tokens: 1200,
  completion_tokens: 80,
  duration_ms: 950,
  attempts: 1,
  outcome: "answered",
  ...more,
});
const step = (seq: number, stage: string, calls?: ModelCall[]): Step => ({
  id: `s${seq}`,
  run_id: "r",
  seq,
  stage,
  status: "completed",
  outcome: "{}",
  summary: `${stage} is done`,
  started_at: "2026-01-01T00:00:00Z",
  duration_ms: 5,
  ...(calls ? { calls } : {}),
});
const byModel = {
  analyst: "house",
  model_calls: 3,
  prompt_tokens: 3600,
  completion_tokens: 240,
  cost_micros: 12_300,
  queries: 2,
  query_ms: 14,
  total_ms: 2400,
};
const answer = (usage: Answer["usage"]): Answer => ({ status: "answered", kind: "text", text: "42", usage });

async function openSteps(usage: Answer["usage"], steps: Step[]) {
  fakeApi({ "GET /runs/r/steps": list(...steps) });
  const { user } = renderPage(<AnswerParts runId="r" sourceId="s" answer={answer(usage)} />);
  await user.click(screen.getByRole("tab", { name: "Steps" }));
  return within(await screen.findByRole("list", { name: "How this was answered" }));
}
const usageText = () => screen.getByTestId("run-usage").textContent;

describe("how a question was answered", () => {
  it("shows each call of a model in its step: task, model, tokens, time, cost, outcome, prompt", async () => {
    const steps = await openSteps(byModel, [
      step(0, "screen"),
      step(1, "generate", [
        call({ cost_micros: 4100 }),
        call({ model: "small", attempts: 3, outcome: "failed", error: "the connection was refused" }),
      ]),
    ]);
    const [first, second] = within(steps.getByRole("list", { name: "Model calls of this step" })).getAllByTestId("model-call");
    for (const words of ["Writing the query", "house", "Answered", "1,200 sent, 80 received", "950 ms", "cost 0.00410", "9f3c1a7be25d0846"]) {
      expect(first?.textContent).toContain(words);
    }
    expect(first?.textContent).not.toContain("requests");
    for (const words of ["small", "Failed", "3 requests", "the connection was refused"]) expect(second?.textContent).toContain(words);
    expect(second?.textContent).not.toContain("cost");
  });

  it("names the model that reasoned, and what the run cost in all", async () => {
    await openSteps(byModel, [step(0, "screen", [call()])]);
    for (const words of ["house, a language model", "3,600 sent, 240 received", "Cost0.0123", "2.4 s in all", "2 queries, 14 ms"]) {
      expect(usageText()).toContain(words);
    }
  });

  it("says that a cost is not known where a model has no price", async () => {
    await openSteps({ ...byModel, cost_micros: undefined }, [step(0, "screen", [call()])]);
    expect(usageText()).toContain("not known: a model has no price");
  });

  it("speaks of no model where rules did it alone", async () => {
    const rules = { analyst: "rules", prompt_tokens: 0, completion_tokens: 0, queries: 1, query_ms: 3, total_ms: 8 };
    const steps = await openSteps(rules, [step(0, "screen"), step(1, "execute")]);
    expect(usageText()).toContain("Rules, no language model");
    expect(usageText()).not.toMatch(/Tokens|Cost|calls/);
    expect(steps.queryByTestId("model-call")).toBeNull();
  });

  it("tells when a model was asked and the rules had the last word", async () => {
    const failed = { ...byModel, analyst: "rules" };
    await openSteps(failed, [step(0, "generate", [call({ outcome: "malformed" })])]);
    expect(usageText()).toContain("Rules; a language model was asked on the way");
    expect(screen.getByTestId("model-call").textContent).toContain("Reply could not be read");
  });
});
