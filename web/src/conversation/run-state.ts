import type { Answer, ModelCall, RunEvent, Step } from "../api/model";
import type { StreamState } from "../api/event-stream";

/** A stage of a run as it is seen while it happens. */
export interface LiveStep {
  seq: number;
  stage: string;
  running: boolean;
  /** What it said last on its way, or what came out. */
  note: string;
  durationMs: number | undefined;
  /** What models were asked in it; told when it has ended. */
  calls: readonly ModelCall[];
}

/** All that the page shows of a run under way. */
export interface RunState {
  steps: readonly LiveStep[];
  answer: Answer | undefined;
  stream: StreamState;
}

export const INITIAL: RunState = { steps: [], answer: undefined, stream: "connecting" };

export type RunAction = { type: "event"; event: RunEvent } | { type: "stream"; state: StreamState };

/**
 * Folds one event into the state. Events may come twice (a stream that is resumed, or read from its start again) and
 * late: the same step told again changes nothing, and nothing follows the answer.
 */
export function reduceRun(state: RunState, action: RunAction): RunState {
  if (action.type === "stream") return state.stream === action.state ? state : { ...state, stream: action.state };
  if (state.answer) return state;
  const { event } = action;
  switch (event.type) {
    case "step.started":
      return withStep(state, event.seq, (old) => old ?? fresh(event.seq, event.stage));
    case "step.delta":
      return withStep(state, event.seq, (old) => {
        const step = old ?? fresh(event.seq, event.stage);
        return step.running ? { ...step, note: event.text } : step;
      });
    case "step.completed":
      return withStep(state, event.step.seq, () => fromStep(event.step));
    case "run.completed":
      return { ...state, answer: event.answer, steps: state.steps.map((s) => (s.running ? { ...s, running: false } : s)) };
  }
}

function fresh(seq: number, stage: string): LiveStep {
  return { seq, stage, running: true, note: "", durationMs: undefined, calls: [] };
}

/** A persisted step in the form that the live view shows. */
export function fromStep(step: Step): LiveStep {
  return {
    seq: step.seq,
    stage: step.stage,
    running: step.status === "running",
    note: step.summary,
    durationMs: step.duration_ms ?? undefined,
    calls: step.calls ?? [],
  };
}

function withStep(state: RunState, seq: number, change: (old: LiveStep | undefined) => LiveStep): RunState {
  const old = state.steps.find((s) => s.seq === seq);
  const next = change(old);
  if (next === old) return state;
  const others = state.steps.filter((s) => s.seq !== seq);
  return { ...state, steps: [...others, next].sort((a, b) => a.seq - b.seq) };
}

/** The stage that the run is in now. */
export function currentStep(state: RunState): LiveStep | undefined {
  return state.steps.findLast((s) => s.running) ?? state.steps.at(-1);
}
