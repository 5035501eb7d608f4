import { Button } from "@mantine/core";
import { IconMessageOff, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useConversation } from "../api/conversations";
import { ApiError, messageOf } from "../api/problem";
import { useSources } from "../api/sources";
import { Loading } from "../app/Loading";
import { Notice } from "../app/Notice";
import { usePageTitle } from "../app/page-title";
import { Conversation } from "../conversation/Conversation";
import { NewConversation } from "../conversation/NewConversation";

/** The home page: a new question, or a conversation to go on with. */
export function AskPage() {
  const { id } = useParams();
  return id === undefined ? <NewPage /> : <ConversationPage key={id} id={id} />;
}

function NewPage() {
  usePageTitle(undefined);
  return <NewConversation />;
}

function ConversationPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: conversation, isError, error, refetch } = useConversation(id);
  const sources = useSources().data;
  usePageTitle(conversation?.title);

  if (conversation) {
    const source = sources?.find((one) => one.id === conversation.source_id);
    return <Conversation conversation={conversation} source={source} />;
  }
  if (!isError) return <Loading />;
  const gone = error instanceof ApiError && (error.code === "not_found" || error.code === "invalid_input");
  return (
    <Notice
      icon={<IconMessageOff />}
      color={gone ? "sea" : "red"}
      title={gone ? t("ask.conversationGone") : t("app.problem")}
      detail={gone ? undefined : messageOf(error)}
    >
      {gone ? (
        <Button component={Link} to="/">
          {t("app.newConversation")}
        </Button>
      ) : (
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={() => void refetch()}>
          {t("app.retry")}
        </Button>
      )}
    </Notice>
  );
}
