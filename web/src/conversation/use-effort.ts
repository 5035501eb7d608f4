import { useLocalStorage } from "@mantine/hooks";
import { useReasonModel } from "../api/models";
import type { Effort } from "../api/model";

/** Efforts, the least first. */
export const EFFORTS = ["low", "medium", "high"] as const satisfies readonly Effort[];

const isEffort = (text: unknown): text is Effort => EFFORTS.some((one) => one === text);

/** How much a question may cost, as it was chosen last. Without a model that reasons there is nothing to choose. */
export function useEffort(): { effort: Effort | undefined; choose: (effort: Effort) => void } {
  const offered = useReasonModel() !== undefined;
  const [chosen, choose] = useLocalStorage<Effort>({
    key: "datafyme-effort",
    defaultValue: "low",
    getInitialValueInEffect: false,
    serialize: (effort) => effort,
    deserialize: (text) => (isEffort(text) ? text : "low"),
  });
  return { effort: offered ? chosen : undefined, choose };
}
