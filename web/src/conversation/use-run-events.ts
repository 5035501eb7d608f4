import { useEffect, useReducer } from "react";
import { readEvents } from "../api/event-stream";
import type { RunEvent } from "../api/model";
import { INITIAL, reduceRun, type RunState } from "./run-state";

const NAMES = ["step.started", "step.delta", "step.completed", "run.completed"] as const;

/** Follows a run to its end. The component that uses it must be keyed by the run. */
export function useRunEvents(runId: string): RunState {
  const [state, dispatch] = useReducer(reduceRun, INITIAL);
  useEffect(
    () =>
      readEvents({
        url: `/api/v1/runs/${runId}/events`,
        names: NAMES,
        onEvent: (data) => {
          const event = data as RunEvent;
          dispatch({ type: "event", event });
          return event.type === "run.completed" ? "last" : "more";
        },
        onState: (stream) => dispatch({ type: "stream", state: stream }),
      }),
    [runId],
  );
  return state;
}
