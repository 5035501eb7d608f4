import { Anchor, Badge, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { IconRosetteDiscountCheck } from "@tabler/icons-react";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useVerifyRun } from "../api/knowledge";
import type { Answer } from "../api/model";
import { SaveProblem } from "./SaveProblem";

interface SaveVerifiedProps {
  runId: string;
  sourceId: string;
  question: string;
  answer: Answer;
}

/** That a person approved this answer's query; or the way to approve it. */
export function SaveVerified({ runId, sourceId, question, answer }: SaveVerifiedProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const [words, setWords] = useState(question);
  const verify = useVerifyRun(sourceId);
  const list = `/sources/${sourceId}?tab=verified`;
  if (answer.checks?.some((check) => check.code === "verified")) {
    return (
      <Badge
        component={Link}
        to={list}
        variant="light"
        color="teal"
        style={{ cursor: "pointer" }}
        leftSection={<IconRosetteDiscountCheck size={13} aria-hidden />}
      >
        {t("knowledge.verified.badge")}
      </Badge>
    );
  }
  if (answer.status !== "answered" || !answer.sql) return null;
  if (verify.isSuccess) {
    return (
      <Text size="sm" c="var(--app-good)" role="status">
        {t("knowledge.verified.saved")}{" "}
        <Anchor component={Link} to={list} size="sm">
          {t("knowledge.verified.show")}
        </Anchor>
      </Text>
    );
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    verify.mutate({ run_id: runId, question: words }, { onSuccess: () => setOpened(false) });
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconRosetteDiscountCheck size={15} />}
        onClick={() => setOpened(true)}
      >
        {t("knowledge.verified.saveAs")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("knowledge.verified.saveTitle")}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <form onSubmit={submit}>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {t("knowledge.verified.saveDetail")}
            </Text>
            <Textarea
              label={t("knowledge.verified.question")}
              autosize
              required
              maxLength={500}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
              data-autofocus
            />
            <SaveProblem error={verify.error} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setOpened(false)}>
                {t("app.cancel")}
              </Button>
              <Button type="submit" loading={verify.isPending}>
                {t("knowledge.verified.saveAs")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
