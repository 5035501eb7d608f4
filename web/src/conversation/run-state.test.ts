import { describe, expect, it } from "vitest";
import type { Answer, RunEvent, Step } from "../api/model";
import { currentStep, INITIAL, reduceRun, type RunState } from "./run-state";

const step = (seq: number, stage: string): Step => ({
  id: `step-${seq}`,
  run_id: "run",
  seq,
  stage,
  status: "completed",
  outcome: "{}",
  summary: `${stage} is done`,
  started_at: "2024-01-01T00:00:00Z",
  duration_ms: 5,
});
const started = (seq: number, stage: string): RunEvent => ({ type: "step.started", seq, stage });
const completed = (seq: number, stage: string): RunEvent => ({ type: "step.completed", step: step(seq, stage) });
const answer: Answer = { status: "answered", kind: "text", text: "42" };
const ended: RunEvent = { type: "run.completed", answer };

const fold = (events: RunEvent[], from: RunState = INITIAL) =>
  events.reduce((state, event) => reduceRun(state, { type: "event", event }), from);

describe("the fold of a run's events", () => {
  it("shows a stage as running from its start to its end", () => {
    const begun = fold([started(0, "screen"), completed(0, "screen"), started(1, "generate")]);
    expect(begun.steps.map((s) => [s.stage, s.running])).toEqual([
      ["screen", false],
      ["generate", true],
    ]);
    expect(currentStep(begun)?.stage).toBe("generate");
  });

  it("keeps what a stage says last on its way, and then what came out", () => {
    const delta: RunEvent = { type: "step.delta", seq: 0, stage: "generate", text: "trying a join" };
    expect(fold([started(0, "generate"), delta]).steps[0]?.note).toBe("trying a join");
    expect(fold([started(0, "generate"), delta, completed(0, "generate")]).steps[0]?.note).toBe("generate is done");
  });

  it("gives the same state when a resumed stream tells events again", () => {
    const events = [started(0, "screen"), completed(0, "screen"), started(1, "execute"), completed(1, "execute")];
    expect(fold(events, fold(events))).toEqual(fold(events));
    expect(fold([started(0, "screen")], fold(events)).steps[0]?.running).toBe(false);
  });

  it("orders steps by their place, whichever comes first", () => {
    expect(fold([completed(2, "c"), completed(0, "a"), started(1, "b")]).steps.map((s) => s.stage)).toEqual(["a", "b", "c"]);
  });

  it("ends with the answer, leaves nothing running, and hears nothing after it", () => {
    const end = fold([started(0, "execute"), ended]);
    expect(end.answer).toEqual(answer);
    expect(end.steps.every((s) => !s.running)).toBe(true);
    expect(fold([started(1, "late")], end)).toBe(end);
  });

  it("follows the connection without losing steps", () => {
    const state = reduceRun(fold([started(0, "screen")]), { type: "stream", state: "retrying" });
    expect([state.stream, state.steps.length]).toEqual(["retrying", 1]);
    expect(reduceRun(state, { type: "stream", state: "retrying" })).toBe(state);
  });
});
