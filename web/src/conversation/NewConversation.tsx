import { Button, Text, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconDatabasePlus, IconHourglass, IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useAsk } from "../api/conversations";
import { messageOf } from "../api/problem";
import { useSources, useSuggestions } from "../api/sources";
import { Loading } from "../app/Loading";
import { Notice } from "../app/Notice";
import { focusQuestionOnArrival } from "../app/question-focus";
import { Composer } from "./Composer";
import { SourcePicker } from "./SourcePicker";
import { Suggestions } from "./Suggestions";
import { useEffort } from "./use-effort";
import classes from "./NewConversation.module.css";

/** The start of a conversation: choose a data source, ask. */
export function NewConversation() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [question, setQuestion] = useState(() => params.get("q") ?? "");
  const [last, setLast] = useLocalStorage({ key: "datafyme-source", getInitialValueInEffect: false });
  const sources = useSources();
  const ask = useAsk();
  const { effort } = useEffort();

  const ready = (sources.data ?? []).filter((one) => one.status === "ready");
  const wanted = params.get("source") ?? last;
  const source = ready.find((one) => one.id === wanted) ?? ready[0];
  const suggestions = useSuggestions(source?.id).data ?? [];

  const shown = source !== undefined;
  useEffect(() => {
    if (shown) focusQuestionOnArrival();
  }, [shown]);

  const send = (text: string) => {
    if (!source || ask.isPending) return;
    ask.mutate(
      { conversation: undefined, source: source.id, question: text, effort },
      { onSuccess: (run) => void navigate(`/conversations/${run.conversation_id}`) },
    );
  };

  if (sources.isPending) return <Loading />;
  if (!sources.data) {
    return <Notice icon={<IconPlugConnectedX />} color="red" title={t("sources.loadFailed")} detail={messageOf(sources.error)} />;
  }
  if (!source) {
    const none = sources.data.length === 0;
    return (
      <Notice
        icon={none ? <IconDatabasePlus /> : <IconHourglass />}
        title={t(none ? "ask.noSources" : "ask.noneReady")}
        detail={t(none ? "ask.noSourcesDetail" : "ask.noneReadyDetail")}
      >
        <Button component={Link} to={none ? "/sources?add" : "/sources"}>
          {t(none ? "ask.addSource" : "ask.toSources")}
        </Button>
      </Notice>
    );
  }
  return (
    <div className={classes["page"]}>
      <div className={classes["hero"]}>
        <Title order={1} className={classes["title"] ?? ""}>
          {t("ask.title")}
        </Title>
        <Text c="dimmed" mt={8}>
          {t("ask.subtitle")}
        </Text>
      </div>
      <Composer
        value={question}
        onChange={setQuestion}
        onSend={send}
        placeholder={t("ask.placeholder")}
        sending={ask.isPending}
      >
        <SourcePicker sources={sources.data} chosen={source} onChoose={(one) => setLast(one.id)} />
      </Composer>
      <Suggestions large title={t("ask.suggestions")} items={suggestions} onChoose={send} disabled={ask.isPending} />
    </div>
  );
}
