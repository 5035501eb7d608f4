import { ActionIcon, Button, ScrollArea, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { messageOf } from "../api/problem";
import { useConversations } from "../api/conversations";
import { useSources } from "../api/sources";
import { useNow } from "../app/clock";
import { ConversationRow } from "./ConversationRow";
import classes from "./ConversationList.module.css";

/** Conversations of the caller, the latest first, with a filter over those that are there. */
export function ConversationList() {
  const { t } = useTranslation();
  const { id: open } = useParams();
  const [words, setWords] = useState("");
  const now = useNow(60_000);
  const { data, isPending, isError, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations();
  const sources = useSources().data;

  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return (data ?? []).filter((c) => !wanted || c.title.toLowerCase().includes(wanted));
  }, [data, words]);
  const nameOf = (id: string) => (sources && sources.length > 1 ? sources.find((s) => s.id === id)?.name : undefined);

  return (
    <section className={classes["section"]} aria-label={t("conversations.title")}>
      <div className={classes["search"]}>
        <TextInput
          size="xs"
          type="search"
          aria-label={t("conversations.search")}
          placeholder={t("conversations.search")}
          leftSection={<IconSearch size={14} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          rightSection={
            words && (
              <ActionIcon size="xs" variant="subtle" color="gray" aria-label={t("conversations.clear")} onClick={() => setWords("")}>
                <IconX size={12} />
              </ActionIcon>
            )
          }
        />
      </div>
      <ScrollArea className={classes["scroll"] ?? ""} type="hover" scrollbarSize={6}>
        {isPending && (
          <Stack gap={8} px="sm" aria-label={t("app.loading")}>
            {[82, 64, 90, 71].map((width) => (
              <Skeleton key={width} height={14} width={`${width}%`} my={6} />
            ))}
          </Stack>
        )}
        {isError && !data && <Note>{messageOf(error)}</Note>}
        {data?.length === 0 && <Note>{t("conversations.empty")}</Note>}
        {data && data.length > 0 && shown.length === 0 && <Note>{t("conversations.noMatch", { words: words.trim() })}</Note>}
        <ul className={classes["list"]}>
          {shown.map((conversation) => (
            <ConversationRow
              key={conversation.id}
              conversation={conversation}
              source={nameOf(conversation.source_id)}
              active={conversation.id === open}
              now={now}
            />
          ))}
        </ul>
        {hasNextPage && (
          <Button
            variant="subtle"
            size="compact-sm"
            fullWidth
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t("conversations.more")}
          </Button>
        )}
      </ScrollArea>
    </section>
  );
}

function Note({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed" px="sm" py="xs">
      {children}
    </Text>
  );
}
