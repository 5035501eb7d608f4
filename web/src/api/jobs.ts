import { useMutation, useQuery } from "@tanstack/react-query";
import { api, read } from "./client";

/** The latest jobs of a data source, newest first. */
export function useJobs(sourceId: string, enabled: boolean) {
  return useQuery({
    queryKey: ["jobs", sourceId],
    enabled,
    queryFn: () => read(api.GET("/api/v1/jobs", { params: { query: { source_id: sourceId, limit: 5 } } })),
    select: (list) => list.items,
  });
}

/** Asks a job to stop. */
export function useCancelJob() {
  return useMutation({
    mutationFn: (id: string) => read(api.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id } } })),
  });
}
