import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { CreateModelRequest, DiscoverModelsRequest, LanguageModel, ModelRole, UpdateModelRequest } from "./model";

const LIST = ["models"] as const;

/** The configured language models. */
export function useModels() {
  return useQuery({
    queryKey: [...LIST, "list"],
    queryFn: () => read(api.GET("/api/v1/models")),
    select: (list): LanguageModel[] => list.items,
  });
}

/** What models cost today, beside what they may. */
export function useModelSpend(enabled: boolean) {
  return useQuery({
    queryKey: [...LIST, "spend"],
    enabled,
    refetchInterval: 30_000,
    queryFn: () => read(api.GET("/api/v1/models/spend")),
  });
}

function useRefreshModels() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: [...LIST] });
}

/** What is kept of a model: all of it for a new one, the rest of it for one that there is. */
export type SaveModel = { id: undefined; body: CreateModelRequest } | { id: string; body: UpdateModelRequest };

/** Configures a model, or changes one. */
export function useSaveModel() {
  const refresh = useRefreshModels();
  return useMutation({
    meta: { shown: true },
    mutationFn: ({ id, body }: SaveModel): Promise<LanguageModel> =>
      id === undefined
        ? read(api.POST("/api/v1/models", { body }))
        : read(api.PATCH("/api/v1/models/{id}", { params: { path: { id } }, body })),
    onSuccess: refresh,
  });
}

/** Asks a model something small, and finds out what it can do. */
export function useTestModel() {
  const refresh = useRefreshModels();
  return useMutation({
    meta: { shown: true },
    mutationFn: (id: string) => read(api.POST("/api/v1/models/{id}/test", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

/** Asks a provider which models it has. */
export function useDiscoverModels() {
  return useMutation({
    meta: { shown: true },
    mutationFn: async (body: DiscoverModelsRequest) => (await read(api.POST("/api/v1/models/discover", { body }))).models,
  });
}

/** Chooses which model does what; `null` takes a role away. */
export function useAssignRoles() {
  const refresh = useRefreshModels();
  return useMutation({
    mutationFn: (body: Partial<Record<ModelRole, string | null>>) => read(api.PUT("/api/v1/models/roles", { body })),
    onSuccess: refresh,
  });
}

/** Forgets a model and its key. */
export function useRemoveModel() {
  const refresh = useRefreshModels();
  return useMutation({
    mutationFn: async (id: string) => {
      await api.DELETE("/api/v1/models/{id}", { params: { path: { id } } });
    },
    onSuccess: refresh,
  });
}
