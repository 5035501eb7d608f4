import { Anchor, Button, Group, Tabs, Text, Title } from "@mantine/core";
import {
  IconArrowLeft,
  IconDatabaseOff,
  IconMessageCircle,
  IconRefresh,
  IconRosetteDiscountCheck,
  IconRoute,
  IconSitemap,
  IconTable,
  IconVocabulary,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { ApiError, messageOf } from "../api/problem";
import { useRelations, useSource } from "../api/sources";
import { Loading } from "../app/Loading";
import { Notice } from "../app/Notice";
import { usePageTitle } from "../app/page-title";
import { DiagramPanel } from "../knowledge/DiagramPanel";
import { TermsPanel } from "../knowledge/TermsPanel";
import { VerifiedPanel } from "../knowledge/VerifiedPanel";
import { LearningPanel } from "../learning/LearningPanel";
import { RelationList } from "../sources/RelationList";
import { SourceFacts, SourceState } from "../sources/SourceCard";
import { SourceMenu } from "../sources/SourceMenu";
import { StatusBadge } from "../sources/StatusBadge";
import { TableBrowser } from "../sources/TableBrowser";
import classes from "./Page.module.css";

/** What is known about one data source: its tables, their documentation, how they relate. */
export function SourcePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const { data: source, isError, error, refetch } = useSource(id);
  const relations = useRelations(id, source !== undefined);
  usePageTitle(source?.name);

  if (!source) {
    if (!isError) return <Loading />;
    const gone = error instanceof ApiError && (error.code === "not_found" || error.code === "invalid_input");
    return (
      <Notice
        icon={<IconDatabaseOff />}
        title={t(gone ? "notFound.title" : "app.problem")}
        detail={gone ? t("notFound.detail") : messageOf(error)}
      >
        <Group>
          <Button component={Link} to="/sources">
            {t("ask.toSources")}
          </Button>
          {!gone && (
            <Button variant="default" onClick={() => void refetch()}>
              {t("app.retry")}
            </Button>
          )}
        </Group>
      </Notice>
    );
  }
  return (
    <div className={classes["page"]}>
      <Anchor component={Link} to="/sources" size="sm" c="dimmed">
        <Group gap={4} component="span">
          <IconArrowLeft size={14} aria-hidden />
          {t("source.back")}
        </Group>
      </Anchor>
      <Group justify="space-between" align="flex-start" mt={6} mb="md">
        <div className={classes["heading"]}>
          <Group gap="sm" mb={2}>
            <Title order={1} size="h2">
              {source.name}
            </Title>
            <StatusBadge status={source.status} />
          </Group>
          <SourceFacts source={source} />
          <Text size="xs" c="dimmed" ff="monospace" mt={4} style={{ overflowWrap: "anywhere" }}>
            {source.location}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            component={Link}
            to={`/?source=${source.id}`}
            leftSection={<IconMessageCircle size={18} />}
            disabled={source.status !== "ready"}
            aria-disabled={source.status !== "ready"}
          >
            {t("sources.ask")}
          </Button>
          <SourceMenu source={source} onRemoved={() => void navigate("/sources")} />
        </Group>
      </Group>
      <SourceState source={source} />
      <Tabs
        mt="md"
        keepMounted={false}
        value={params.get("tab") ?? "tables"}
        onChange={(tab) => setParams(tab && tab !== "tables" ? { tab } : {}, { replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="tables" leftSection={<IconTable size={16} aria-hidden />}>
            {t("source.tables")} ({source.table_count})
          </Tabs.Tab>
          <Tabs.Tab value="diagram" leftSection={<IconSitemap size={16} aria-hidden />}>
            {t("knowledge.tabs.diagram")}
          </Tabs.Tab>
          <Tabs.Tab value="relations" leftSection={<IconRoute size={16} aria-hidden />}>
            {t("source.relations")}
            {relations.data && ` (${relations.data.length})`}
          </Tabs.Tab>
          <Tabs.Tab value="terms" leftSection={<IconVocabulary size={16} aria-hidden />}>
            {t("knowledge.tabs.terms")}
          </Tabs.Tab>
          <Tabs.Tab value="verified" leftSection={<IconRosetteDiscountCheck size={16} aria-hidden />}>
            {t("knowledge.tabs.verified")}
          </Tabs.Tab>
          <Tabs.Tab value="learning" leftSection={<IconRefresh size={16} aria-hidden />}>
            {t("resync.tab")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="tables">
          <TableBrowser sourceId={source.id} first={params.get("table")} />
        </Tabs.Panel>
        <Tabs.Panel value="relations">
          <RelationList sourceId={source.id} relations={relations.data} error={relations.error} />
        </Tabs.Panel>
        <Tabs.Panel value="diagram">
          <DiagramPanel sourceId={source.id} relations={relations.data} error={relations.error} />
        </Tabs.Panel>
        <Tabs.Panel value="terms">
          <TermsPanel sourceId={source.id} />
        </Tabs.Panel>
        <Tabs.Panel value="verified">
          <VerifiedPanel sourceId={source.id} />
        </Tabs.Panel>
        <Tabs.Panel value="learning">
          <LearningPanel source={source} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
