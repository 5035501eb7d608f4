import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type {
  DocumentationChange,
  RelationKind,
  TableRef,
  TermItem,
  TermRequest,
  VerifiedQueryItem,
} from "./model";

const named = (table: TableRef) => ({ table: table.table, ...(table.schema ? { schema: table.schema } : {}) });

/** Reads all that is known of a data source anew. */
function useRefresh(id: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["source", id] });
}

/** Changes what is written about a table. Problems are shown where it is edited. */
export function useEditDocumentation(id: string, table: TableRef) {
  const queries = useQueryClient();
  const refresh = useRefresh(id);
  return useMutation({
    meta: { shown: true },
    mutationFn: ({ version, change }: { version: number; change: DocumentationChange }) =>
      read(
        api.PATCH("/api/v1/sources/{id}/tables/documentation", {
          params: { path: { id }, query: named(table) },
          body: { version, change },
        }),
      ),
    onSuccess: (detail) => {
      queries.setQueryData(["source", id, "table", table.schema ?? null, table.table], detail);
      void refresh();
    },
  });
}

/** A person's say on a relation. */
export function useJudgeRelation(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    mutationFn: ({ relation, kind }: { relation: string; kind: RelationKind }) =>
      read(
        api.PATCH("/api/v1/sources/{id}/relations/{relation_id}", {
          params: { path: { id, relation_id: relation } },
          body: { kind },
        }),
      ),
    onSuccess: refresh,
  });
}

/** One side of a relation. */
export interface RelationEnd {
  table: TableRef;
  column: string;
}

/** Adds a relation that a person knows of. */
export function useAddRelation(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    meta: { shown: true },
    mutationFn: ({ from, to }: { from: RelationEnd; to: RelationEnd }) =>
      read(
        api.POST("/api/v1/sources/{id}/relations", {
          params: { path: { id } },
          body: { from_table: from.table, from_columns: [from.column], to_table: to.table, to_columns: [to.column] },
        }),
      ),
    onSuccess: refresh,
  });
}

/** Words of the business, by name. */
export function useTerms(id: string) {
  return useQuery({
    queryKey: ["source", id, "terms"],
    queryFn: () => read(api.GET("/api/v1/sources/{id}/terms", { params: { path: { id } } })),
    select: (list): TermItem[] => list.items,
  });
}

/** Writes a term, a new one where no id is given. */
export function useSaveTerm(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    meta: { shown: true },
    mutationFn: ({ term, body }: { term: string | undefined; body: TermRequest }) =>
      term === undefined
        ? read(api.POST("/api/v1/sources/{id}/terms", { params: { path: { id } }, body }))
        : read(api.PUT("/api/v1/sources/{id}/terms/{term_id}", { params: { path: { id, term_id: term } }, body })),
    onSuccess: refresh,
  });
}

/** Removes a term. */
export function useRemoveTerm(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    mutationFn: async (term: string) => {
      await api.DELETE("/api/v1/sources/{id}/terms/{term_id}", { params: { path: { id, term_id: term } } });
    },
    onSuccess: refresh,
  });
}

/** Approved queries, newest first. */
export function useVerifiedQueries(id: string) {
  return useQuery({
    queryKey: ["source", id, "verified"],
    queryFn: () => read(api.GET("/api/v1/sources/{id}/verified-queries", { params: { path: { id } } })),
    select: (list): VerifiedQueryItem[] => list.items,
  });
}

/** Approves the query of an answer. */
export function useVerifyRun(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    meta: { shown: true },
    mutationFn: (body: { run_id: string; question: string }) => read(api.POST("/api/v1/verified-queries", { body })),
    onSuccess: refresh,
  });
}

/** Changes an approved query. */
export function useChangeVerified(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    meta: { shown: true },
    mutationFn: ({ query, ...body }: { query: string; version: number; question: string; sql: string }) =>
      read(api.PATCH("/api/v1/verified-queries/{id}", { params: { path: { id: query } }, body })),
    onSuccess: refresh,
  });
}

/** Removes an approved query. */
export function useRemoveVerified(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    mutationFn: async (query: string) => {
      await api.DELETE("/api/v1/verified-queries/{id}", { params: { path: { id: query } } });
    },
    onSuccess: refresh,
  });
}
