import { Button, Group } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useJudgeRelation } from "../api/knowledge";
import type { Relation, RelationKind } from "../api/model";
import { notifyDone } from "../app/queries";

/** Confirms or rejects a relation; takes an earlier say back. A declared one is the database's own word. */
export function RelationActions({ sourceId, relation }: { sourceId: string; relation: Relation }) {
  const { t } = useTranslation();
  const judge = useJudgeRelation(sourceId);
  const { kind } = relation;
  const say = (to: RelationKind, words: string) =>
    judge.mutate({ relation: relation.id, kind: to }, { onSuccess: () => notifyDone(words) });
  const settled = kind === "confirmed" || kind === "rejected";
  return (
    <Group gap={4} wrap="nowrap" style={{ flexShrink: 0 }}>
      {kind === "inferred" && (
        <Button
          size="compact-xs"
          variant="light"
          leftSection={<IconCheck size={13} />}
          loading={judge.isPending}
          onClick={() => say("confirmed", t("knowledge.relation.confirmed"))}
        >
          {t("knowledge.relation.confirm")}
        </Button>
      )}
      {!settled && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconX size={13} />}
          loading={judge.isPending}
          onClick={() => say("rejected", t("knowledge.relation.rejected"))}
        >
          {t("knowledge.relation.reject")}
        </Button>
      )}
      {settled && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconArrowBackUp size={13} />}
          loading={judge.isPending}
          onClick={() => say("inferred", t("knowledge.undone"))}
        >
          {t("knowledge.relation.takeBack")}
        </Button>
      )}
    </Group>
  );
}
