import { Autocomplete, Button, Group, Text } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDiscoverModels } from "../api/models";
import { messageOf } from "../api/problem";
import { placeErrors, type FieldErrors, type ModelDraft } from "./model-draft";
import { presetById } from "./providers";

/** Names shown at once; the list narrows as one types. */
const SHOWN = 60;

interface ModelNameFieldProps {
  draft: ModelDraft;
  /** The stored model, whose key is used where none is typed. */
  modelId: string | undefined;
  onChoose: (name: string) => void;
  /** Told what has to be put right before the provider can be asked. */
  onWrong: (errors: FieldErrors) => void;
  error: string | undefined;
}

/** Which of the provider's models: typed, or chosen from what the provider lists. */
export function ModelNameField({ draft, modelId, onChoose, onWrong, error }: ModelNameFieldProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { mutate, reset, ...discovery } = useDiscoverModels();
  const preset = presetById(draft.preset);
  // What one provider listed says nothing about the next.
  const place = `${draft.preset} ${draft.base_url.trim()}`;
  const [asked, setAsked] = useState("");
  const names = asked === place ? discovery.data : undefined;
  const cause = asked === place ? discovery.error : null;

  const discover = () => {
    const wrong = placeErrors(draft);
    onWrong(wrong);
    if (wrong.base_url) return;
    setAsked(place);
    const [url, key] = [draft.base_url.trim(), draft.api_key.trim()];
    mutate(
      {
        provider: preset.provider,
        ...(url ? { base_url: url } : {}),
        ...(key ? { api_key: key } : {}),
        ...(modelId !== undefined ? { model_id: modelId } : {}),
      },
      { onSuccess: (found) => found.length > 0 && input.current?.focus() },
    );
  };
  const choose = (name: string) => {
    if (cause) reset();
    onChoose(name);
  };

  return (
    <div>
      <Group gap="xs" align="flex-end">
        <Autocomplete
          ref={input}
          flex={1}
          miw={220}
          required
          label={t("models.form.model")}
          description={t(preset.provider === "azure" ? "models.form.modelAzure" : "models.form.modelHint")}
          value={draft.model}
          data={[...new Set(names ?? [])]}
          limit={SHOWN}
          maxDropdownHeight={260}
          autoComplete="off"
          spellCheck={false}
          onChange={choose}
          error={error !== undefined}
        />
        <Button
          variant="default"
          leftSection={<IconListSearch size={16} />}
          loading={discovery.isPending}
          onClick={discover}
          style={{ flexShrink: 0 }}
        >
          {t("models.form.discover")}
        </Button>
      </Group>
      <div aria-live="polite">
        {error && (
          <Text size="xs" c="var(--app-bad)" mt={4}>
            {error}
          </Text>
        )}
        {cause && (
          <Text size="xs" c="var(--app-bad)" mt={4} style={{ overflowWrap: "anywhere" }}>
            {messageOf(cause)}
          </Text>
        )}
        {names && (
          <Text size="xs" c="dimmed" mt={4}>
            {names.length === 0 ? t("models.form.discoveredNone") : t("models.form.discovered", { count: names.length })}
          </Text>
        )}
      </div>
    </div>
  );
}
