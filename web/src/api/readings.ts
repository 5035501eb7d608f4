import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import { refreshConversation } from "./conversations";

/** Chooses a reading of a declined run, by its position from 1: the question is asked again, and read so from then on. */
export function useChooseReading() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ runId, position }: { runId: string; position: number }) =>
      read(api.PUT("/api/v1/runs/{id}/reading", { params: { path: { id: runId } }, body: { position } })),
    onSuccess: (run) => refreshConversation(queries, run.conversation_id),
  });
}

/** Forgets which reading was chosen for the question of a run. */
export function useForgetReading() {
  return useMutation({
    mutationFn: async (runId: string) => {
      await api.DELETE("/api/v1/runs/{id}/reading", { params: { path: { id: runId } } });
      return runId;
    },
  });
}
