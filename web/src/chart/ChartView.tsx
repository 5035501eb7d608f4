import { ActionIcon, Button, Group, Menu, Skeleton, Text, Tooltip } from "@mantine/core";
import {
  IconChartBar,
  IconChartBubble,
  IconChartDots,
  IconChartHistogram,
  IconChartLine,
  IconChartPie,
  IconCheck,
  IconChevronDown,
  IconPhotoDown,
  type Icon,
} from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, ChartKind } from "../api/model";
import { useChart, useOtherKind } from "../api/runs";
import { LoadFailed } from "../app/LoadFailed";
import { notifyProblem } from "../app/queries";
import { ChartCanvas, type ChartHandle } from "./ChartCanvas";
import { offeredKinds } from "./kinds";
import { statementOf } from "./option";

const ICONS: Record<ChartKind, Icon> = {
  bar: IconChartBar,
  stacked_bar: IconChartBar,
  line: IconChartLine,
  pie: IconChartPie,
  scatter: IconChartDots,
  bubble: IconChartBubble,
  histogram: IconChartHistogram,
  mixed: IconChartLine,
};

const HEIGHT = 400;
/** Room that each lying bar needs, and the most that a chart may take. */
const BAR_HEIGHT = 22;
const MOST_HEIGHT = 900;

/** The chart of an answer, with other kinds to draw it as and a picture to take along. */
export default function ChartView({ runId, answer }: { runId: string; answer: Answer }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<ChartKind>();
  const [refused, setRefused] = useState<ReadonlySet<ChartKind>>(new Set());
  const handle = useRef<ChartHandle>(null);
  const { data, error, isPending, isError, refetch } = useChart(runId, kind);
  const { isFetching, draw } = useOtherKind(runId);
  const shown = data?.spec.kind;

  const change = async (wanted: ChartKind) => {
    if (wanted === answer.chart?.kind) return setKind(undefined);
    try {
      await draw(wanted);
      setKind(wanted);
    } catch (refusal) {
      // Said once; then the kind is off the list.
      notifyProblem(refusal, t("chart.refused", { kind: t(`chart.kinds.${wanted}`) }));
      setRefused((before) => new Set(before).add(wanted));
    }
  };

  const download = () => {
    const address = handle.current?.toPng();
    if (!address) return;
    const link = document.createElement("a");
    link.href = address;
    link.download = `${fileName(data?.spec.title ?? "")}.png`;
    link.click();
  };

  if (isError && !data) {
    return <LoadFailed title={t("chart.failed")} error={error} retry={refetch} />;
  }
  if (isPending || !shown) return <Skeleton height={HEIGHT} radius="md" aria-label={t("app.loading")} />;

  const kinds = offeredKinds(answer).filter((one) => !refused.has(one));
  const lying = data.spec.horizontal === true ? (answer.rows ?? []).length * BAR_HEIGHT + 120 : 0;
  const { dropped } = statementOf(data.option);
  const Shown = ICONS[shown];
  return (
    <div style={{ position: "relative" }}>
      {/* Beside the title, which the chart draws itself. */}
      <Group gap={4} pos="absolute" top={-2} right={0} style={{ zIndex: 1 }}>
        {kinds.length > 1 && (
          <Menu>
            <Menu.Target>
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                loading={isFetching}
                leftSection={<Shown size={16} />}
                rightSection={<IconChevronDown size={14} />}
                aria-label={`${t("chart.kind")}: ${t(`chart.kinds.${shown}`)}`}
              >
                <Text inherit visibleFrom="xs">
                  {t(`chart.kinds.${shown}`)}
                </Text>
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t("chart.kind")}</Menu.Label>
              {kinds.map((one) => {
                const Kind = ICONS[one];
                return (
                  <Menu.Item
                    key={one}
                    leftSection={<Kind size={16} />}
                    rightSection={one === shown && <IconCheck size={14} />}
                    onClick={() => void change(one)}
                  >
                    {t(`chart.kinds.${one}`)}
                  </Menu.Item>
                );
              })}
            </Menu.Dropdown>
          </Menu>
        )}
        <Tooltip label={t("answer.png")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("answer.png")} onClick={download}>
            <IconPhotoDown size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <ChartCanvas
        ref={handle}
        option={data.option}
        height={Math.min(Math.max(HEIGHT, lying), MOST_HEIGHT)}
        label={t("chart.label", { kind: t(`chart.kinds.${shown}`), title: data.spec.title })}
      />
      {dropped > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("chart.dropped", { count: dropped })}
        </Text>
      )}
    </div>
  );
}

/** A title as the name of a file that every system takes. */
function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return plain.slice(0, 80) || "chart";
}
