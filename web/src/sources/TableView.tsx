import { ActionIcon, Alert, Anchor, Badge, Group, Menu, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconDots, IconEye, IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { tableLabel, type TableDetail, type TableRef } from "../api/model";
import { messageOf } from "../api/problem";
import { useTable } from "../api/sources";
import { notifyProblem } from "../app/queries";
import { useNow } from "../app/clock";
import { formatAgo } from "../format/date";
import { ColumnEditor } from "../knowledge/ColumnEditor";
import { Editable } from "../knowledge/Editable";
import { meaningWords } from "../knowledge/meaning";
import { RelationActions } from "../knowledge/RelationActions";
import { useEdit } from "../knowledge/use-edit";
import { ColumnTable } from "./ColumnTable";
import { RelationLine } from "./RelationLine";

/** One table: what it means, its columns, how it joins; all of it to be edited in its place. */
export function TableView({ sourceId, table: name }: { sourceId: string; table: TableRef }) {
  const { t } = useTranslation();
  const { data, isError, error } = useTable(sourceId, name);
  const [column, setColumn] = useState<string | null>(null);
  if (isError) return <Alert m="sm">{messageOf(error)}</Alert>;
  if (!data) return <Skeleton height={140} m="md" width="auto" radius="md" />;
  const { table, documentation, relations, terms } = data;
  const sampled = table.profile?.sampled_rows;
  return (
    <Stack gap="md" p="md" pt="sm">
      <TableFacts sourceId={sourceId} detail={data} />
      <Documentation sourceId={sourceId} detail={data} />
      <ColumnTable table={table} documentation={documentation ?? undefined} onEdit={setColumn} />
      <ColumnEditor sourceId={sourceId} detail={data} column={column} onClose={() => setColumn(null)} />
      {typeof sampled === "number" && (
        <Text size="xs" c="dimmed">
          {t("source.sampled", { count: sampled })}
        </Text>
      )}
      {terms.length > 0 && (
        <div>
          <Label>{t("knowledge.termsOf")}</Label>
          {terms.map((term) => (
            <Text key={term.id} size="sm">
              <b>{[term.term, ...(term.synonyms ?? [])].join(", ")}</b>: {meaningWords(t, term.meaning)}
            </Text>
          ))}
        </div>
      )}
      {relations.length > 0 && (
        <div>
          <Label>{t("source.relations")}</Label>
          <Stack gap={6}>
            {relations.map((relation) => (
              <Group key={relation.id} justify="space-between" align="flex-start" gap="xs">
                <RelationLine relation={relation} />
                <RelationActions sourceId={sourceId} relation={relation} />
              </Group>
            ))}
          </Stack>
        </div>
      )}
    </Stack>
  );
}

/** Who wrote here last, whether it is hidden, and what can be done with the table as a whole. */
function TableFacts({ sourceId, detail }: { sourceId: string; detail: TableDetail }) {
  const { t } = useTranslation();
  const { save } = useEdit(detail, sourceId);
  const now = useNow(60_000);
  const hidden = detail.documentation?.hidden ?? false;
  const name = tableLabel(detail.table.name);
  const store = (change: Parameters<typeof save>[0]) => void save(change).catch((error: unknown) => notifyProblem(error));
  return (
    <Group gap="xs" justify="space-between" mih={28}>
      <Group gap="xs">
        {hidden && (
          <Badge variant="light" color="gray" leftSection={<IconEyeOff size={12} aria-hidden />}>
            {t("knowledge.hiddenHint")}
          </Badge>
        )}
        {detail.edited_at && (
          <Text size="xs" c="dimmed">
            {t("knowledge.editedBy", { name: detail.editor, when: formatAgo(detail.edited_at, now) })}
          </Text>
        )}
      </Group>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("knowledge.more", { name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={hidden ? <IconEye size={16} /> : <IconEyeOff size={16} />}
            onClick={() => store({ hidden: !hidden })}
          >
            {t(hidden ? "knowledge.unhideTable" : "knowledge.hideTable")}
          </Menu.Item>
          {detail.edited_fields.length > 0 && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => store({ reset: ["*"] })}>
              {t("knowledge.resetAll")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function Documentation({ sourceId, detail }: { sourceId: string; detail: TableDetail }) {
  const { t } = useTranslation();
  const documentation = detail.documentation;
  const { synonyms = [], use_cases = [], common_questions = [] } = documentation ?? {};
  const business = documentation?.business_description || detail.table.comment;
  const about = { sourceId, detail };
  const ask = (question: string) => `/?${new URLSearchParams({ source: sourceId, q: question }).toString()}`;
  return (
    <Stack gap="xs">
      <Editable {...about} label={t("knowledge.business")} field="business_description" as="text">
        <Words text={business ?? ""} />
      </Editable>
      <Editable {...about} label={t("knowledge.technical")} field="technical_description" as="text">
        <Words text={documentation?.technical_description ?? ""} dimmed />
      </Editable>
      <Editable {...about} label={t("source.synonyms")} field="synonyms" as="words">
        {synonyms.length === 0 ? (
          <Words text="" />
        ) : (
          <Group gap={6}>
            {synonyms.map((word) => (
              <Badge key={word} size="sm" variant="default">
                {word}
              </Badge>
            ))}
          </Group>
        )}
      </Editable>
      <Editable {...about} label={t("source.useCases")} field="use_cases" as="lines">
        <Items items={use_cases} />
      </Editable>
      <Editable {...about} label={t("source.commonQuestions")} field="common_questions" as="lines">
        <Items items={common_questions} link={ask} />
      </Editable>
    </Stack>
  );
}

function Words({ text, dimmed = false }: { text: string; dimmed?: boolean }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" {...(dimmed || !text ? { c: "dimmed" } : {})} style={{ whiteSpace: "pre-line" }}>
      {text || t("knowledge.nothing")}
    </Text>
  );
}

interface ItemsProps {
  items: readonly string[];
  /** Where an item leads. */
  link?: (item: string) => string;
}

function Items({ items, link }: ItemsProps) {
  if (items.length === 0) return <Words text="" />;
  return (
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
  );
}

function Label({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" fw={600} mb={4}>
      {children}
    </Text>
  );
}
