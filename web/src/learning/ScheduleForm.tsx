import { Alert, Button, Group, NumberInput, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Resync } from "../api/model";
import { messageOf } from "../api/problem";
import { useSetResync } from "../api/resync";
import { notifyDone } from "../app/queries";
import { formatInterval, GIVEN_UNITS, inUnit, OFFERED, secondsOf, type GivenUnit } from "./interval";

const CONFIGURED = "configured";
const OTHER = "other";

const choiceOf = (seconds: number | null): string => {
  if (seconds === null) return CONFIGURED;
  return seconds === 0 || OFFERED.includes(seconds) ? String(seconds) : OTHER;
};

interface Own {
  count: number | string;
  unit: GivenUnit;
}

/** The interval that fields of one's own begin with; what is given in seconds alone is rounded up. */
function ownOf(seconds: number): Own {
  const { count, unit } = inUnit(seconds > 0 ? seconds : 7_200);
  return unit === "second" ? { count: Math.max(1, Math.ceil(count / 60)), unit: "minute" } : { count, unit };
}

/** How often a data source is learned again by itself, to be changed. What is not changed follows what stands. */
export function ScheduleForm({ sourceId, resync }: { sourceId: string; resync: Resync }) {
  const { t } = useTranslation();
  const { seconds: stands, configured_seconds: configured } = resync;
  const [chosen, setChosen] = useState<string>();
  const [given, setGiven] = useState<Own>();
  const [tried, setTried] = useState(false);
  const save = useSetResync(sourceId);
  const choice = chosen ?? choiceOf(stands);
  const own = given ?? ownOf(stands ?? configured);

  const every = (seconds: number) => (seconds === 0 ? t("resync.never") : formatInterval(seconds));
  const wanted = choice === OTHER ? secondsOf(own.count, own.unit) : choice === CONFIGURED ? null : Number(choice);
  const change = (part: Partial<Own>) => {
    setGiven({ ...own, ...part });
    setTried(false);
    save.reset();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (wanted === undefined) return;
    save.mutate(wanted, {
      onSuccess: () => {
        setChosen(undefined);
        setGiven(undefined);
        setTried(false);
        notifyDone(t("resync.saved"));
      },
    });
  };

  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("resync.schedule")}>
      <Title order={2} size="h4" mb={4}>
        {t("resync.schedule")}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t("resync.scheduleHint")}
      </Text>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Group align="flex-start" gap="sm">
            <Select
              label={t("resync.every")}
              allowDeselect={false}
              value={choice}
              onChange={(next) => {
                if (next !== null) setChosen(next);
                save.reset();
              }}
              data={[
                { value: CONFIGURED, label: t("resync.configured", { every: every(configured) }) },
                ...OFFERED.map((seconds) => ({ value: String(seconds), label: formatInterval(seconds) })),
                { value: OTHER, label: t("resync.other") },
                { value: "0", label: t("resync.never") },
              ]}
              w={260}
            />
            {choice === OTHER && (
              <>
                <NumberInput
                  label={t("resync.count")}
                  value={own.count}
                  onChange={(count) => change({ count })}
                  min={1}
                  w={120}
                  error={tried && wanted === undefined ? t("resync.tooShort") : undefined}
                />
                <Select
                  label={t("resync.unit")}
                  allowDeselect={false}
                  value={own.unit}
                  onChange={(unit) => unit !== null && change({ unit })}
                  data={GIVEN_UNITS.map((unit) => ({ value: unit, label: t(`resync.units.${unit}`) }))}
                  w={140}
                />
              </>
            )}
          </Group>
          {save.isError && (
            <Alert color="red" role="alert" p="sm" title={t("app.problem")}>
              <Text size="sm">{messageOf(save.error)}</Text>
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={wanted === stands}>
              {t("knowledge.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
