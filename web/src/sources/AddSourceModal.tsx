import { Alert, Button, Code, Group, Modal, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { messageOf } from "../api/problem";
import { useAddSource, useTestSource } from "../api/sources";
import { notifyDone } from "../app/queries";
import { formatDuration } from "../format/number";

const EXAMPLES = [
  { key: "exampleSqlite", url: "sqlite:///data/sales.db" },
  { key: "exampleSqliteRelative", url: "sqlite://data/sales.db" },
  { key: "examplePostgres", url: "postgres://reader:secret@db.example:5432/sales" },
  { key: "examplePostgresTls", url: "postgres://reader:secret@db.example/sales?sslmode=require&schemas=public,sales" },
] as const;

/** Registers a data source: its name, its address, a try before it is kept. */
export function AddSourceModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("addSource.title")} size="lg">
      <AddSourceForm onClose={onClose} />
    </Modal>
  );
}

function AddSourceForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [tried, setTried] = useState(false);
  const add = useAddSource();
  const test = useTestSource();

  const changeUrl = (next: string) => {
    setUrl(next);
    test.reset();
    add.reset();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    test.reset();
    if (!name.trim() || !url.trim()) return;
    add.mutate(
      { name: name.trim(), url: url.trim() },
      {
        onSuccess: ({ source }) => {
          notifyDone(t("addSource.added", { name: source.name }));
          onClose();
        },
      },
    );
  };
  const tryUrl = () => {
    setTried(false);
    add.reset();
    test.mutate(url.trim());
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label={t("addSource.name")}
          description={t("addSource.nameHint")}
          placeholder={t("addSource.namePlaceholder")}
          value={name}
          autoComplete="off"
          onChange={(event) => {
            setName(event.currentTarget.value);
            add.reset();
          }}
          error={tried && !name.trim() && t("addSource.nameMissing")}
        />
        <TextInput
          required
          label={t("addSource.url")}
          description={t("addSource.urlHint")}
          placeholder={t("addSource.urlPlaceholder")}
          value={url}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
          onChange={(event) => changeUrl(event.currentTarget.value)}
          error={tried && !url.trim() && t("addSource.urlMissing")}
        />
        <div>
          <Text size="xs" c="dimmed" fw={600} mb={4}>
            {t("addSource.examples")}
          </Text>
          <Stack gap={2}>
            {EXAMPLES.map((example) => (
              <UnstyledButton key={example.key} onClick={() => changeUrl(example.url)} title={t("addSource.use")}>
                <Group gap={8} wrap="nowrap">
                  <Text size="xs" c="dimmed" w={150} style={{ flexShrink: 0 }} visibleFrom="xs">
                    {t(`addSource.${example.key}`)}
                  </Text>
                  <Code style={{ overflowWrap: "anywhere" }}>{example.url}</Code>
                </Group>
              </UnstyledButton>
            ))}
          </Stack>
        </div>
        <div aria-live="polite">
          {test.isSuccess && (
            <Alert color="teal" icon={<IconCircleCheck />} p="sm">
              {t("addSource.testOk", { version: test.data.version, time: formatDuration(test.data.latency_ms) })}
            </Alert>
          )}
          {test.isError && <Cause title={t("addSource.testFailed")} error={test.error} />}
          {add.isError && <Cause title={t("addSource.failed")} error={add.error} />}
        </div>
        <Group justify="flex-end">
          <Button variant="default" mr="auto" loading={test.isPending} disabled={!url.trim()} onClick={tryUrl}>
            {t("addSource.test")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t("addSource.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Cause({ title, error }: { title: string; error: unknown }) {
  return (
    <Alert color="red" title={title} p="sm">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {messageOf(error)}
      </Text>
    </Alert>
  );
}
