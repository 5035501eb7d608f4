import { describe, expect, it } from "vitest";
import { DARK, LIGHT } from "./colours";
import { offeredKinds } from "./kinds";
import { prepareOption, statementOf, type JsonOption } from "./option";

type Drawn = Record<string, never>;
interface Axis {
  axisLabel: { formatter?: (value: unknown) => string; color: string };
  nameTextStyle: { align?: string };
}
interface Tip {
  formatter?: (item: unknown) => string;
  valueFormatter: (value: unknown) => string;
}

const line = (more: JsonOption = {}, stated: JsonOption = {}): JsonOption => ({
  title: { text: "A line" },
  tooltip: { trigger: "axis" },
  xAxis: { type: "category", nameLocation: "middle", data: ["Jan 2024"] },
  yAxis: [{ type: "value", nameLocation: "end" }, { type: "value", nameLocation: "end" }],
  series: [{ type: "line", data: [1] }],
  datafyme: { kind: "mixed", number_format: "percent", date_format: null, value_axes: ["y"], dropped: 3, ...stated },
  ...more,
});

const axes = (option: JsonOption, key: string) => option[key] as Axis[];
const tip = (option: JsonOption) => option["tooltip"] as Tip;

describe("a chart made ready for drawing", () => {
  it("formats the axes that carry values, and no other", () => {
    const drawn = prepareOption(line(), LIGHT, 800);
    const [left, right] = axes(drawn, "yAxis");
    expect(left?.axisLabel.formatter?.(0.125)).toBe("12.5%");
    expect(right?.axisLabel.formatter).toBeUndefined();
    expect((drawn["xAxis"] as Axis).axisLabel.formatter).toBeUndefined();
  });

  it("shortens large numbers on the axis and spells them out in the tooltip", () => {
    const drawn = prepareOption(line({}, { number_format: "plain" }), LIGHT, 800);
    expect(axes(drawn, "yAxis")[0]?.axisLabel.formatter?.(1_250_000)).toBe("1.3M");
    expect(tip(drawn).valueFormatter(1_250_000)).toBe("1,250,000");
    expect(tip(drawn).valueFormatter(null)).toBe("–");
  });

  it("counts a histogram's bars in plain numbers, whatever it measures", () => {
    const drawn = prepareOption(line({}, { kind: "histogram" }), LIGHT, 800);
    expect(axes(drawn, "yAxis")[0]?.axisLabel.formatter?.(7)).toBe("7");
  });

  it("takes the colours of the scheme, and leaves what the server says", () => {
    const option = line({ legend: { top: 30, textStyle: { color: "#123456" } } });
    const drawn = prepareOption(option, DARK, 800) as Drawn & { color: string[]; legend: JsonOption };
    expect(drawn.color).toEqual(DARK.palette);
    expect(axes(drawn, "yAxis")[0]?.axisLabel.color).toBe(DARK.dimmed);
    expect(drawn.legend).toMatchObject({ top: 30, textStyle: { color: "#123456" } });
    expect(prepareOption(option, LIGHT, 800)["color"]).toEqual(LIGHT.palette);
  });

  it("does not change the option that it is given, nor hand our key to ECharts", () => {
    const option = line();
    const before = structuredClone(option);
    expect(prepareOption(option, LIGHT, 300)).not.toHaveProperty("datafyme");
    expect(option).toEqual(before);
  });

  it("keeps titles over the axes inside the picture", () => {
    const [left, right] = axes(prepareOption(line(), LIGHT, 800), "yAxis");
    expect([left?.nameTextStyle.align, right?.nameTextStyle.align]).toEqual(["left", "right"]);
  });

  it("makes room for a slider", () => {
    const option = line({ grid: { bottom: 16 }, dataZoom: [{ type: "inside" }, { type: "slider" }] });
    expect(prepareOption(option, LIGHT, 800)["grid"]).toEqual({ bottom: 64 });
  });

  it("hides the names of many slices where there is no room for them", () => {
    const data = Array.from({ length: 9 }, (_, i) => ({ name: `Slice ${i}`, value: i }));
    const pie = line({ series: [{ type: "pie", data, label: { show: true } }] }, { kind: "pie", value_axes: [] });
    const shown = (width: number) => (prepareOption(pie, LIGHT, width)["series"] as { label: { show: boolean } }[])[0]?.label.show;
    expect([shown(800), shown(340)]).toEqual([true, false]);
  });

  it("names every figure of a point, and lets no name become markup", () => {
    const drawn = prepareOption(line({}, { kind: "bubble", number_format: "compact" }), LIGHT, 800);
    const html = tip(drawn).formatter?.({ name: "<img src=x>", value: [1, 2_000, 3], dimensionNames: ["budget", "gross", "theatres"] });
    expect(html).toContain("&lt;img src=x&gt;");
    expect(html).not.toContain("<img");
    expect(html).toMatch(/gross.*2,000.*theatres.*3/s);
  });

  it("draws a chart that says nothing of formats", () => {
    expect(statementOf({})).toEqual({ kind: undefined, number_format: "plain", value_axes: [], dropped: 0 });
    expect(statementOf(line()).dropped).toBe(3);
    expect(() => prepareOption({ series: [] }, LIGHT, 0)).not.toThrow();
  });
});

describe("kinds that are offered", () => {
  const spec = { title: "", x: 0, y: [1], x_title: "", y_title: "" };
  const month = { name: "month", column_type: "text" } as const;
  const status = { name: "status", column_type: "text" } as const;
  const total = { name: "total", column_type: "integer" } as const;

  it("are those that the rows can make, and always the chosen one", () => {
    const answer = { columns: [month, total], rows: [["2024-01", 3], ["2024-02", 4]] };
    expect(offeredKinds({ ...answer, chart: { ...spec, kind: "line" } })).toEqual(["bar", "line", "pie"]);
    expect(offeredKinds({ ...answer, chart: { ...spec, kind: "mixed" } })).toContain("mixed");
  });

  it("leave out bars and slices where a category occurs twice", () => {
    const rows = [["2024-01", 3, "open"], ["2024-01", 4, "closed"]];
    expect(offeredKinds({ chart: { ...spec, kind: "line", series: 2 }, columns: [month, total, status], rows })).toEqual([
      "stacked_bar",
      "line",
    ]);
  });

  it("leave out the pie where a part is negative or the parts are many", () => {
    const kinds = (rows: unknown[][]) => offeredKinds({ chart: { ...spec, kind: "bar" }, columns: [month, total], rows });
    expect(kinds([["a", 3], ["b", -1]])).toEqual(["bar", "line"]);
    expect(kinds(Array.from({ length: 30 }, (_, i) => [`month ${i}`, i]))).toEqual(["bar", "line"]);
  });

  it("are none for an answer without a chart", () => {
    expect(offeredKinds({ chart: null, columns: [] })).toEqual([]);
  });
});
