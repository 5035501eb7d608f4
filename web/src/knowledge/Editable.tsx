import { ActionIcon, Badge, Button, Group, Stack, TagsInput, Text, Textarea, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconPencil } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentationChange, TableDetail } from "../api/model";
import { SaveProblem } from "./SaveProblem";
import { useEdit } from "./use-edit";
import classes from "./Editable.module.css";

type TextField = "business_description" | "technical_description";
type ListField = "synonyms" | "use_cases" | "common_questions";

interface EditableProps {
  sourceId: string;
  detail: TableDetail;
  label: string;
  field: TextField | ListField;
  /** How a list is written: as words side by side, or one item a line. */
  as: "text" | "words" | "lines";
  /** What stands there while nobody edits. */
  children: ReactNode;
}

/** A field of a table's documentation: as it reads, and edited in its place. */
export function Editable({ sourceId, detail, label, field, as, children }: EditableProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | string[] | null>(null);
  const { save, pending, error, forget } = useEdit(detail, sourceId);
  const button = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLDivElement>(null);
  const edited = detail.edited_fields.includes(field);
  const now = detail.documentation?.[field] ?? (as === "text" ? "" : []);

  const isOpen = draft !== null;
  useEffect(() => {
    if (isOpen) form.current?.querySelector<HTMLElement>("input:not([type='hidden']), textarea")?.focus();
  }, [isOpen]);

  const open = () => setDraft(as === "lines" ? [now].flat().join("\n") : now);
  const close = () => {
    setDraft(null);
    forget();
    requestAnimationFrame(() => button.current?.focus());
  };
  const store = async (change: DocumentationChange) => {
    try {
      await save(change);
      close();
    } catch {
      // it is shown where it was edited
    }
  };
  const submit = () => {
    if (draft === null) return;
    const value = as === "lines" ? String(draft).split("\n").map((line) => line.trim()).filter(Boolean) : draft;
    void store({ [field]: value });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };

  return (
    <div className={classes["field"]}>
      <Group gap={6} mb={2} mih={24}>
        <Text size="xs" c="dimmed" fw={600}>
          {label}
        </Text>
        {edited && (
          <Badge size="xs" variant="light">
            {t("knowledge.edited")}
          </Badge>
        )}
        {draft === null && (
          <Tooltip label={t("knowledge.edit", { what: label })}>
            <ActionIcon
              ref={button}
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t("knowledge.edit", { what: label })}
              onClick={open}
            >
              <IconPencil size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {draft === null ? (
        children
      ) : (
        <Stack ref={form} gap="xs" onKeyDown={onKeyDown}>
          {as === "words" ? (
            <TagsInput
              aria-label={label}
              description={t("knowledge.synonymsHint")}
              value={[draft].flat()}
              onChange={setDraft}
              maxTags={60}
              acceptValueOnBlur
            />
          ) : (
            <Textarea
              aria-label={label}
              description={as === "lines" ? t("knowledge.oneALine") : undefined}
              autosize
              minRows={as === "lines" ? 3 : 2}
              maxRows={14}
              maxLength={as === "text" ? 4000 : undefined}
              value={String(draft)}
              onChange={(event) => setDraft(event.currentTarget.value)}
            />
          )}
          <SaveProblem error={error} />
          <Group gap="xs">
            <Button size="compact-sm" loading={pending} onClick={submit}>
              {t("knowledge.save")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={close}>
              {t("app.cancel")}
            </Button>
            {edited && (
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<IconArrowBackUp size={14} />}
                onClick={() => void store({ reset: [field] })}
              >
                {t("knowledge.reset")}
              </Button>
            )}
            <Text size="xs" c="dimmed">
              {t("knowledge.hint")}
            </Text>
          </Group>
        </Stack>
      )}
    </div>
  );
}
