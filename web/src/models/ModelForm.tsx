import { Alert, Button, Checkbox, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAssignRoles, useSaveModel, useTestModel } from "../api/models";
import type { LanguageModel } from "../api/model";
import { messageOf } from "../api/problem";
import { notifyDone } from "../app/queries";
import { addRequest, draftErrors, draftOf, fieldOf, updateRequest, type FieldErrors, type ModelDraft } from "./model-draft";
import { KeyField } from "./KeyField";
import { ModelNameField } from "./ModelNameField";
import { MoreFields } from "./MoreFields";
import { presetById, PRESETS } from "./providers";
import { TestResult } from "./TestResult";
import { useErrorWords } from "./use-error-words";

interface ModelFormProps {
  model: LanguageModel | undefined;
  offerUse: boolean;
  onClose: () => void;
}

/** All that is to be said about a model: where it is, its key, which one. It can be tried once it is saved. */
export function ModelForm({ model: given, offerUse, onClose }: ModelFormProps) {
  const { t } = useTranslation();
  const wordsOf = useErrorWords();
  const [model, setModel] = useState(given);
  const [draft, setDraft] = useState<ModelDraft>(() => draftOf(given));
  const [chosenUse, setUse] = useState<boolean>();
  const [errors, setErrors] = useState<FieldErrors>({});
  const form = useRef<HTMLFormElement>(null);
  const outcome = useRef<HTMLDivElement>(null);
  const save = useSaveModel();
  const test = useTestModel();
  const assign = useAssignRoles();
  const preset = presetById(draft.preset);
  const use = chosenUse ?? offerUse;

  const change = (part: Partial<ModelDraft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setErrors({});
    save.reset();
    test.reset();
  };
  const choosePreset = (id: string | null) => {
    const next = presetById(id);
    change({ preset: next.id, base_url: next.baseUrl });
  };
  const chooseModel = (name: string) => {
    // Until it is given a name of its own, it is called as the provider calls it.
    const own = draft.name !== "" && draft.name !== draft.model;
    change(own || model ? { model: name } : { model: name, name });
  };

  const store = async (thenTest: boolean) => {
    const found = draftErrors(draft);
    setErrors(found);
    test.reset();
    if (Object.keys(found).length > 0) return;
    try {
      const saved = await save.mutateAsync(
        model ? { id: model.id, body: updateRequest(draft) } : { id: undefined, body: addRequest(draft) },
      );
      setModel(saved);
      setDraft((old) => ({ ...old, api_key: "", removeKey: false }));
      if (!model && use) assign.mutate({ reason: saved.id, fast: saved.id });
      if (thenTest) {
        test.mutate(saved.id);
        return;
      }
      notifyDone(t("models.form.saved", { name: saved.name }));
      onClose();
    } catch (error) {
      const field = fieldOf(error);
      if (field) setErrors({ [field]: { words: messageOf(error) } });
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void store(true);
  };

  useEffect(() => {
    // The first field that is wrong, where one can put it right.
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [errors]);

  const told = save.isError || test.isError || test.data !== undefined;
  useEffect(() => {
    if (told) outcome.current?.scrollIntoView({ block: "nearest" });
  }, [told]);

  const unplaced = save.isError && !fieldOf(save.error);
  const works = test.data?.ok === true;
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md">
        <Select
          data-autofocus
          label={t("models.form.preset")}
          allowDeselect={false}
          value={draft.preset}
          onChange={choosePreset}
          maxDropdownHeight={320}
          data={[
            { group: t("models.form.cloud"), items: offered(false, t("models.form.other")) },
            { group: t("models.form.local"), items: offered(true, t("models.form.other")) },
          ]}
        />
        <TextInput
          label={t("models.form.url")}
          description={t("models.form.urlHint")}
          required={preset.needsUrl}
          placeholder={preset.urlExample ?? preset.baseUrl}
          value={draft.base_url}
          type="url"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ base_url: event.currentTarget.value })}
          error={wordsOf(errors.base_url)}
        />
        <KeyField draft={draft} local={preset.local} kept={model?.has_key === true} onChange={change} error={wordsOf(errors.api_key)} />
        <ModelNameField
          draft={draft}
          modelId={model?.id}
          onChoose={chooseModel}
          onWrong={setErrors}
          error={wordsOf(errors.model)}
        />
        <TextInput
          required
          label={t("models.form.name")}
          description={t("models.form.nameHint")}
          value={draft.name}
          autoComplete="off"
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={wordsOf(errors.name)}
        />
        <MoreFields draft={draft} onChange={change} headersError={wordsOf(errors.headers)} pricesError={wordsOf(errors.prices)} />
        {!model && (
          <Checkbox label={t("models.form.use")} checked={use} onChange={(event) => setUse(event.currentTarget.checked)} />
        )}
        <div aria-live="polite" ref={outcome}>
          {unplaced && (
            <Alert color="red" title={t("models.form.failed")} p="sm">
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {messageOf(save.error)}
              </Text>
            </Alert>
          )}
          <TestResult test={test} />
        </div>
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" px="xs" mr="auto" onClick={onClose}>
            {t(model && !given ? "app.close" : "app.cancel")}
          </Button>
          {works ? (
            <Button onClick={onClose}>{t("models.form.done")}</Button>
          ) : (
            <>
              <Button variant="default" px="md" disabled={save.isPending || test.isPending} onClick={() => void store(false)}>
                {t("models.form.save")}
              </Button>
              <Button type="submit" px="md" loading={save.isPending || test.isPending}>
                {t("models.form.saveAndTest")}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </form>
  );
}

const offered = (local: boolean, other: string) =>
  PRESETS.filter((one) => one.local === local).map((one) => ({ value: one.id, label: one.label ?? other }));
