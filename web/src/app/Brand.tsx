import { Group, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

/** The name and its sign; leads home. */
export function Brand() {
  const { t } = useTranslation();
  return (
    <UnstyledButton component={Link} to="/">
      <Group gap={10} wrap="nowrap">
        <img src="/favicon.svg" width={26} height={26} alt="" />
        <Text fw={680} size="lg" lts="-0.01em">
          {t("app.name")}
        </Text>
      </Group>
    </UnstyledButton>
  );
}
