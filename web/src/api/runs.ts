import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
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

const chartQuery = (runId: string, kind: ChartKind | undefined) =>
  queryOptions({
    queryKey: ["run", runId, "chart", kind ?? "own"],
    staleTime: Infinity,
    queryFn: () =>
      read(api.GET("/api/v1/runs/{id}/chart", { params: { path: { id: runId }, query: kind ? { kind } : {} } })),
  });

/** The ECharts option of a run's answer, as it was chosen or drawn as another kind. */
export function useChart(runId: string, kind: ChartKind | undefined) {
  return useQuery(chartQuery(runId, kind));
}

/** Fetches the same rows drawn as another kind; fails where the server says that they do not fit. */
export function useOtherKind(runId: string) {
  const queries = useQueryClient();
  const { mutateAsync: draw, isPending } = useMutation({
    meta: { shown: true },
    mutationFn: (kind: ChartKind) => queries.query({ ...chartQuery(runId, kind), retry: false }),
  });
  return { draw, isFetching: isPending };
}

/** Asks a run to stop. */
export function useCancelRun() {
  return useMutation({
    mutationFn: (id: string) => read(api.POST("/api/v1/runs/{id}/cancel", { params: { path: { id } } })),
  });
}

/** Address of a run's rows as a CSV file. */
export const csvHref = (runId: string): string => `/api/v1/runs/${runId}/rows.csv`;
