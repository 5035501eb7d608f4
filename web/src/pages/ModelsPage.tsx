import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconPlus, IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useModels } from "../api/models";
import { Loading } from "../app/Loading";
import { LoadFailed } from "../app/LoadFailed";
import { Notice } from "../app/Notice";
import { usePageTitle } from "../app/page-title";
import { activeFor, rolesOf } from "../models/active";
import { Explanation } from "../models/Explanation";
import { ModelCard } from "../models/ModelCard";
import { ModelModal } from "../models/ModelModal";
import { RoleChoices } from "../models/RoleChoices";
import { SpendToday } from "../models/SpendToday";
import classes from "./Page.module.css";

/** The language models: which there are, which does what, what they cost, and what they get to see. */
export function ModelsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const { data, isPending, isError, error, refetch } = useModels();
  usePageTitle(t("models.title"));

  const show = (adding: boolean) => setParams(adding ? { add: "" } : {}, { replace: true });
  const some = data !== undefined && data.length > 0;
  const button = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => show(true)}>
      {t("models.add")}
    </Button>
  );
  return (
    <div className={classes["page"]}>
      <Group justify="space-between" align="flex-start" gap="md" mb="lg">
        <div className={classes["heading"]}>
          <Title order={1} size="h2">
            {t("models.title")}
          </Title>
          <Text c="dimmed">{t("models.subtitle")}</Text>
        </div>
        {some && button}
      </Group>
      {isPending && <Loading />}
      {isError && !data && (
        <LoadFailed title={t("models.loadFailed")} error={error} retry={refetch} />
      )}
      {data && (
        <Stack gap="md">
          {!some && (
            <Notice icon={<IconSparkles />} title={t("models.empty")} detail={t("models.emptyDetail")}>
              {button}
            </Notice>
          )}
          {some && <RoleChoices models={data} />}
          {some && <SpendToday />}
          <Stack component="ul" gap="md" className={classes["list"] ?? ""} aria-label={t("models.title")}>
            {data.map((model) => (
              <ModelCard key={`${model.id} ${model.name}`} model={model} roles={rolesOf(data, model)} />
            ))}
          </Stack>
          <Explanation />
        </Stack>
      )}
      <ModelModal
        opened={params.has("add")}
        model={undefined}
        offerUse={data !== undefined && activeFor(data, "reason") === undefined}
        onClose={() => show(false)}
      />
    </div>
  );
}
