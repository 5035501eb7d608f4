import { useMutation, useQuery } from "@tanstack/react-query";
import { api, read } from "./client";
import type { ChartKind } from "./model";

/** The persisted steps of a run that has ended. */
export function useSteps(runId: string, enabled: boolean) {
  return useQuery({
    queryKey: ["run", runId, "steps"],
    enabled,
    staleTime: Infinity,
    queryFn: () => read(api.GET("/api/v1/runs/{id}/steps", { params: { path: { id: runId } } })),
    select: (list) => list.items,
  });
}

/** The ECharts option of a run's answer, as it was chosen or drawn as another kind. */
export function useChart(runId: string, kind: ChartKind | undefined, enabled: boolean) {
  return useQuery({
    queryKey: ["run", runId, "chart", kind ?? "own"],
    enabled,
    staleTime: Infinity,
    retry: false,
    placeholderData: (previous) => previous,
    queryFn: () =>
      read(api.GET("/api/v1/runs/{id}/chart", { params: { path: { id: runId }, query: kind ? { kind } : {} } })),
  });
}

/** Asks a run to stop. */
export function useCancelRun() {
  return useMutation({
    mutationFn: (id: string) => read(api.POST("/api/v1/runs/{id}/cancel", { params: { path: { id } } })),
  });
}

/** Address of a run's rows as a CSV file. */
export const csvHref = (runId: string): string => `/api/v1/runs/${runId}/rows.csv`;
