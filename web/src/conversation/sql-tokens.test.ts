import { describe, expect, it } from "vitest";
import { tokenizeSql } from "./sql-tokens";

const kinds = (sql: string) =>
  tokenizeSql(sql)
    .filter((token) => token.text.trim() !== "")
    .map((token) => `${token.kind}:${token.text}`);

describe("SQL in colours", () => {
  it("tells keywords, functions, names, strings and numbers apart", () => {
    expect(kinds(`select COUNT(*) from "order" where név = 'it''s' and n > 1.5e3`)).toEqual([
      "keyword:select", "function:COUNT", "plain:(", "plain:*", "plain:)", "keyword:from", 'name:"order"', "keyword:where",
      "name:név", "plain:=", "string:'it''s'", "keyword:and", "name:n", "plain:>", "number:1.5e3",
    ]);
  });

  it("does not take a word in a comment or a string for a keyword", () => {
    expect(kinds("-- select\n'from' /* where */")).toEqual(["comment:-- select", "string:'from'", "comment:/* where */"]);
  });

  it.each(["", "SELECT 'open", '"unclosed', "/* never", "a\t\n;🚀 ->> '$.x'", "x'00ff'::bytea"])("loses nothing of %j", (sql) => {
    expect(tokenizeSql(sql).map((token) => token.text).join("")).toBe(sql);
  });
});
