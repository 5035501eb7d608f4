import { Text } from "@mantine/core";
import type { Answer } from "../api/model";
import { columnFormat } from "../format/cell";

/** The one figure of an answer that has no other, large. */
export function Figure({ answer }: { answer: Answer }) {
  const [column, more] = answer.columns ?? [];
  const [row, second] = answer.rows ?? [];
  if (!column || more || !row || second || answer.kind === "chart" || typeof row[0] === "boolean") return null;
  const text = columnFormat(column, row)(row[0]);
  if (text.length > 24) return null;
  return (
    <div data-testid="figure">
      <Text fz={40} lh={1.15} fw={650} className="app-tabular" c="var(--app-accent)">
        {text}
      </Text>
      <Text size="sm" c="dimmed">
        {column.name}
      </Text>
    </div>
  );
}
