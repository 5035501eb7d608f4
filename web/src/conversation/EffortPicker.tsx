import { Button, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown, IconGauge } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EFFORTS, useEffort } from "./use-effort";

/** Chooses how much the next question may cost; stands only where a model reasons. */
export function EffortPicker() {
  const { t } = useTranslation();
  const { effort, choose } = useEffort();
  if (effort === undefined) return null;
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconGauge size={16} />}
          rightSection={<IconChevronDown size={14} />}
          aria-label={t("effort.choose", { level: t(`effort.${effort}`) })}
          style={{ flexShrink: 0 }}
        >
          {t(`effort.${effort}`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("effort.label")}</Menu.Label>
        {EFFORTS.map((one) => (
          <Menu.Item
            key={one}
            onClick={() => choose(one)}
            rightSection={one === effort && <IconCheck size={16} />}
            aria-current={one === effort || undefined}
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
