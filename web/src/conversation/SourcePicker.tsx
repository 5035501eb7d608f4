import { Button, Group, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown, IconDatabase, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { DataSource } from "../api/model";
import { StatusBadge } from "../sources/StatusBadge";

interface PickerProps {
  sources: DataSource[];
  chosen: DataSource | undefined;
  onChoose: (source: DataSource) => void;
}

/** Chooses what is asked. Data sources that cannot be asked are shown with the reason, and cannot be chosen. */
export function SourcePicker({ sources, chosen, onChoose }: PickerProps) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start" width={300}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          maw="100%"
          leftSection={<IconDatabase size={16} />}
          rightSection={<IconChevronDown size={14} />}
          aria-label={`${t("ask.source")}: ${chosen?.name ?? t("ask.chooseSource")}`}
        >
          {chosen?.name ?? t("ask.chooseSource")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("ask.source")}</Menu.Label>
        {sources.map((source) => (
          <Menu.Item
            key={source.id}
            disabled={source.status !== "ready"}
            onClick={() => onChoose(source)}
            rightSection={
              source.status === "ready" ? (
                source.id === chosen?.id && <IconCheck size={16} />
              ) : (
                <StatusBadge status={source.status} />
              )
            }
          >
            <Group gap={6} wrap="nowrap">
              <Text size="sm" truncate>
                {source.name}
              </Text>
              <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                {t("sources.tables", { count: source.table_count })}
              </Text>
            </Group>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/sources?add" leftSection={<IconPlus size={16} />}>
          {t("ask.addSource")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
