import { Alert, Paper, Select, SimpleGrid, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useAssignRoles } from "../api/models";
import type { LanguageModel, ModelRole } from "../api/model";
import { notifyDone } from "../app/queries";
import { activeFor, holderOf, isOfSettings } from "./active";

const ROLES = ["reason", "fast", "embed"] as const satisfies readonly ModelRole[];
/** Stands for no model in a list, whose values are texts. */
const NOBODY = "";

/** Models that can be given a role: Anthropic's make no vectors. */
const fits = (model: LanguageModel, role: ModelRole) =>
  !isOfSettings(model) && (role !== "embed" || model.provider !== "anthropic");

/** Which model does what; changed at once. */
export function RoleChoices({ models }: { models: readonly LanguageModel[] }) {
  const { t } = useTranslation();
  const assign = useAssignRoles();

  /** What holds while nobody has a role. */
  const unassigned = (role: ModelRole) => {
    if (role === "embed") return t("models.roles.noneEmbed");
    const others = models.map((model) => ({ ...model, roles: model.roles?.filter((one) => one !== role) ?? [] }));
    const stepsIn = activeFor(others, role);
    if (!stepsIn) return t("models.roles.none");
    return isOfSettings(stepsIn)
      ? t("models.roles.noneSettings", { name: stepsIn.name })
      : t("models.roles.noneOther", { role: t(`models.roles.${role === "reason" ? "fast" : "reason"}`) });
  };

  const choose = (role: ModelRole, id: string) => {
    const chosen = models.find((model) => model.id === id);
    assign.mutate(
      { [role]: chosen?.id ?? null },
      {
        onSuccess: () => {
          const words = { role: t(`models.roles.${role}`) };
          notifyDone(chosen ? t("models.roles.saved", { name: chosen.name, ...words }) : t("models.roles.cleared", words));
        },
      },
    );
  };

  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--app-surface)" aria-label={t("models.roles.title")}>
      <Title order={2} size="h4" mb="xs">
        {t("models.roles.title")}
      </Title>
      {!activeFor(models, "reason") && (
        <Alert role="status" color="blue" icon={<IconInfoCircle />} p="sm" mb="sm">
          <Text size="sm">{t("models.noReason")}</Text>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {ROLES.map((role) => (
          <Select
            key={role}
            label={t(`models.roles.${role}`)}
            description={t(`models.roles.${role}Hint`)}
            inputWrapperOrder={["label", "input", "description"]}
            allowDeselect={false}
            disabled={assign.isPending}
            value={holderOf(models, role)?.id ?? NOBODY}
            onChange={(id) => id !== null && choose(role, id)}
            data={[
              { value: NOBODY, label: unassigned(role) },
              ...models.filter((model) => fits(model, role)).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        ))}
      </SimpleGrid>
    </Paper>
  );
}
