import { Skeleton, Stack, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { refreshConversation, showAnswer, useAsk, useMessages } from "../api/conversations";
import type { Conversation as ConversationModel, DataSource, MessageItem } from "../api/model";
import { useCancelRun } from "../api/runs";
import { focusQuestionOnArrival } from "../app/question-focus";
import { Composer } from "./Composer";
import { SourceLine } from "./SourceLine";
import { Turn } from "./Turn";
import { useEffort } from "./use-effort";
import classes from "./Conversation.module.css";

interface ConversationProps {
  conversation: ConversationModel;
  source: DataSource | undefined;
}

/** Questions, each with its run; an assistant's message is its run's answer and is shown there. */
function questionsOf(items: readonly MessageItem[]): MessageItem[] {
  return items.filter(({ message }) => message.role === "user");
}

/** A thread of questions and answers, and the box for the next one. */
export function Conversation({ conversation, source }: ConversationProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [question, setQuestion] = useState("");
  const { data } = useMessages(conversation.id);
  const ask = useAsk();
  const { effort } = useEffort();
  const cancel = useCancelRun();
  const end = useRef<HTMLDivElement>(null);

  const turns = questionsOf(data ?? []);
  const running = turns.find(({ run }) => run?.status === "running")?.run ?? undefined;
  const askable = source?.status === "ready";
  const busy = running !== undefined || ask.isPending || !askable;
  const cancelling = cancel.isPending || (cancel.isSuccess && cancel.variables === running?.id);

  const send = (text: string) => {
    if (busy) return;
    setQuestion("");
    ask.mutate(
      { conversation: conversation.id, source: conversation.source_id, question: text, effort },
      { onError: () => setQuestion((typed) => typed || text) },
    );
  };
  const stop = () => {
    if (running && !cancelling) cancel.mutate(running.id);
  };
  // With a menu or a dialogue open, Escape closes that.
  useHotkeys([["Escape", () => !document.querySelector("[role=dialog],[role=menu]") && stop()]], []);

  useEffect(focusQuestionOnArrival, []);

  // The latest question stands at the top once it is asked, and when the thread is opened.
  const last = turns.at(-1)?.message.id;
  const count = turns.length + (ask.isPending ? 1 : 0);
  useEffect(() => {
    const turn = end.current?.querySelector("article:last-of-type");
    if (count > 1) turn?.scrollIntoView({ block: "start" });
  }, [last, count]);

  return (
    <div className={classes["page"]}>
      <h1 className="app-visually-hidden">{conversation.title}</h1>
      <div className={classes["thread"]} ref={end}>
        {!data && (
          <Stack gap="md">
            <Skeleton height={42} width="55%" radius="lg" ml="auto" />
            <Skeleton height={220} radius="lg" />
          </Stack>
        )}
        {turns.map(({ message, run }) => (
          <Turn
            key={message.id}
            question={message.text}
            run={run ?? undefined}
            cancelling={cancelling}
            busy={busy}
            onCancel={stop}
            onAnswer={(ended, answer) => {
              showAnswer(queries, ended, answer);
              void refreshConversation(queries, conversation.id);
            }}
            onAsk={send}
          />
        ))}
        {ask.isPending && (
          <Turn
            question={ask.variables.question}
            run={undefined}
            cancelling={false}
            busy
            onCancel={stop}
            onAnswer={() => undefined}
            onAsk={send}
          />
        )}
      </div>
      <div className={classes["dock"]}>
        {source && !askable && (
          <Text size="sm" c="var(--app-warn)" mb={6} role="status">
            {t("ask.sourceNotReady", { name: source.name, status: t(`sources.notReady.${source.status}`) })}
          </Text>
        )}
        <Composer
          value={question}
          onChange={setQuestion}
          onSend={send}
          placeholder={t("ask.followUp")}
          disabled={!askable}
          sending={ask.isPending}
          onCancel={running ? stop : undefined}
        >
          <SourceLine source={source} />
        </Composer>
      </div>
    </div>
  );
}
