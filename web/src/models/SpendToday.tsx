import { Group, Paper, Progress, SimpleGrid, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useModelSpend } from "../api/models";
import { formatCost, formatNumber } from "../format/number";

/** What models were called for today, beside the budget of the day. */
export function SpendToday() {
  const { t } = useTranslation();
  const { data } = useModelSpend(true);
  if (!data) return null;
  const { today, day_tokens: tokenLimit, day_cost_micros: costLimit } = data;
  const spent =
    (typeof tokenLimit === "number" && today.tokens >= tokenLimit) ||
    (typeof costLimit === "number" && today.cost_micros >= costLimit);
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("models.spend.title")}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Title order={2} size="h4">
          {t("models.spend.title")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("models.spend.calls", { count: today.calls })}
        </Text>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Meter what={t("models.spend.tokens")} used={today.tokens} limit={tokenLimit} format={formatNumber} />
        <Meter what={t("models.spend.cost")} used={today.cost_micros} limit={costLimit} format={formatCost} />
      </SimpleGrid>
      {spent && (
        <Text size="sm" c="var(--app-warn)" mt="sm" role="status">
          {t("models.spend.spent")}
        </Text>
      )}
    </Paper>
  );
}

interface MeterProps {
  what: string;
  used: number;
  limit: number | null | undefined;
  format: (value: number) => string;
}

function Meter({ what, used, limit, format }: MeterProps) {
  const { t } = useTranslation();
  const limited = typeof limit === "number";
  const share = limited && limit > 0 ? Math.min(100, (used / limit) * 100) : 100;
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">{what}</Text>
        <Text size="sm" className="app-tabular">
          {limited ? t("models.spend.of", { used: format(used), limit: format(limit) }) : format(used)}
          {!limited && (
            <Text span size="xs" c="dimmed">
              {" "}
              · {t("models.spend.noLimit")}
            </Text>
          )}
        </Text>
      </Group>
      {limited && (
        <Progress.Root size="md">
          <Progress.Section value={share} color={share >= 100 ? "red" : "sea"} aria-label={t("models.spend.label", { what })} />
        </Progress.Root>
      )}
    </div>
  );
}
