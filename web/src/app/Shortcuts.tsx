import { Group, Kbd, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { i18n } from "../i18n";

const SHORTCUTS = [
  { does: "focus", keys: ["/"] },
  { does: "send", keys: ["Enter"] },
  { does: "newLine", keys: ["Shift", "Enter"] },
  { does: "conversation", keys: ["Ctrl", "K"] },
  { does: "cancel", keys: ["Esc"] },
  { does: "help", keys: ["?"] },
] as const;

function Shortcuts() {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      {SHORTCUTS.map(({ does, keys }) => (
        <Group key={does} justify="space-between">
          <Text size="sm">{t(`app.shortcuts.${does}`)}</Text>
          <Group gap={4}>
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </Group>
        </Group>
      ))}
    </Stack>
  );
}

/** Shows what the keyboard can do. */
export function openShortcuts() {
  modals.open({ modalId: "shortcuts", title: i18n.t("app.shortcuts.title"), children: <Shortcuts /> });
}
