import { ActionIcon, AppShell, Burger, Drawer, Group } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconPencilPlus } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useNavigate } from "react-router";
import { ApiBanner } from "./ApiBanner";
import { Brand } from "./Brand";
import { focusQuestion } from "./question-focus";
import { openShortcuts } from "./Shortcuts";
import { Sidebar } from "./Sidebar";
import classes from "./Layout.module.css";

/** The frame of every page: side bar (a drawer on a phone), banner, content. */
export function Layout() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { key } = useLocation();
  const [drawer, { open, close }] = useDisclosure(false);

  const startConversation = () => {
    void navigate("/");
    focusQuestion();
  };

  useEffect(close, [key, close]);
  useHotkeys([
    ["/", focusQuestion],
    ["?", openShortcuts, { usePhysicalKeys: false }],
    ["shift+?", openShortcuts],
  ]);
  useHotkeys([["mod+K", startConversation]], []);

  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 288, breakpoint: "sm", collapsed: { mobile: true } }}
      transitionDuration={0}
    >
      <a className="app-skip" href="#content">
        {t("app.skip")}
      </a>
      <AppShell.Header hiddenFrom="sm" className={classes["header"]}>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Burger opened={drawer} onClick={open} size="sm" aria-label={t("app.menu")} aria-expanded={drawer} />
          <Brand />
          <ActionIcon variant="subtle" size="lg" aria-label={t("app.newConversation")} onClick={startConversation}>
            <IconPencilPlus size={20} />
          </ActionIcon>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar visibleFrom="sm" className={classes["navbar"]} aria-label={t("app.navigation")}>
        <Sidebar onNewConversation={startConversation} />
      </AppShell.Navbar>
      <Drawer
        opened={drawer}
        onClose={close}
        hiddenFrom="sm"
        size={304}
        padding={0}
        withCloseButton={false}
        title={undefined}
        aria-label={t("app.menu")}
        classNames={{ body: classes["drawerBody"] ?? "", content: classes["navbar"] ?? "" }}
      >
        <Sidebar onNewConversation={startConversation} onClose={close} />
      </Drawer>
      <AppShell.Main id="content" tabIndex={-1} className={classes["main"]}>
        <ApiBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
