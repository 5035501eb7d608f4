import { Badge, Group, Stack, Text } from "@mantine/core";
import { IconArrowNarrowRight, IconTable } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { tableLabel, type Answer } from "../api/model";
import { RelationLine } from "../sources/RelationLine";

/** The reasons of an answer's relations in a language; an answer of an earlier version has its own words alone. */
export function reasonsOf({ relations = [], relation_reasons: told = [] }: Answer, language: string): string[][] {
  const words = told.find((one) => one.language === language) ?? told[0];
  return (
    words?.reasons ??
    relations.map(({ evidence }) =>
      (evidence.reasons ?? []).flatMap((reason) => (reason.kind === "text" ? [reason.text] : [])),
    )
  );
}

/** Which tables an answer was read from, and along which relations they were joined. */
export function Provenance({ sourceId, answer }: { sourceId: string; answer: Answer }) {
  const { t, i18n } = useTranslation();
  const tables = answer.tables ?? [];
  const relations = answer.relations ?? [];
  const reasons = reasonsOf(answer, i18n.language);
  if (tables.length === 0) return null;
  return (
    <Stack gap="sm">
      <div>
        <Text size="xs" c="dimmed" fw={600} mb={6}>
          {t("answer.usedTables")}
        </Text>
        <Group gap={6}>
          {tables.map((table) => (
            <Badge
              key={tableLabel(table)}
              component={Link}
              to={`/sources/${sourceId}?table=${encodeURIComponent(tableLabel(table))}`}
              variant="default"
              size="lg"
              radius="md"
              fw={500}
              style={{ cursor: "pointer" }}
              leftSection={<IconTable size={13} />}
            >
              {tableLabel(table)}
            </Badge>
          ))}
        </Group>
      </div>
      <div>
        <Text size="xs" c="dimmed" fw={600} mb={4}>
          {t("answer.usedRelations")}
        </Text>
        {relations.length === 0 && <Text size="sm">{t("answer.noRelations")}</Text>}
        {relations.map((relation, place) => (
          <Group key={relation.id} gap={6} align="flex-start" wrap="nowrap">
            <IconArrowNarrowRight size={16} style={{ marginTop: 4, flexShrink: 0 }} aria-hidden />
            <RelationLine relation={{ ...relation, reasons: reasons[place] ?? [] }} />
          </Group>
        ))}
      </div>
    </Stack>
  );
}
