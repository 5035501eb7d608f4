import { Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconKeyOff, IconPencil, IconPlugConnected } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useTestModel } from "../api/models";
import type { LanguageModel, ModelRole } from "../api/model";
import { formatNumber } from "../format/number";
import { isOfSettings } from "./active";
import { useAbilityWords } from "./ability-words";
import { ModelMenu } from "./ModelMenu";
import { ModelModal } from "./ModelModal";
import { presetOf } from "./providers";
import { TestResult } from "./TestResult";

/** One model: where it is, what it does, whether it has a key, what it can and costs. */
export function ModelCard({ model, roles }: { model: LanguageModel; roles: readonly ModelRole[] }) {
  const { t } = useTranslation();
  const words = useAbilityWords();
  const test = useTestModel();
  const [editing, { open, close }] = useDisclosure(false);
  const preset = presetOf(model);
  const fixed = isOfSettings(model);
  const { abilities, input_price: sent, output_price: received } = model;
  const priced = typeof sent === "number" || typeof received === "number";
  return (
    <Paper component="li" withBorder p="md" radius="lg" bg="var(--app-surface)" data-testid="model" aria-label={model.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
          <div style={{ minWidth: 0 }}>
            <Group gap={8} mb={2}>
              <Title order={3} size="h4" style={{ overflowWrap: "anywhere" }}>
                {model.name}
              </Title>
              {roles.map((role) => (
                <Badge key={role} variant="light" color="teal">
                  {t(`models.roles.${role}`)}
                </Badge>
              ))}
            </Group>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {preset.label ?? t(`models.providers.${model.provider}`)} · <span style={MONOSPACE}>{model.model}</span>
            </Text>
            {model.base_url && (
              <Text size="xs" c="dimmed" style={{ ...MONOSPACE, overflowWrap: "anywhere" }}>
                {model.base_url}
              </Text>
            )}
          </div>
          {!fixed && <ModelMenu model={model} />}
        </Group>
        <Stack gap={2}>
          {!fixed && (
            <Fact>
              {abilities ? `${t("models.tested")}: ${words(abilities).join(", ")}` : t("models.untested")}
            </Fact>
          )}
          <Fact>
            {priced
              ? t("models.price", { input: formatNumber(sent ?? 0), output: formatNumber(received ?? 0) })
              : t("models.noPrice")}
          </Fact>
        </Stack>
        <div aria-live="polite">
          <TestResult test={test} />
        </div>
        {fixed ? (
          <Fact>{t("models.ofSettings")}</Fact>
        ) : (
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconPlugConnected size={16} />}
              loading={test.isPending}
              onClick={() => test.mutate(model.id)}
            >
              {t("models.test")}
            </Button>
            <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconPencil size={16} />} onClick={open}>
              {t("models.edit")}
            </Button>
            <Badge
              ml="auto"
              variant="light"
              color={model.has_key ? "sea" : "gray"}
              leftSection={model.has_key ? <IconKey size={12} aria-hidden /> : <IconKeyOff size={12} aria-hidden />}
            >
              {t(model.has_key ? "models.key.set" : "models.key.missing")}
            </Badge>
          </Group>
        )}
      </Stack>
      <ModelModal opened={editing} model={model} offerUse={false} onClose={close} />
    </Paper>
  );
}

const MONOSPACE = { fontFamily: "var(--mantine-font-family-monospace)" } as const;

function Fact({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
