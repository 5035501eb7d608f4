import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useCancelJob } from "../api/jobs";
import type { Job } from "../api/model";
import { useRefreshSources } from "../api/sources";
import { formatDuration, formatNumber } from "../format/number";
import { i18n } from "../i18n";
import { useJobEvents } from "./use-job-events";

const phaseName = (phase: string): string => i18n.t(`job.phases.${phase}`, { defaultValue: phase });

/** Learning as it goes: phase, how much of how much, what now, how long still. */
export function JobProgress({ job: given, name }: { job: Job; name: string }) {
  const { t } = useTranslation();
  const refresh = useRefreshSources();
  const cancel = useCancelJob();
  const job = useJobEvents(given, () => void refresh());
  const { phase, done, total, current, seconds_left } = job.progress;
  const known = total > 0;
  const share = known ? Math.min(100, (done / total) * 100) : 100;
  const queued = job.status === "queued";

  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm" fw={550} role="status" truncate>
          {queued ? t("job.queued") : phaseName(phase)}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          loading={cancel.isPending}
          disabled={job.cancel_requested}
          onClick={() => cancel.mutate(job.id)}
        >
          {t(job.cancel_requested ? "job.cancelling" : "job.cancel")}
        </Button>
      </Group>
      <Progress.Root size="md">
        <Progress.Section value={share} animated={!known} striped={!known} aria-label={t("job.label", { name })} />
      </Progress.Root>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="xs" c="dimmed" truncate>
          {current ? t("job.current", { current }) : " "}
        </Text>
        <Text size="xs" c="dimmed" className="app-tabular" style={{ whiteSpace: "nowrap" }}>
          {[
            known && t("job.progress", { done: formatNumber(done), total: formatNumber(total) }),
            typeof seconds_left === "number" && t("job.left", { time: formatDuration(seconds_left * 1000) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      </Group>
    </Stack>
  );
}
