import { Alert, Anchor, Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TableDocumentation, TableRef } from "../api/model";
import { messageOf } from "../api/problem";
import { useTable } from "../api/sources";
import { ColumnTable } from "./ColumnTable";
import { RelationLine } from "./RelationLine";

/** One table: what it means, its columns, how it joins. */
export function TableView({ sourceId, table: name }: { sourceId: string; table: TableRef }) {
  const { t } = useTranslation();
  const { data, isError, error } = useTable(sourceId, name);
  if (isError) return <Alert m="sm">{messageOf(error)}</Alert>;
  if (!data) return <Skeleton height={140} m="md" width="auto" radius="md" />;
  const { table, documentation, relations } = data;
  const sampled = table.profile?.sampled_rows;
  return (
    <Stack gap="md" p="md" pt="sm">
      {documentation ? (
        <Documentation documentation={documentation} />
      ) : (
        <Text size="sm" c="dimmed">
          {table.comment ?? t("source.undocumented")}
        </Text>
      )}
      <ColumnTable table={table} documentation={documentation ?? undefined} />
      {typeof sampled === "number" && (
        <Text size="xs" c="dimmed">
          {t("source.sampled", { count: sampled })}
        </Text>
      )}
      {relations.length > 0 && (
        <div>
          <Label>{t("source.relations")}</Label>
          <Stack gap={6}>
            {relations.map((relation) => (
              <RelationLine key={relation.id} relation={relation} />
            ))}
          </Stack>
        </div>
      )}
    </Stack>
  );
}

function Documentation({ documentation }: { documentation: TableDocumentation }) {
  const { t } = useTranslation();
  const { business_description, technical_description, synonyms = [], use_cases = [], common_questions = [] } = documentation;
  return (
    <Stack gap="xs">
      {business_description && <Text size="sm">{business_description}</Text>}
      {technical_description && (
        <Text size="sm" c="dimmed">
          {technical_description}
        </Text>
      )}
      {synonyms.length > 0 && (
        <Group gap={6}>
          <Text size="xs" c="dimmed" fw={600}>
            {t("source.synonyms")}
          </Text>
          {synonyms.map((word) => (
            <Badge key={word} size="sm" variant="default">
              {word}
            </Badge>
          ))}
        </Group>
      )}
      <Items title={t("source.useCases")} items={use_cases} />
      <Items
        title={t("source.commonQuestions")}
        items={common_questions}
        link={(question) => `/?${new URLSearchParams({ source: documentation.source_id, q: question }).toString()}`}
      />
    </Stack>
  );
}

interface ItemsProps {
  title: string;
  items: readonly string[];
  /** Where an item leads. */
  link?: (item: string) => string;
}

function Items({ title, items, link }: ItemsProps) {
  if (items.length === 0) return null;
  return (
    <div>
      <Label>{title}</Label>
      <ul style={{ margin: 0, paddingInlineStart: 18 }}>
        {items.map((item) => (
          <li key={item}>
            {link ? (
              <Anchor component={Link} to={link(item)} size="sm">
                {item}
              </Anchor>
            ) : (
              <Text size="sm">{item}</Text>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Label({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" fw={600} mb={4}>
      {children}
    </Text>
  );
}
