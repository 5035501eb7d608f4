import { Button, Checkbox, Group, Modal, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ColumnDocumentation, DocumentationChange, TableDetail } from "../api/model";
import { SaveProblem } from "./SaveProblem";
import { useEdit } from "./use-edit";

interface ColumnEditorProps {
  sourceId: string;
  detail: TableDetail;
  /** The column that is edited; nothing is shown without one. */
  column: string | null;
  onClose: () => void;
}

/** All that can be said about a column. */
export function ColumnEditor({ sourceId, detail, column, onClose }: ColumnEditorProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={column !== null}
      onClose={onClose}
      title={column === null ? "" : t("knowledge.column", { name: column })}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {column !== null && (
        <ColumnForm key={column} sourceId={sourceId} detail={detail} column={column} onClose={onClose} />
      )}
    </Modal>
  );
}

function ColumnForm({ sourceId, detail, column, onClose }: ColumnEditorProps & { column: string }) {
  const { t } = useTranslation();
  const known = detail.documentation?.columns.find((one) => one.column === column);
  const [draft, setDraft] = useState<ColumnDocumentation>({
    column,
    description: known?.description ?? "",
    synonyms: known?.synonyms ?? [],
    unit: known?.unit ?? "",
    format: known?.format ?? "",
    hidden: known?.hidden ?? false,
  });
  const { save, pending, error } = useEdit(detail, sourceId);
  const edited = detail.edited_fields.filter((field) => field.startsWith(`columns.${column}.`));
  const set = (part: Partial<ColumnDocumentation>) => setDraft((old) => ({ ...old, ...part }));

  const store = async (change: DocumentationChange) => {
    try {
      await save(change);
      onClose();
    } catch {
      // it is shown in the form
    }
  };
  const submit = (event?: SyntheticEvent) => {
    event?.preventDefault();
    const change: NonNullable<DocumentationChange["columns"]>[number] = { column };
    if (draft.description !== (known?.description ?? "")) change.description = draft.description;
    if (String(draft.synonyms) !== String(known?.synonyms ?? [])) change.synonyms = draft.synonyms ?? [];
    if (draft.unit !== (known?.unit ?? "")) change.unit = draft.unit ?? "";
    if (draft.format !== (known?.format ?? "")) change.format = draft.format ?? "";
    if (draft.hidden !== (known?.hidden ?? false)) change.hidden = draft.hidden ?? false;
    if (Object.keys(change).length === 1) return onClose();
    void store({ columns: [change] });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          label={t("source.description")}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={4000}
          value={draft.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
          onKeyDown={onKeyDown}
          data-autofocus
        />
        <TagsInput
          label={t("knowledge.synonyms")}
          description={t("knowledge.synonymsHint")}
          value={draft.synonyms ?? []}
          onChange={(synonyms) => set({ synonyms })}
          acceptValueOnBlur
        />
        <Group grow align="flex-start">
          <TextInput
            label={t("knowledge.unit")}
            description={t("knowledge.unitHint")}
            maxLength={120}
            value={draft.unit ?? ""}
            onChange={(event) => set({ unit: event.currentTarget.value })}
          />
          <TextInput
            label={t("knowledge.format")}
            description={t("knowledge.formatHint")}
            maxLength={120}
            value={draft.format ?? ""}
            onChange={(event) => set({ format: event.currentTarget.value })}
          />
        </Group>
        <Checkbox
          label={t("knowledge.hide")}
          description={t("knowledge.hiddenHint")}
          checked={draft.hidden ?? false}
          onChange={(event) => set({ hidden: event.currentTarget.checked })}
        />
        <SaveProblem error={error} />
        <Group justify="flex-end" gap="xs">
          {edited.length > 0 && (
            <Button
              variant="subtle"
              mr="auto"
              leftSection={<IconArrowBackUp size={16} />}
              onClick={() => void store({ reset: edited })}
            >
              {t("knowledge.reset")}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" loading={pending}>
            {t("knowledge.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
