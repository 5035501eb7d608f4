import { tableLabel, type Relation } from "../api/model";

/** Tables shown in one column; the rest is counted. */
export const MOST = 12;

export const NODE = { width: 208, height: 44, gapX: 96, gapY: 14 } as const;

/** A table at its place. */
export interface Node {
  label: string;
  /** Steps from the middle; what refers to it stands left (negative), what it refers to right. */
  level: number;
  x: number;
  y: number;
}

/** A relation between two tables that are shown. */
export interface Edge {
  id: string;
  from: string;
  to: string;
  title: string;
  inferred: boolean;
}

/** A part of an entity-relationship diagram: a table and what is near it. */
export interface Layout {
  nodes: Node[];
  edges: Edge[];
  /** Tables that a column has no room for, by level. */
  more: { level: number; count: number; x: number; y: number }[];
  width: number;
  height: number;
}

const ends = (relation: Relation) => [tableLabel(relation.from_table), tableLabel(relation.to_table)] as const;

/** Places the tables within `depth` steps of `focus`: children to the left, parents to the right, each in its column. */
export function layout(relations: readonly Relation[], focus: string, depth: number): Layout {
  const used = relations.filter((relation) => relation.kind !== "rejected");
  const levels = new Map<string, number>([[focus, 0]]);
  const hidden = new Map<number, number>();
  const count = new Map<number, number>([[0, 1]]);
  let rim = [focus];
  for (let step = 1; step <= depth; step += 1) {
    const next: string[] = [];
    for (const table of rim) {
      const side = Math.sign(levels.get(table) ?? 0);
      for (const relation of used) {
        const [from, to] = ends(relation);
        if (from === to || (from !== table && to !== table)) continue;
        const other = from === table ? to : from;
        if (levels.has(other)) continue;
        // Further out it goes on in its direction, so that nothing crosses the middle.
        const level = step * (side || (from === table ? 1 : -1));
        const taken = count.get(level) ?? 0;
        if (taken >= MOST) {
          hidden.set(level, (hidden.get(level) ?? 0) + 1);
          levels.set(other, Number.NaN);
          continue;
        }
        count.set(level, taken + 1);
        levels.set(other, level);
        next.push(other);
      }
    }
    rim = next;
  }
  const shown = [...levels].filter(([, level]) => !Number.isNaN(level));
  const columns = [...new Set(shown.map(([, level]) => level))].toSorted((a, b) => a - b);
  const rows = Math.max(...columns.map((level) => (count.get(level) ?? 0) + (hidden.has(level) ? 1 : 0)));
  const pitch = NODE.height + NODE.gapY;
  const height = rows * pitch - NODE.gapY;
  const xOf = (level: number) => columns.indexOf(level) * (NODE.width + NODE.gapX);
  const topOf = (level: number) =>
    (height - (((count.get(level) ?? 0) + (hidden.has(level) ? 1 : 0)) * pitch - NODE.gapY)) / 2;
  const nodes = columns.flatMap((level) =>
    shown
      .filter(([, at]) => at === level)
      .map(([label], row) => ({ label, level, x: xOf(level), y: topOf(level) + row * pitch })),
  );
  const more = [...hidden].map(([level, extra]) => ({
    level,
    count: extra,
    x: xOf(level),
    y: topOf(level) + (count.get(level) ?? 0) * pitch,
  }));
  const visible = new Set(nodes.map((node) => node.label));
  const edges = used.flatMap((relation) => {
    const [from, to] = ends(relation);
    if (!visible.has(from) || !visible.has(to)) return [];
    const title = `${from}.${relation.from_columns.join(" + ")} → ${to}.${relation.to_columns.join(" + ")}`;
    return [{ id: relation.id, from, to, title, inferred: relation.kind === "inferred" }];
  });
  const width = columns.length * (NODE.width + NODE.gapX) - NODE.gapX;
  return { nodes, edges, more, width, height };
}

/** The way of an edge: from side to side, or around where both stand in one column. */
export function path(from: Node, to: Node): string {
  const middle = NODE.height / 2;
  const [y1, y2] = [from.y + middle, to.y + middle];
  if (from.label === to.label) {
    const [x, top] = [from.x + NODE.width, from.y];
    return `M ${x} ${top + 10} C ${x + 36} ${top - 4}, ${x + 36} ${top + NODE.height + 4}, ${x} ${top + NODE.height - 10}`;
  }
  if (from.x === to.x) {
    const x = from.x + NODE.width;
    return `M ${x} ${y1} C ${x + 44} ${y1}, ${x + 44} ${y2}, ${x} ${y2}`;
  }
  const right = from.x < to.x;
  const x1 = right ? from.x + NODE.width : from.x;
  const x2 = right ? to.x : to.x + NODE.width;
  const bend = (x2 - x1) / 2;
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
}

/** The table that most relations touch: where to begin. */
export function busiest(relations: readonly Relation[]): string | undefined {
  const touched = new Map<string, number>();
  for (const relation of relations) {
    if (relation.kind === "rejected") continue;
    for (const end of ends(relation)) touched.set(end, (touched.get(end) ?? 0) + 1);
  }
  return [...touched].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0]?.[0];
}
