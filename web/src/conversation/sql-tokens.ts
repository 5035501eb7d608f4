export type TokenKind = "keyword" | "function" | "string" | "number" | "comment" | "name" | "plain";

export interface SqlToken {
  kind: TokenKind;
  text: string;
}

const KEYWORDS = new Set(
  (
    "all and any as asc between by case cast collate cross current_date current_timestamp desc distinct else end escape " +
    "except exists extract false fetch filter first following for from full group having in inner intersect interval is join " +
    "last lateral left like ilike limit materialized natural not null nulls offset on or order outer over partition " +
    "preceding range recursive right row rows select similar then to true unbounded union unknown " +
    "using values when where window with within"
  ).split(" "),
);

// In this order: comments, strings, quoted names, numbers, words, white space, any other character.
const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*'?)|("(?:[^"]|"")*"?|`[^`]*`?)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_$]*)|(\s+)|([\s\S])/gu;

/** Cuts SQL into coloured pieces. Joined again they are the text, whatever it is: nothing is lost or made up. */
export function tokenizeSql(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const [text, comment, string, quoted, number, word] = match;
    const next = sql[match.index + text.length];
    if (comment !== undefined) tokens.push({ kind: "comment", text });
    else if (string !== undefined) tokens.push({ kind: "string", text });
    else if (quoted !== undefined) tokens.push({ kind: "name", text });
    else if (number !== undefined) tokens.push({ kind: "number", text });
    else if (word !== undefined) tokens.push({ kind: wordKind(word, next), text });
    else tokens.push({ kind: "plain", text });
  }
  return tokens;
}

function wordKind(word: string, next: string | undefined): TokenKind {
  if (KEYWORDS.has(word.toLowerCase())) return "keyword";
  return next === "(" ? "function" : "name";
}
