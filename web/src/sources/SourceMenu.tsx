import { ActionIcon, Menu, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDots, IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DataSource } from "../api/model";
import { useSourceActions } from "../api/sources";
import { notifyDone } from "../app/queries";
import { formatDuration } from "../format/number";

/** What can be done with a data source. */
export function SourceMenu({ source, onRemoved }: { source: DataSource; onRemoved?: () => void }) {
  const { t } = useTranslation();
  const { learn, pause, resume, test, remove } = useSourceActions(source.id);
  const { name, status } = source;

  const confirmRemove = () =>
    modals.openConfirmModal({
      title: t("sources.removeTitle", { name }),
      children: <Text size="sm">{t("sources.removeDetail")}</Text>,
      labels: { confirm: t("sources.remove"), cancel: t("app.cancel") },
      confirmProps: { color: "red" },
      onConfirm: () =>
        remove.mutate(undefined, {
          onSuccess: () => {
            notifyDone(t("sources.removed", { name }));
            onRemoved?.();
          },
        }),
    });

  return (
    <Menu>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("sources.actions", { name })}
          loading={learn.isPending || pause.isPending || resume.isPending || test.isPending || remove.isPending}
        >
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPlugConnected size={16} />}
          onClick={() =>
            test.mutate(undefined, {
              onSuccess: ({ version, latency_ms }) =>
                notifyDone(t("sources.tested", { version, time: formatDuration(latency_ms) })),
            })
          }
        >
          {t("sources.test")}
        </Menu.Item>
        {status !== "loading" && (
          <Menu.Item
            leftSection={<IconRefresh size={16} />}
            onClick={() => learn.mutate(undefined, { onSuccess: () => notifyDone(t("sources.learning", { name })) })}
          >
            {t("sources.learn")}
          </Menu.Item>
        )}
        {status === "ready" && (
          <Menu.Item
            leftSection={<IconPlayerPause size={16} />}
            onClick={() => pause.mutate(undefined, { onSuccess: () => notifyDone(t("sources.paused", { name })) })}
          >
            {t("sources.pause")}
          </Menu.Item>
        )}
        {status === "paused" && (
          <Menu.Item
            leftSection={<IconPlayerPlay size={16} />}
            onClick={() => resume.mutate(undefined, { onSuccess: () => notifyDone(t("sources.resumed", { name })) })}
          >
            {t("sources.resume")}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={confirmRemove}>
          {t("sources.remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
