import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LanguageModel } from "../api/model";
import { ModelForm } from "./ModelForm";

interface ModelModalProps {
  opened: boolean;
  /** The one that is changed; a new one where none is given. */
  model: LanguageModel | undefined;
  /** No model reasons yet, so a new one is offered for that. */
  offerUse: boolean;
  onClose: () => void;
}

/** Configures a language model, or changes one. */
export function ModelModal({ opened, model, offerUse, onClose }: ModelModalProps) {
  const { t } = useTranslation();
  const title = model ? t("models.form.editTitle", { name: model.name }) : t("models.form.addTitle");
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": t("app.close") }}>
      <ModelForm model={model} offerUse={offerUse} onClose={onClose} />
    </Modal>
  );
}
