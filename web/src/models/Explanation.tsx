import { List, Paper, SimpleGrid, ThemeIcon, Title } from "@mantine/core";
import { IconPlus, IconShieldLock, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** What a model adds to the rules, and what it gets to see. */
export function Explanation() {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Points
        icon={IconPlus}
        title={t("models.adds.title")}
        points={[t("models.adds.questions"), t("models.adds.conversation"), t("models.adds.documentation"), t("models.adds.checked")]}
      />
      <Points
        icon={IconShieldLock}
        title={t("models.privacy.title")}
        points={[
          t("models.privacy.none"),
          t("models.privacy.own"),
          t("models.privacy.sent"),
          t("models.privacy.values"),
          t("models.privacy.never"),
        ]}
      />
    </SimpleGrid>
  );
}

function Points({ icon: Sign, title, points }: { icon: Icon; title: string; points: readonly string[] }) {
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={title}>
      <Title order={2} size="h4" mb="xs" style={{ display: "flex", alignItems: "center", gap: 8 }}>
        <ThemeIcon variant="light" size={28} radius="xl" aria-hidden>
          <Sign size={16} />
        </ThemeIcon>
        {title}
      </Title>
      <List size="sm" spacing={6}>
        {points.map((point) => (
          <List.Item key={point}>{point}</List.Item>
        ))}
      </List>
    </Paper>
  );
}
