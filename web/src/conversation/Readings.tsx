import { Button, Group, Paper, Stack, Table, Text } from "@mantine/core";
import { IconArrowBackUp, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Answer, AnswerReading } from "../api/model";
import { useChooseReading, useForgetReading } from "../api/readings";
import { columnFormat } from "../format/cell";

/** The readings of a question, each with the beginning of its result; one of them can be chosen. */
export function Readings({ runId, readings, busy }: { runId: string; readings: readonly AnswerReading[]; busy: boolean }) {
  const { t } = useTranslation();
  const choose = useChooseReading();
  if (readings.length === 0) return null;
  return (
    <Stack gap="sm" role="list" aria-label={t("readings.title")}>
      {readings.map((reading, i) => (
        <Paper key={i} withBorder p="sm" radius="md" role="listitem">
          <Group justify="space-between" align="flex-start" wrap="nowrap" mb={6}>
            <Text size="sm">
              <Text span fw={650}>
                {i + 1}.
              </Text>{" "}
              {reading.interpretation}
            </Text>
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconCheck size={15} aria-hidden />}
              disabled={busy || choose.isPending}
              onClick={() => choose.mutate({ runId, position: i + 1 })}
              aria-label={t("readings.chooseNumber", { number: i + 1 })}
              style={{ flexShrink: 0 }}
            >
              {t("readings.choose")}
            </Button>
          </Group>
          <Beginning reading={reading} />
        </Paper>
      ))}
      <Text size="xs" c="dimmed">
        {t("readings.remembered")}
      </Text>
    </Stack>
  );
}

function Beginning({ reading }: { reading: AnswerReading }) {
  const { t } = useTranslation();
  const formats = reading.columns.map((column, i) => columnFormat(column, reading.rows.map((row) => row[i])));
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table withRowBorders={false} verticalSpacing={2} fz="sm">
        <Table.Thead>
          <Table.Tr>
            {reading.columns.map((column, i) => (
              <Table.Th key={i}>{column.name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reading.rows.map((row, r) => (
            <Table.Tr key={r}>
              {row.map((cell, i) => (
                <Table.Td key={i} className="app-tabular">
                  {formats[i]?.(cell)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {reading.truncated && (
        <Text size="xs" c="dimmed">
          {t("readings.more")}
        </Text>
      )}
    </Table.ScrollContainer>
  );
}

/** Says that the reading was chosen before, and takes that back. */
export function ChosenReading({ runId, answer }: { runId: string; answer: Answer }) {
  const { t } = useTranslation();
  const forget = useForgetReading();
  if (!(answer.checks ?? []).some((c) => c.code === "chosen_reading")) return null;
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {t(forget.isSuccess ? "readings.forgotten" : "readings.chosen")}
      </Text>
      {!forget.isSuccess && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          loading={forget.isPending}
          onClick={() => forget.mutate(runId)}
        >
          {t("readings.forget")}
        </Button>
      )}
    </Group>
  );
}
