import { Alert, Anchor, Group, SegmentedControl, Select, Skeleton, Stack, Text } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import { useMemo, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { tableLabel, type Relation } from "../api/model";
import { messageOf } from "../api/problem";
import { useTables } from "../api/sources";
import { Notice } from "../app/Notice";
import { busiest, layout, NODE, path, type Layout, type Node } from "./diagram-layout";
import classes from "./DiagramPanel.module.css";

interface DiagramPanelProps {
  sourceId: string;
  relations: Relation[] | undefined;
  error: unknown;
}

/** An entity-relationship diagram that stays readable: one table in the middle, and what is near it. */
export function DiagramPanel({ sourceId, relations, error }: DiagramPanelProps) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const { data: tables } = useTables(sourceId, "");
  const labels = useMemo(() => (tables ?? []).map((one) => tableLabel(one.table)).toSorted(), [tables]);
  const focus = params.get("focus") ?? busiest(relations ?? []) ?? labels[0];
  const depth = params.get("depth") === "2" ? 2 : 1;
  const drawn = useMemo(() => (focus ? layout(relations ?? [], focus, depth) : undefined), [relations, focus, depth]);
  const go = (part: { focus?: string; depth?: string }) =>
    setParams({ tab: "diagram", focus: focus ?? "", depth: String(depth), ...part }, { replace: true });

  if (error !== null && error !== undefined) return <Alert color="red">{messageOf(error)}</Alert>;
  if (!relations || !tables) return <Skeleton height={320} radius="lg" />;
  if (!drawn || !focus) return <Notice icon={<IconTable />} title={t("knowledge.diagram.none")} />;
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Select
          label={t("knowledge.diagram.focus")}
          searchable
          allowDeselect={false}
          limit={60}
          w={280}
          data={labels}
          value={focus}
          onChange={(chosen) => chosen && go({ focus: chosen })}
        />
        <SegmentedControl
          aria-label={t("knowledge.diagram.depth")}
          value={String(depth)}
          onChange={(chosen) => go({ depth: chosen })}
          data={[
            { value: "1", label: t("knowledge.diagram.depth1") },
            { value: "2", label: t("knowledge.diagram.depth2") },
          ]}
        />
        <Anchor component={Link} to={`/sources/${sourceId}?table=${encodeURIComponent(focus)}`} size="sm" pb={8}>
          {t("knowledge.diagram.open", { table: focus })}
        </Anchor>
      </Group>
      <Text size="xs" c="dimmed">
        {drawn.nodes.length === 1 ? t("knowledge.diagram.alone") : t("knowledge.diagram.hint")}
      </Text>
      <Picture drawn={drawn} focus={focus} onFocus={(table) => go({ focus: table })} />
    </Stack>
  );
}

interface PictureProps {
  drawn: Layout;
  focus: string;
  onFocus: (table: string) => void;
}

/** The node that lies in a direction of another, nearest first. */
function towards(nodes: readonly Node[], from: Node, key: string): Node | undefined {
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  const ahead = nodes.filter((node) => (sideways ? (node.x - from.x) * sign > 0 : node.x === from.x && (node.y - from.y) * sign > 0));
  const far = (node: Node) => Math.abs(node.x - from.x) * 10 + Math.abs(node.y - from.y);
  return ahead.toSorted((a, b) => far(a) - far(b))[0];
}

function Picture({ drawn, focus, onFocus }: PictureProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const at = new Map(drawn.nodes.map((node) => [node.label, node]));
  const onKeyDown = (event: KeyboardEvent, node: Node) => {
    if (!event.key.startsWith("Arrow")) return;
    const next = towards(drawn.nodes, node, event.key);
    if (!next) return;
    event.preventDefault();
    box.current?.querySelector<HTMLElement>(`[data-table="${CSS.escape(next.label)}"]`)?.focus();
  };
  return (
    <div className={classes["scroll"]} role="group" aria-label={t("knowledge.diagram.label", { table: focus })}>
      <div ref={box} className={classes["picture"]} style={{ width: drawn.width, height: drawn.height }}>
        <svg width={drawn.width} height={drawn.height} className={classes["edges"]} aria-hidden>
          <defs>
            <marker id="parent" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M 0 0 L 8 4 L 0 8 z" fill="currentColor" />
            </marker>
          </defs>
          {drawn.edges.map((edge) => {
            const [from, to] = [at.get(edge.from), at.get(edge.to)];
            if (!from || !to) return null;
            return (
              <path
                key={edge.id}
                d={path(from, to)}
                className={classes["edge"]}
                data-inferred={edge.inferred || undefined}
                data-near={edge.from === focus || edge.to === focus || undefined}
                markerEnd="url(#parent)"
              >
                <title>{edge.title}</title>
              </path>
            );
          })}
        </svg>
        {drawn.nodes.map((node) => (
          <button
            key={node.label}
            type="button"
            className={classes["node"]}
            style={{ left: node.x, top: node.y, width: NODE.width, height: NODE.height }}
            data-table={node.label}
            data-focus={node.label === focus || undefined}
            aria-current={node.label === focus || undefined}
            title={joins(drawn, node.label, t)}
            onClick={() => onFocus(node.label)}
            onKeyDown={(event) => onKeyDown(event, node)}
          >
            <span>{node.label}</span>
          </button>
        ))}
        {drawn.more.map((more) => (
          <span
            key={more.level}
            className={classes["more"]}
            style={{ left: more.x, top: more.y, width: NODE.width, height: NODE.height }}
          >
            {t("knowledge.diagram.more", { count: more.count })}
          </span>
        ))}
      </div>
    </div>
  );
}

/** What a table is joined with, in words. */
function joins(drawn: Layout, table: string, t: ReturnType<typeof useTranslation>["t"]): string {
  const words = drawn.edges.flatMap((edge) => {
    if (edge.from === table) return [t("knowledge.diagram.refers", { table: edge.to })];
    return edge.to === table ? [t("knowledge.diagram.referredBy", { table: edge.from })] : [];
  });
  return [...new Set(words)].join(", ");
}
