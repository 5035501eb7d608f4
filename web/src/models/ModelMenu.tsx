import { ActionIcon, Menu, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDots, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useRemoveModel } from "../api/models";
import type { LanguageModel } from "../api/model";
import { notifyDone } from "../app/queries";

/** What is seldom done with a model: removing it, after asking. */
export function ModelMenu({ model }: { model: LanguageModel }) {
  const { t } = useTranslation();
  const remove = useRemoveModel();
  const { name } = model;
  const roles = (model.roles ?? []).map((role) => t(`models.roles.${role}`));

  const confirmRemove = () =>
    modals.openConfirmModal({
      title: t("models.removeTitle", { name }),
      children: (
        <Stack gap="xs">
          <Text size="sm">{t("models.removeDetail")}</Text>
          {roles.length > 0 && (
            <Text size="sm" c="var(--app-warn)">
              {t("models.removeActive", { roles: roles.join(", ") })}
            </Text>
          )}
        </Stack>
      ),
      labels: { confirm: t("models.remove"), cancel: t("app.cancel") },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate(model.id, { onSuccess: () => notifyDone(t("models.removed", { name })) }),
    });

  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("models.actions", { name })} loading={remove.isPending}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={confirmRemove}>
          {t("models.remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
