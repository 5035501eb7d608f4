import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { useEditDocumentation } from "../api/knowledge";
import type { DocumentationChange, TableDetail } from "../api/model";
import { notifyDone, notifyProblem } from "../app/queries";

/** The change that takes a change back: what the changed fields held before, and which of them were as generated. */
export function inverse(detail: TableDetail, change: DocumentationChange): DocumentationChange {
  const before = detail.documentation;
  const edited = new Set(detail.edited_fields);
  const back: DocumentationChange = { columns: [], reset: [] };
  const fields = ["business_description", "technical_description", "use_cases", "common_questions", "synonyms"] as const;
  const whole = change.reset?.includes("*") ?? false;
  const touched = (field: string, given: unknown) => given !== undefined || whole || (change.reset?.includes(field) ?? false);
  for (const field of fields) {
    if (!touched(field, change[field])) continue;
    if (!edited.has(field)) back.reset?.push(field);
    else Object.assign(back, { [field]: before?.[field] });
  }
  if (touched("hidden", change.hidden)) back.hidden = before?.hidden ?? false;
  for (const column of detail.table.columns) {
    const given = change.columns?.find((one) => one.column === column.name);
    const known = before?.columns.find((one) => one.column === column.name);
    const old: NonNullable<DocumentationChange["columns"]>[number] = { column: column.name };
    for (const field of ["description", "synonyms", "unit", "format", "hidden"] as const) {
      const path = `columns.${column.name}.${field}`;
      if (!touched(path, given?.[field])) continue;
      if (!edited.has(path)) back.reset?.push(path);
      else Object.assign(old, { [field]: known?.[field] });
    }
    if (Object.keys(old).length > 1) back.columns?.push(old);
  }
  return back;
}

/** Saves changes of a table's documentation, each with a way back. */
export function useEdit(detail: TableDetail, sourceId: string) {
  const { t } = useTranslation();
  const edit = useEditDocumentation(sourceId, detail.table.name);

  const takeBack = (id: string, version: number, change: DocumentationChange) => {
    notifications.hide(id);
    edit.mutate(
      { version, change },
      { onSuccess: () => notifyDone(t("knowledge.undone")), onError: (error) => notifyProblem(error) },
    );
  };
  const save = async (change: DocumentationChange) => {
    const back = inverse(detail, change);
    const saved = await edit.mutateAsync({ version: detail.version, change });
    const id = `saved-${detail.table.name.table}-${saved.version}`;
    notifications.show({
      id,
      withBorder: true,
      autoClose: 8_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{t("knowledge.saved")}</Text>
          <Button size="compact-sm" variant="light" onClick={() => takeBack(id, saved.version, back)}>
            {t("knowledge.undo")}
          </Button>
        </Group>
      ),
    });
  };
  return { save, pending: edit.isPending, error: edit.error, forget: edit.reset };
}

/** What a save takes, and how it went. */
export type Edit = ReturnType<typeof useEdit>;
