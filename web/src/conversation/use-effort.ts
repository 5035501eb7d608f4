import { useLocalStorage } from "@mantine/hooks";
import { useModels } from "../api/models";
import type { Effort } from "../api/model";
import { activeFor } from "../models/active";

/** Efforts, the least first. */
export const EFFORTS = ["low", "medium", "high"] as const satisfies readonly Effort[];

/** What was chosen: an effort, or none of them, so that the server's setting holds. */
export type EffortChoice = Effort | "usual";

/** In the order in which they are offered. */
export const CHOICES = ["usual", ...EFFORTS] as const satisfies readonly EffortChoice[];

const isEffort = (text: unknown): text is Effort => EFFORTS.some((one) => one === text);

/** How much a question may cost, as it was chosen last. Without a model that reasons there is nothing to choose. */
export function useEffort() {
  const offered = activeFor(useModels().data ?? [], "reason") !== undefined;
  const [chosen, choose] = useLocalStorage<EffortChoice>({
    key: "datafyme-effort",
    defaultValue: "usual",
    getInitialValueInEffect: false,
    serialize: (choice) => choice,
    deserialize: (text) => (isEffort(text) ? text : "usual"),
  });
  const effort = offered && chosen !== "usual" ? chosen : undefined;
  return { offered, chosen, choose, effort };
}
