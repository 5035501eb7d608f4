import { ActionIcon, Button, Collapse, Group, Input, NumberInput, SimpleGrid, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconPlus, IconX } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { HeaderDraft, ModelDraft } from "./model-draft";

interface MoreFieldsProps {
  draft: ModelDraft;
  onChange: (part: Partial<ModelDraft>) => void;
  headersError: string | undefined;
  pricesError: string | undefined;
}

/** What few need: headers of a gateway, and prices for the budget. Open at once where something stands in them. */
export function MoreFields({ draft, onChange, headersError, pricesError }: MoreFieldsProps) {
  const { t } = useTranslation();
  const id = useId();
  const filled = draft.headers.length > 0 || draft.input_price !== "" || draft.output_price !== "";
  const [opened, { toggle }] = useDisclosure(filled);
  const shown = opened || headersError !== undefined || pricesError !== undefined;
  const price = { min: 0, decimalScale: 4, hideControls: true, thousandSeparator: false, allowNegative: false } as const;
  return (
    <div>
      <UnstyledButton aria-expanded={shown} aria-controls={id} onClick={toggle} fz="sm" fw={550}>
        <Group gap={4} component="span">
          <IconChevronDown size={15} style={{ transform: shown ? "none" : "rotate(-90deg)" }} aria-hidden />
          {t("models.form.more")}
        </Group>
      </UnstyledButton>
      <Collapse expanded={shown} id={id}>
        <Stack gap="md" pt="sm">
          <HeaderFields headers={draft.headers} onChange={(headers) => onChange({ headers })} error={headersError} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <NumberInput
              {...price}
              label={t("models.form.inputPrice")}
              description={t("models.form.priceHint")}
              value={draft.input_price}
              onChange={(input_price) => onChange({ input_price })}
              error={pricesError}
            />
            <NumberInput
              {...price}
              label={t("models.form.outputPrice")}
              description={t("models.form.priceHint")}
              value={draft.output_price}
              onChange={(output_price) => onChange({ output_price })}
            />
          </SimpleGrid>
        </Stack>
      </Collapse>
    </div>
  );
}

interface HeaderFieldsProps {
  headers: readonly HeaderDraft[];
  onChange: (headers: HeaderDraft[]) => void;
  error: string | undefined;
}

function HeaderFields({ headers, onChange, error }: HeaderFieldsProps) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<HeaderDraft>) =>
    onChange(headers.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <Input.Wrapper labelElement="div" label={t("models.form.headers")} description={t("models.form.headersHint")} error={error}>
      <Stack gap={6} my={6}>
        {headers.map((header, i) => (
          <Group key={i} gap={6} wrap="nowrap">
            <TextInput
              flex={2}
              miw={0}
              size="sm"
              aria-label={t("models.form.headerName", { number: i + 1 })}
              placeholder="X-Title"
              value={header.name}
              autoComplete="off"
              error={error !== undefined}
              onChange={(event) => change(i, { name: event.currentTarget.value })}
            />
            <TextInput
              flex={3}
              miw={0}
              size="sm"
              aria-label={t("models.form.headerValue", { number: i + 1 })}
              value={header.value}
              autoComplete="off"
              onChange={(event) => change(i, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("models.form.headerRemove", { number: i + 1 })}
              onClick={() => onChange(headers.filter((_, at) => at !== i))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...headers, { name: "", value: "" }])}
      >
        {t("models.form.headerAdd")}
      </Button>
    </Input.Wrapper>
  );
}
