import { ActionIcon, Alert, Badge, Button, Group, Modal, Paper, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconMessageCircle, IconPencil, IconRosetteDiscountCheck, IconTrash } from "@tabler/icons-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useChangeVerified, useRemoveVerified, useVerifiedQueries } from "../api/knowledge";
import type { VerifiedQueryItem } from "../api/model";
import { messageOf } from "../api/problem";
import { Notice } from "../app/Notice";
import { notifyDone } from "../app/queries";
import { SqlBlock } from "../conversation/SqlBlock";
import { useNow } from "../app/clock";
import { formatAgo } from "../format/date";
import { SaveProblem } from "./SaveProblem";

const COLOURS = { valid: "teal", fixed_dates: "yellow", stale: "red" } as const;

/** Questions whose query a person approved. */
export function VerifiedPanel({ sourceId }: { sourceId: string }) {
  const { t } = useTranslation();
  const { data, isError, error } = useVerifiedQueries(sourceId);
  const [open, setOpen] = useState<VerifiedQueryItem | null>(null);
  if (isError) return <Alert color="red">{messageOf(error)}</Alert>;
  if (!data) return <Skeleton height={200} radius="lg" />;
  if (data.length === 0) {
    return (
      <Notice
        icon={<IconRosetteDiscountCheck />}
        title={t("knowledge.verified.none")}
        detail={t("knowledge.verified.noneDetail")}
      />
    );
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("knowledge.verified.intro")}
      </Text>
      {data.map((query) => (
        <QueryRow key={query.id} sourceId={sourceId} query={query} onEdit={() => setOpen(query)} />
      ))}
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={open ? t("knowledge.verified.edit", { question: open.question }) : ""}
        size="lg"
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        {open && <QueryForm key={open.id} sourceId={sourceId} query={open} onClose={() => setOpen(null)} />}
      </Modal>
    </Stack>
  );
}

function QueryRow({ sourceId, query, onEdit }: { sourceId: string; query: VerifiedQueryItem; onEdit: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveVerified(sourceId);
  const now = useNow(60_000);
  const { question } = query;
  const confirmRemove = () =>
    modals.openConfirmModal({
      title: t("knowledge.verified.removeTitle"),
      children: <Text size="sm">{question}</Text>,
      labels: { confirm: t("sources.remove"), cancel: t("app.cancel") },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate(query.id, { onSuccess: () => notifyDone(t("knowledge.verified.removed")) }),
    });
  const params = new URLSearchParams({ source: sourceId, q: question });
  return (
    <Paper withBorder p="sm" radius="md" bg="var(--app-surface)" data-testid="verified">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Group gap={8}>
              <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                {question}
              </Text>
              <Badge size="sm" variant="light" color={COLOURS[query.standing]}>
                {t(`knowledge.verified.standing.${query.standing}`)}
              </Badge>
            </Group>
            <Text size="xs" c="dimmed">
              {t("knowledge.verified.by", { name: query.author, when: formatAgo(query.approved_at, now) })}
            </Text>
            {query.reason && (
              <Text size="sm" c="var(--app-warn)">
                {query.reason}
              </Text>
            )}
          </div>
          <Group gap={4} wrap="nowrap">
            <Button
              component={Link}
              to={`/?${params.toString()}`}
              size="compact-sm"
              variant="light"
              leftSection={<IconMessageCircle size={14} />}
            >
              {t("knowledge.verified.ask")}
            </Button>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("knowledge.verified.edit", { question })}
              onClick={onEdit}
            >
              <IconPencil size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("knowledge.verified.remove", { question })}
              onClick={confirmRemove}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        </Group>
        <SqlBlock sql={query.sql} />
      </Stack>
    </Paper>
  );
}

function QueryForm({ sourceId, query, onClose }: { sourceId: string; query: VerifiedQueryItem; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeVerified(sourceId);
  const [question, setQuestion] = useState(query.question);
  const [sql, setSql] = useState(query.sql);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate(
      { query: query.id, version: query.version, question, sql },
      {
        onSuccess: () => {
          notifyDone(t("knowledge.verified.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          label={t("knowledge.verified.question")}
          autosize
          required
          maxLength={500}
          value={question}
          onChange={(event) => setQuestion(event.currentTarget.value)}
          data-autofocus
        />
        <Textarea
          label={t("knowledge.verified.sql")}
          autosize
          required
          minRows={4}
          maxRows={18}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          value={sql}
          onChange={(event) => setSql(event.currentTarget.value)}
        />
        <SaveProblem error={change.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t("knowledge.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
