import { Button, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown, IconGauge } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { CHOICES, useEffort } from "./use-effort";

/** Chooses how much the next question may cost; stands only where a model reasons. */
export function EffortPicker() {
  const { t } = useTranslation();
  const { offered, chosen, choose } = useEffort();
  if (!offered) return null;
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconGauge size={16} />}
          rightSection={<IconChevronDown size={14} />}
          aria-label={t("effort.choose", { level: t(`effort.${chosen}`) })}
          style={{ flexShrink: 0 }}
        >
          {chosen === "usual" ? t("effort.label") : t(`effort.${chosen}`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("effort.label")}</Menu.Label>
        {CHOICES.map((one) => (
          <Menu.Item
            key={one}
            onClick={() => choose(one)}
            rightSection={one === chosen && <IconCheck size={16} />}
            aria-current={one === chosen || undefined}
          >
            <Text size="sm">{t(`effort.${one}`)}</Text>
            <Text size="xs" c="dimmed">
              {t(`effort.${one}Hint`)}
            </Text>
          </Menu.Item>
        ))}
        <Text size="xs" c="dimmed" px="sm" py={6}>
          {t("effort.hint")}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
