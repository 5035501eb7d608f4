import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { DataSource, TableRef } from "./model";

const LIST = ["sources"] as const;

/** Every data source that the caller may see. While one is being learned, its status is looked at again. */
export function useSources() {
  return useQuery({
    queryKey: LIST,
    queryFn: () => read(api.GET("/api/v1/sources")),
    select: (list): DataSource[] => list.items,
    refetchInterval: ({ state }) => (state.data?.items.some((s) => s.status === "loading") ? 3000 : false),
  });
}

/** One data source. */
export function useSource(id: string) {
  return useQuery({
    queryKey: ["source", id],
    queryFn: () => read(api.GET("/api/v1/sources/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.status === "loading" ? 3000 : false),
  });
}

/** Questions that a data source can answer, for people who do not know it yet. */
export function useSuggestions(id: string | undefined) {
  return useQuery({
    queryKey: ["source", id, "suggestions"],
    enabled: id !== undefined,
    staleTime: 300_000,
    queryFn: () => read(api.GET("/api/v1/sources/{id}/suggestions", { params: { path: { id: id ?? "" } } })),
    select: (list) => list.items,
  });
}

/** Tables of a data source; with words, those that fit them, best first. */
export function useTables(id: string, words: string) {
  return useQuery({
    queryKey: ["source", id, "tables", words],
    queryFn: () =>
      read(api.GET("/api/v1/sources/{id}/tables", { params: { path: { id }, query: words ? { q: words } : {} } })),
    placeholderData: (previous) => previous,
    select: (list) => list.items,
  });
}

/** Columns, profile, documentation and relations of one table. */
export function useTable(id: string, table: TableRef) {
  return useQuery({
    queryKey: ["source", id, "table", table.schema ?? null, table.table],
    queryFn: () =>
      read(
        api.GET("/api/v1/sources/{id}/tables/detail", {
          params: { path: { id }, query: { table: table.table, ...(table.schema ? { schema: table.schema } : {}) } },
        }),
      ),
  });
}

/** All relations of a data source. */
export function useRelations(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["source", id, "relations"],
    enabled,
    queryFn: () => read(api.GET("/api/v1/sources/{id}/relations", { params: { path: { id } } })),
    select: (list) => list.items,
  });
}

/** Reads everything about data sources anew. */
export function useRefreshSources() {
  const queries = useQueryClient();
  return () =>
    Promise.all([LIST, ["source"], ["jobs"]].map((queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] })));
}

/** Registers a data source; it is learned in the background. */
export function useAddSource() {
  const refresh = useRefreshSources();
  return useMutation({
    meta: { shown: true },
    mutationFn: (body: { name: string; url: string }) => read(api.POST("/api/v1/sources", { body })),
    onSuccess: refresh,
  });
}

/** Connects to an address without registering it. */
export function useTestSource() {
  return useMutation({
    meta: { shown: true },
    mutationFn: (url: string) => read(api.POST("/api/v1/sources/test", { body: { url } })),
  });
}

/** What can be done with a registered data source. */
export function useSourceActions(id: string) {
  const refresh = useRefreshSources();
  const params = { params: { path: { id } } };
  return {
    learn: useMutation({ mutationFn: () => read(api.POST("/api/v1/sources/{id}/learn", params)), onSuccess: refresh }),
    pause: useMutation({ mutationFn: () => read(api.POST("/api/v1/sources/{id}/pause", params)), onSuccess: refresh }),
    resume: useMutation({ mutationFn: () => read(api.POST("/api/v1/sources/{id}/resume", params)), onSuccess: refresh }),
    test: useMutation({ mutationFn: () => read(api.POST("/api/v1/sources/{id}/test", params)) }),
    remove: useMutation({
      mutationFn: async () => {
        await api.DELETE("/api/v1/sources/{id}", params);
      },
      onSuccess: refresh,
    }),
  };
}
