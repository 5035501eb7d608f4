import type { LanguageModel, ModelRole } from "../api/model";

/** Id of a model that the server's settings name: it is stored nowhere, and can only be changed there. */
const OF_SETTINGS = "00000000-0000-0000-0000-000000000000";

/** Whether the server's settings name a model, under `[model]`. */
export const isOfSettings = ({ id }: LanguageModel): boolean => id === OF_SETTINGS;

/** The model that was given a role. */
export const holderOf = (models: readonly LanguageModel[], role: ModelRole): LanguageModel | undefined =>
  models.find((model) => !isOfSettings(model) && model.roles?.includes(role));

/**
 * The model that does the work of a role: the one that was given it; for reasoning and quick tasks else the one that
 * has the other of the two, else that of the settings. Search has no such substitute.
 */
export function activeFor(models: readonly LanguageModel[], role: ModelRole): LanguageModel | undefined {
  if (role === "embed") return holderOf(models, role);
  const held = holderOf(models, role) ?? holderOf(models, role === "reason" ? "fast" : "reason");
  if (held) return held;
  const [large, small] = models.filter(isOfSettings);
  return role === "fast" ? (small ?? large) : large;
}

/** What a model does now. */
export const rolesOf = (models: readonly LanguageModel[], model: LanguageModel): ModelRole[] =>
  isOfSettings(model)
    ? (["reason", "fast"] as const).filter((role) => activeFor(models, role) === model)
    : (model.roles ?? []);
