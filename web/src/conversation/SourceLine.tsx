import { Anchor, Group } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { Link } from "react-router";
import type { DataSource } from "../api/model";

/** The data source that a conversation asks. */
export function SourceLine({ source }: { source: DataSource | undefined }) {
  if (!source) return null;
  return (
    <Group gap={6} wrap="nowrap" px={6}>
      <IconDatabase size={15} style={{ flexShrink: 0, color: "var(--mantine-color-dimmed)" }} aria-hidden />
      <Anchor component={Link} to={`/sources/${source.id}`} size="sm" c="dimmed" truncate>
        {source.name}
      </Anchor>
    </Group>
  );
}
