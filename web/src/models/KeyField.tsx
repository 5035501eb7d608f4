import { Anchor, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModelDraft } from "./model-draft";

interface KeyFieldProps {
  draft: ModelDraft;
  /** The server usually needs none. */
  local: boolean;
  /** A key is stored. */
  kept: boolean;
  onChange: (part: Partial<ModelDraft>) => void;
  error: string | undefined;
}

/** The key: it can be given, replaced and removed, and never comes back. */
export function KeyField({ draft, local, kept, onChange, error }: KeyFieldProps) {
  const { t } = useTranslation();
  const [visible, setVisible] = useState(false);
  const removable = kept && !draft.api_key;
  const gone = removable && draft.removeKey;
  const hint = kept ? "models.form.keyKept" : local ? "models.form.keyLocal" : "models.form.keyHint";
  return (
    <Stack gap={4}>
      <PasswordInput
        label={t("models.form.key")}
        description={t(hint)}
        placeholder={kept && !gone ? t("models.form.keyKeptPlaceholder") : ""}
        value={draft.api_key}
        autoComplete="new-password"
        spellCheck={false}
        visible={visible}
        onVisibilityChange={setVisible}
        visibilityToggleButtonProps={{ "aria-label": t(visible ? "models.form.keyHide" : "models.form.keyShow"), tabIndex: 0 }}
        onChange={(event) => onChange({ api_key: event.currentTarget.value })}
        error={error}
      />
      {removable && (
        <Group gap={6} role="status">
          {gone && (
            <Text size="xs" c="var(--app-warn)">
              {t("models.form.keyGone")}
            </Text>
          )}
          <Anchor component="button" type="button" size="xs" onClick={() => onChange({ removeKey: !draft.removeKey })}>
            {t(gone ? "models.form.keyUndo" : "models.form.keyRemove")}
          </Anchor>
        </Group>
      )}
    </Stack>
  );
}
