import { ActionIcon, Alert, Badge, Button, Group, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash, IconVocabulary } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRemoveTerm, useTerms } from "../api/knowledge";
import type { TermItem } from "../api/model";
import { messageOf } from "../api/problem";
import { Notice } from "../app/Notice";
import { notifyDone } from "../app/queries";
import { meaningWords } from "./meaning";
import { TermModal } from "./TermModal";

/** Words of the business and what they mean in a data source. */
export function TermsPanel({ sourceId }: { sourceId: string }) {
  const { t } = useTranslation();
  const { data, isError, error } = useTerms(sourceId);
  const [open, setOpen] = useState<TermItem | "new" | null>(null);
  if (isError) return <Alert color="red">{messageOf(error)}</Alert>;
  if (!data) return <Skeleton height={200} radius="lg" />;
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen("new")}>
      {t("knowledge.terms.add")}
    </Button>
  );
  return (
    <Stack gap="sm">
      {data.length === 0 ? (
        <Notice icon={<IconVocabulary />} title={t("knowledge.terms.none")} detail={t("knowledge.terms.noneDetail")}>
          {add}
        </Notice>
      ) : (
        <>
          <Group justify="space-between" align="flex-start">
            <Text size="sm" c="dimmed" style={{ flex: "1 1 320px" }}>
              {t("knowledge.terms.intro")}
            </Text>
            {add}
          </Group>
          {data.map((item) => (
            <TermRow key={item.term.id} sourceId={sourceId} item={item} onEdit={() => setOpen(item)} />
          ))}
        </>
      )}
      <TermModal
        sourceId={sourceId}
        opened={open !== null}
        term={open === null || open === "new" ? undefined : open.term}
        onClose={() => setOpen(null)}
      />
    </Stack>
  );
}

function TermRow({ sourceId, item, onEdit }: { sourceId: string; item: TermItem; onEdit: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveTerm(sourceId);
  const { term, used } = item;
  return (
    <Paper withBorder p="sm" radius="md" bg="var(--app-surface)" data-testid="term">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap={8}>
            <Text fw={600}>{term.term}</Text>
            {(term.synonyms ?? []).map((word) => (
              <Badge key={word} size="sm" variant="default">
                {word}
              </Badge>
            ))}
          </Group>
          <Text size="sm" ff={term.meaning ? "monospace" : undefined} style={{ overflowWrap: "anywhere" }}>
            {meaningWords(t, term.meaning)}
          </Text>
          {term.definition && (
            <Text size="sm" c="dimmed">
              {term.definition}
            </Text>
          )}
          {!used && term.meaning && (
            <Text size="xs" c="var(--app-warn)">
              {t("knowledge.terms.unused")}
            </Text>
          )}
        </div>
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("knowledge.terms.edit", { term: term.term })}
            onClick={onEdit}
          >
            <IconPencil size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("knowledge.terms.remove", { term: term.term })}
            loading={remove.isPending}
            onClick={() =>
              remove.mutate(term.id, {
                onSuccess: () => notifyDone(t("knowledge.terms.removed", { term: term.term })),
              })
            }
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      </Group>
    </Paper>
  );
}
