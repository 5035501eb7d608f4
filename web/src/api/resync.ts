import { useMutation, useQuery } from "@tanstack/react-query";
import { api, read } from "./client";
import { useRefreshSources } from "./sources";

/** How a data source is learned again by itself, and how that went; looked at again, more often while it is learned. */
export function useResync(id: string) {
  return useQuery({
    queryKey: ["source", id, "resync"],
    queryFn: () => read(api.GET("/api/v1/sources/{id}/resync", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.current ? 3_000 : 15_000),
  });
}

/** Sets after how many seconds a data source is learned again: 0 never, null as configured. */
export function useSetResync(id: string) {
  const refresh = useRefreshSources();
  return useMutation({
    meta: { shown: true },
    mutationFn: (seconds: number | null) =>
      read(api.PUT("/api/v1/sources/{id}/resync", { params: { path: { id } }, body: { seconds } })),
    onSuccess: refresh,
  });
}

/** The tables that people wrote about. */
export function useEdits(id: string) {
  return useQuery({
    queryKey: ["source", id, "edits"],
    queryFn: () => read(api.GET("/api/v1/sources/{id}/tables/edits", { params: { path: { id } } })),
    select: (list) => list.items,
  });
}
