import { useTranslation } from "react-i18next";
import type { Job } from "../api/model";
import { formatNumber } from "../format/number";

const KINDS = ["added", "changed", "renamed", "removed"] as const;

/** What a learning found other than before, in a line. */
export function useChangeWords(): (job: Job) => string {
  const { t } = useTranslation();
  return (job) => {
    const { changes } = job.progress;
    if (!changes) return t("resync.first");
    const told = KINDS.filter((kind) => changes[kind] > 0).map((kind) => t(`resync.counts.${kind}`, { count: changes[kind] }));
    const unchanged = formatNumber(changes.unchanged);
    return told.length === 0
      ? t("resync.nothing", { count: changes.unchanged })
      : t("resync.found", { changes: told.join(", "), unchanged });
  };
}
