import { describe, expect, it } from "vitest";
import type { Relation } from "../api/model";
import { busiest, layout, MOST, NODE, path } from "./diagram-layout";

const relation = (from: string, to: string, kind: Relation["kind"] = "inferred"): Relation => ({
  id: `${from}-${to}`,
  source_id: "s",
  from_table: { table: from },
  from_columns: [`${to}_id`],
  to_table: { table: to },
  to_columns: ["id"],
  kind,
  cardinality: "many_to_one",
  confidence: 0.9,
  evidence: { reasons: [] },
  reasons: [],
});

const SHOP = [
  relation("orders", "customers"),
  relation("items", "orders"),
  relation("items", "products"),
  relation("customers", "cities"),
  relation("orders", "ghosts", "rejected"),
];
const levels = (depth: number) =>
  Object.fromEntries(layout(SHOP, "orders", depth).nodes.map((node) => [node.label, node.level]));

describe("the diagram around a table", () => {
  it("shows children on the left, parents on the right, rejected relations nowhere", () => {
    expect(levels(1)).toEqual({ orders: 0, customers: 1, items: -1 });
    expect(levels(2)).toEqual({ orders: 0, customers: 1, items: -1, cities: 2, products: -2 });
  });

  it("stays as tall as a column at two hundred tables, and counts what it leaves out", () => {
    const many = Array.from({ length: 200 }, (_, i) => relation(`child_${i}`, "hub"));
    const drawn = layout(many, "hub", 2);
    expect(drawn.nodes).toHaveLength(MOST + 1);
    expect(drawn.more.map(({ level, count }) => [level, count])).toEqual([[-1, 200 - MOST]]);
    expect(drawn.height).toBeLessThanOrEqual((MOST + 1) * (NODE.height + NODE.gapY));
    const places = drawn.nodes.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it("draws a table alone where nothing joins it, and one that refers to itself", () => {
    expect(layout([], "lonely", 2).nodes.map((node) => node.label)).toEqual(["lonely"]);
    const self = layout([relation("staff", "staff")], "staff", 1);
    expect([self.nodes.length, self.edges.length]).toEqual([1, 1]);
    for (const node of self.nodes) expect(path(node, node)).not.toContain("NaN");
  });

  it("begins with the table that most relations touch", () => {
    expect(busiest(SHOP)).toBe("customers");
    expect(busiest([])).toBeUndefined();
  });
});
