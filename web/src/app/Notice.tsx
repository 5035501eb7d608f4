import { Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface NoticeProps {
  icon: ReactNode;
  title: string;
  detail?: string | undefined;
  color?: string;
  children?: ReactNode;
}

/** A page's whole message where there is nothing else to show: empty, missing, broken. */
export function Notice({ icon, title, detail, color = "sea", children }: NoticeProps) {
  return (
    <Stack align="center" ta="center" gap="sm" py={48} px="md" maw={520} mx="auto">
      <ThemeIcon variant="light" color={color} size={56} radius="xl" aria-hidden>
        {icon}
      </ThemeIcon>
      <Title order={2} size="h3">
        {title}
      </Title>
      {detail && <Text c="dimmed">{detail}</Text>}
      {children}
    </Stack>
  );
}
