import { describe, expect, it } from "vitest";
import { columnFormat, compareCells } from "./cell";
import { formatAgo, formatDate } from "./date";
import { formatConfidence, formatDuration, formatNumber, formatShare, groupDecimalText } from "./number";

describe("numbers", () => {
  it.each([
    [1_234_567, "plain", "1,234,567"],
    [-1_234.5, "plain", "-1,234.50"],
    [0, "plain", "0"],
    [0.25, "plain", "0.25"],
    [0.003456, "plain", "0.00346"],
    [1e18, "plain", "1.000e18"],
    [Number.NaN, "plain", "n/a"],
    [Number.NEGATIVE_INFINITY, "compact", "n/a"],
    [999, "compact", "999"],
    [1_200, "compact", "1.2k"],
    [999_960, "compact", "1M"],
    [-3_400_000, "compact", "-3.4M"],
    [2e9, "compact", "2B"],
    [0.125, "percent", "12.5%"],
    [0.5, "percent", "50%"],
    [2024, "raw", "2024"],
  ] as const)("%s as %s reads %s, as the server writes it", (value, format, text) => {
    expect(formatNumber(value, format)).toBe(text);
  });

  it("groups an exact decimal without losing a digit", () => {
    expect(groupDecimalText("-12345678901234567890.10")).toBe("-12,345,678,901,234,567,890.10");
    expect(groupDecimalText("NaN")).toBe("NaN");
  });

  it("never rounds a share into none or all", () => {
    expect([0, 0.0004, 0.5, 0.9996, 1].map(formatShare)).toEqual(["0%", "< 0.1%", "50%", "> 99.9%", "100%"]);
  });

  it("claims certainty only where there is some", () => {
    expect([0.664, 0.999, 1].map(formatConfidence)).toEqual(["66%", "99%", "100%"]);
  });

  it("shortens durations", () => {
    expect([0.2, 8, 1240, 61_000, 120_000].map(formatDuration)).toEqual(["< 1 ms", "8 ms", "1.2 s", "1 min 1 s", "2 min"]);
  });
});

describe("dates", () => {
  it.each([
    ["2024-03-09", "%b %Y", "Mar 2024"],
    ["2024-03", "%B", "March"],
    ["2024-12-30", "%G-W%V", "2025-W01"],
    ["2024-08-01T13:05:09Z", "Q%q %Y, %H:%M", "Q3 2024, 13:05"],
    ["2024-03-09", "%-d %a", "9 Sat"],
    ["no date", "%Y", "no date"],
  ])("%s by %s reads %s", (text, pattern, expected) => {
    expect(formatDate(text, pattern)).toBe(expected);
  });

  it("tells how long ago something was", () => {
    const now = Date.parse("2024-05-10T12:00:00Z");
    expect(formatAgo("2024-05-10T11:59:40Z", now)).toBe("just now");
    expect(formatAgo("2024-05-10T11:55:00Z", now)).toBe("5 minutes ago");
    expect(formatAgo("2024-05-09T11:00:00Z", now)).toBe("yesterday");
    expect(formatAgo("garbage", now)).toBe("");
  });
});

describe("cells", () => {
  const amount = { name: "amount", column_type: "float" } as const;

  it("gives all numbers of a column as many decimals, so that they align", () => {
    const format = columnFormat(amount, [1, 2.5, null]);
    expect([1, 2.5, 1234].map(format)).toEqual(["1.00", "2.50", "1,234.00"]);
  });

  it("leaves years and codes ungrouped", () => {
    for (const name of ["year", "customer_id", "orderId", "ZIP"]) {
      expect(columnFormat({ name, column_type: "integer" }, [2024])(2024)).toBe("2024");
    }
    expect(columnFormat({ name: "paid", column_type: "integer" }, [2024])(2024)).toBe("2,024");
  });

  it("tells NULL, truth, times and documents apart", () => {
    const format = columnFormat({ name: "x", column_type: "timestamp" }, []);
    expect([null, true, "2024-01-02T03:04:05", { a: 1 }].map(format)).toEqual(["–", "yes", "2024-01-02 03:04:05", '{"a":1}']);
  });

  it("sorts decimals by size and leaves NULL last in both directions", () => {
    const cells = ["9.5", null, "10.25", "-3"];
    const column = { name: "x", column_type: "decimal" } as const;
    expect(cells.toSorted((a, b) => compareCells(a, b, column, false))).toEqual(["-3", "9.5", "10.25", null]);
    expect(cells.toSorted((a, b) => compareCells(a, b, column, true))).toEqual(["10.25", "9.5", "-3", null]);
  });
});
