import { ActionIcon, Button, Divider, Group, Kbd, NavLink, Text, Tooltip } from "@mantine/core";
import { IconDatabase, IconKeyboard, IconPencilPlus, IconSparkles, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { ConversationList } from "../conversation/ConversationList";
import { useHealth } from "./ApiBanner";
import { Brand } from "./Brand";
import { LanguageMenu } from "./LanguageMenu";
import { SchemeToggle } from "./SchemeToggle";
import { openShortcuts } from "./Shortcuts";
import classes from "./Sidebar.module.css";

interface SidebarProps {
  onNewConversation: () => void;
  /** Given where the side bar lies over the page. */
  onClose?: () => void;
}

export function Sidebar({ onNewConversation, onClose }: SidebarProps) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const version = useHealth().data?.version;
  return (
    <div className={classes["sidebar"]}>
      <Group justify="space-between" px="md" pt="md" pb="sm">
        <Brand />
        {onClose && (
          <ActionIcon variant="subtle" color="gray" aria-label={t("app.closeMenu")} onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        )}
      </Group>
      <div className={classes["top"]}>
        <Button
          fullWidth
          justify="space-between"
          variant="light"
          leftSection={<IconPencilPlus size={18} />}
          rightSection={
            <Kbd size="xs" visibleFrom="sm" aria-hidden>
              Ctrl K
            </Kbd>
          }
          onClick={onNewConversation}
        >
          {t("app.newConversation")}
        </Button>
      </div>
      <ConversationList />
      <Divider color="var(--app-border)" />
      <nav className={classes["bottom"]} aria-label={t("app.navigation")}>
        <NavLink
          component={Link}
          to="/sources"
          label={t("app.sources")}
          active={pathname.startsWith("/sources")}
          leftSection={<IconDatabase size={18} />}
          className={classes["link"] ?? ""}
        />
        <NavLink
          component={Link}
          to="/models"
          label={t("app.models")}
          active={pathname.startsWith("/models")}
          leftSection={<IconSparkles size={18} />}
          className={classes["link"] ?? ""}
        />
        <Group justify="space-between" mt="xs" wrap="nowrap">
          <SchemeToggle />
          <Group gap={6} wrap="nowrap" miw={0}>
            {version && (
              <Text size="xs" c="dimmed" truncate>
                {t("app.version", { version })}
              </Text>
            )}
            <LanguageMenu />
            <Tooltip label={t("app.shortcuts.title")}>
              <ActionIcon variant="subtle" color="gray" aria-label={t("app.shortcuts.title")} onClick={openShortcuts}>
                <IconKeyboard size={18} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </Group>
      </nav>
    </div>
  );
}
