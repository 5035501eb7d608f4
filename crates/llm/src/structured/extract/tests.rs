use super::*;
use crate::ToolCall;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
struct Draft {
    sql: String,
    #[serde(default)]
    tables: Vec<String>,
    kind: Kind,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Table,
    Chart,
}

fn read(text: &str) -> Result<Draft, Misfit> {
    value(&ChatReply::of_text(text), "draft")
}

fn draft(sql: &str) -> Draft {
    Draft { sql: sql.into(), tables: Vec::new(), kind: Kind::Table }
}

#[test]
fn json_is_found_in_prose_fences_wrappers_and_after_thoughts() {
    for text in [
        r#"{"sql": "SELECT 1", "kind": "table"}"#,
        "Sure! Here it is:\n```json\n{\"sql\": \"SELECT 1\", \"kind\": \"table\"}\n```\nHope {that} helps.",
        r#"The answer [as asked] is {"sql": "SELECT 1", "kind": "table", "mood": "extra"} indeed."#,
        r#"{"draft": {"sql": "SELECT 1", "kind": "table"}}"#,
        r#"{"name": "draft", "arguments": {"sql": "SELECT 1", "kind": "table"}}"#,
        r#"{"name": "draft", "arguments": "{\"sql\": \"SELECT 1\", \"kind\": \"table\"}"}"#,
        r#"<think>{"sql": "no", "kind": "chart"}</think>{"sql": "SELECT 1", "kind": "table"}"#,
        r#"{"sql": "SELECT 1", "kind": "table", "tables": null}"#,
        "{\"sql\": \"SELECT 1\", \"kind\": \"table\",\n}",
    ] {
        assert_eq!(read(text), Ok(draft("SELECT 1")), "{text}");
    }
}

#[test]
fn raw_line_breaks_in_strings_are_read_as_line_breaks() {
    assert_eq!(read("{\"sql\": \"SELECT 1,\n\t2\", \"kind\": \"table\"}"), Ok(draft("SELECT 1,\n\t2")));
}

#[test]
fn half_a_json_is_not_completed() {
    assert_eq!(read(r#"{"sql": "SELECT 1", "kind": "tab"#), Err(Misfit::BrokenJson));
}

#[test]
fn a_missing_value_is_not_made_up() {
    let Err(Misfit::Shape { said, .. }) = read(r#"{"sql": "SELECT 1"}"#) else { panic!("fits") };
    assert_eq!(said, "missing field `kind`");
}

#[test]
fn a_wrong_choice_is_named_to_the_model_and_not_to_the_trace() {
    let misfit = read(r#"{"sql": "SELECT 1", "kind": "Margit Kovács"}"#).unwrap_err();
    assert_eq!(misfit.full(), "at `kind`: unknown variant `Margit Kovács`, expected `table` or `chart`");
    assert_eq!(misfit.unquoted(), "at `kind`: unknown variant …, expected `table` or `chart`");
    let misfit = read(r#"{"sql": ["Margit", "Kovács"], "kind": "table", "tables": "a \"b\" c"}"#).unwrap_err();
    assert!(!misfit.unquoted().contains("Margit"), "{}", misfit.unquoted());
    let misfit = read(r#"{"sql": "SELECT 1", "kind": "table", "tables": "planted \"value\" here"}"#).unwrap_err();
    assert_eq!(misfit.unquoted(), "at `tables`: invalid type: string …, expected a sequence");
}

#[test]
fn prose_nothing_and_unknown_tools_are_told_apart() {
    assert_eq!(read("I would rather not."), Err(Misfit::NoJson));
    assert_eq!(read("  "), Err(Misfit::Empty));
    let call = ToolCall { name: "search".into(), arguments: r#"{"sql": "SELECT 1", "kind": "table"}"#.into() };
    let reply = ChatReply { tool_calls: vec![call], ..ChatReply::default() };
    assert_eq!(value::<Draft>(&reply, "draft"), Err(Misfit::UnknownTool));
}

#[test]
fn megabytes_of_brackets_are_given_up_soon() {
    assert_eq!(read(&"{[".repeat(1_000_000)), Err(Misfit::BrokenJson));
}
