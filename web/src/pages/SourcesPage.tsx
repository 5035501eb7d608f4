import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconDatabasePlus, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useSources } from "../api/sources";
import { Loading } from "../app/Loading";
import { LoadFailed } from "../app/LoadFailed";
import { Notice } from "../app/Notice";
import { usePageTitle } from "../app/page-title";
import { AddSourceModal } from "../sources/AddSourceModal";
import { SourceCard } from "../sources/SourceCard";
import classes from "./Page.module.css";

/** The registered databases: where they stand, and how to add one. */
export function SourcesPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const { data, isPending, isError, error, refetch } = useSources();
  usePageTitle(t("sources.title"));

  const show = (adding: boolean) => setParams(adding ? { add: "" } : {}, { replace: true });
  const button = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => show(true)}>
      {t("sources.add")}
    </Button>
  );
  return (
    <div className={classes["page"]}>
      <Group justify="space-between" align="flex-start" gap="md" mb="lg">
        <div className={classes["heading"]}>
          <Title order={1} size="h2">
            {t("sources.title")}
          </Title>
          <Text c="dimmed">{t("sources.subtitle")}</Text>
        </div>
        {data && data.length > 0 && button}
      </Group>
      {isPending && <Loading />}
      {isError && !data && (
        <LoadFailed title={t("sources.loadFailed")} error={error} retry={refetch} />
      )}
      {data?.length === 0 && (
        <Notice icon={<IconDatabasePlus />} title={t("sources.empty")} detail={t("sources.emptyDetail")}>
          {button}
        </Notice>
      )}
      <Stack component="ul" gap="md" className={classes["list"] ?? ""}>
        {data?.map((source) => (
          <SourceCard key={source.id} source={source} />
        ))}
      </Stack>
      <AddSourceModal opened={params.has("add")} onClose={() => show(false)} />
    </div>
  );
}
