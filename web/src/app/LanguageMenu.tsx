import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconCheck, IconLanguage } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";

/** Chooses the language of the pages; each is called by its own name. */
export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Tooltip label={t("app.language")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("app.language")}>
            <IconLanguage size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.entries(LANGUAGES) as [Language, string][]).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            aria-current={code === i18n.language || undefined}
            rightSection={code === i18n.language && <IconCheck size={16} />}
            onClick={() => void chooseLanguage(code)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
