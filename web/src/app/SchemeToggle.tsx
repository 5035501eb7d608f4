import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** Light, dark, or as the system has it. */
export function SchemeToggle() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const option = (value: MantineColorScheme, icon: ReactNode) => ({
    value,
    label: (
      <span title={t(`app.scheme.${value}`)} style={{ display: "flex", justifyContent: "center" }}>
        {icon}
        <span className="app-visually-hidden">{t(`app.scheme.${value}`)}</span>
      </span>
    ),
  });
  return (
    <SegmentedControl
      size="xs"
      radius="md"
      style={{ flexShrink: 0 }}
      aria-label={t("app.scheme.label")}
      value={colorScheme}
      onChange={setColorScheme}
      data={[
        option("auto", <IconDeviceDesktop size={16} />),
        option("light", <IconSun size={16} />),
        option("dark", <IconMoon size={16} />),
      ]}
    />
  );
}
