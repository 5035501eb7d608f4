import { ActionIcon, Menu, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useDeleteConversation, useRenameConversation } from "../api/conversations";
import type { Conversation } from "../api/model";
import { notifyDone } from "../app/queries";
import { formatAgo, formatMoment } from "../format/date";
import classes from "./ConversationList.module.css";

const LONGEST_TITLE = 200;

interface RowProps {
  conversation: Conversation;
  /** Name of its data source, where that is worth saying. */
  source: string | undefined;
  active: boolean;
  now: number;
}

export function ConversationRow({ conversation, source, active, now }: RowProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [renaming, setRenaming] = useState(false);
  const remove = useDeleteConversation();
  const title = conversation.title || t("conversations.untitled");

  const confirmDelete = () =>
    modals.openConfirmModal({
      title: t("conversations.deleteTitle"),
      children: <Text size="sm">{t("conversations.deleteDetail", { title })}</Text>,
      labels: { confirm: t("conversations.delete"), cancel: t("app.cancel") },
      confirmProps: { color: "red" },
      onConfirm: () =>
        remove.mutate(conversation.id, {
          onSuccess: () => {
            notifyDone(t("conversations.deleted"));
            if (active) void navigate("/");
          },
        }),
    });

  if (renaming) return <RenameRow conversation={conversation} onEnd={() => setRenaming(false)} />;
  return (
    <li className={classes["row"]} data-active={active || undefined}>
      <Link
        to={`/conversations/${conversation.id}`}
        className={classes["link"]}
        aria-current={active ? "page" : undefined}
        title={`${title} · ${formatMoment(conversation.updated_at)}`}
      >
        <span className={classes["title"]}>{title}</span>
        <span className={classes["meta"]}>
          {formatAgo(conversation.updated_at, now)}
          {source && ` · ${source}`}
        </span>
      </Link>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            className={classes["actions"] ?? ""}
            variant="subtle"
            color="gray"
            aria-label={t("conversations.actions", { title })}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setRenaming(true)}>
            {t("conversations.rename")}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={confirmDelete}>
            {t("conversations.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

function RenameRow({ conversation, onEnd }: { conversation: Conversation; onEnd: () => void }) {
  const { t } = useTranslation();
  const rename = useRenameConversation();
  const [title, setTitle] = useState(conversation.title);
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);

  useEffect(() => {
    // The menu that opened this gives the focus back first.
    const timer = setTimeout(() => input.current?.focus(), 30);
    return () => clearTimeout(timer);
  }, []);

  const end = (save: boolean) => {
    if (ended.current) return; // Enter also takes the focus away
    ended.current = true;
    const next = title.trim();
    if (save && next && next !== conversation.title) {
      rename.mutate({ id: conversation.id, title: next }, { onSettled: onEnd });
    } else {
      onEnd();
    }
  };

  return (
    <li className={classes["row"]}>
      <TextInput
        size="xs"
        w="100%"
        ref={input}
        aria-label={t("conversations.renameLabel")}
        value={title}
        maxLength={LONGEST_TITLE}
        disabled={rename.isPending}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTitle(event.currentTarget.value)}
        onBlur={() => end(true)}
        onKeyDown={(event) => {
          if (event.key === "Enter") end(true);
          if (event.key === "Escape") {
            event.stopPropagation();
            end(false);
          }
        }}
      />
    </li>
  );
}
