//! An answer as it is printed.

use super::{Failure, terminal::Terminal};
use console::style;
use datafyme_domain::run::CheckResult;
use datafyme_domain::{Answer, AnswerKind, RowSet, Run, RunStatus, Step};
use datafyme_render::terminal::{self as draw, TerminalOptions};
use serde_json::json;
use std::io::Write;

/// Rows of a table on the terminal; the rest is in `--format json`.
const SHOWN_ROWS: usize = 20;

/// One JSON object: the answer, the run it comes from, and its steps.
pub(super) fn print_json(run: &Run, answer: &Answer, steps: &[Step]) -> Result<(), Failure> {
    let object = json!({
        "run_id": run.id,
        "conversation_id": run.conversation_id,
        "status": answer.status,
        "kind": answer.kind,
        "text": answer.text,
        "interpretation": answer.interpretation,
        "sql": answer.sql,
        "columns": answer.columns,
        "rows": answer.rows,
        "truncated": answer.truncated,
        "chart": answer.chart,
        "tables": answer.tables,
        "relations": answer.relations,
        "checks": answer.checks,
        "suggestions": answer.suggestions,
        "confidence": answer.confidence,
        "steps": steps,
        "usage": answer.usage,
    });
    let text = serde_json::to_string_pretty(&object).map_err(|e| Failure::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

/// For people: how it was understood, the SQL, the rows, the chart, the sentence, and what was checked.
pub(super) fn print_text(terminal: Terminal, answer: &Answer) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    if let Some(words) = &answer.interpretation {
        writeln!(out, "{} {words}", style("understood as").dim())?;
    }
    if let Some(sql) = &answer.sql {
        writeln!(out)?;
        for line in sql.lines() {
            writeln!(out, "  {}", style(line).blue())?;
        }
    }
    let canvas =
        TerminalOptions { width: terminal.width.into(), colour: terminal.color, unicode: true, max_rows: SHOWN_ROWS };
    let rows = RowSet { columns: answer.columns.clone(), rows: answer.rows.clone(), truncated: answer.truncated };
    let says_it_all = answer.kind == AnswerKind::Text && rows.is_empty();
    if !rows.columns.is_empty() && !says_it_all {
        writeln!(out, "\n{}", draw::table(&rows, &canvas).trim_end())?;
    }
    if let Some(chart) = answer.chart.as_ref().and_then(|spec| draw::chart(spec, &rows, &canvas).ok()) {
        writeln!(out, "\n{}", chart.trim_end())?;
    }
    let text = match answer.status {
        RunStatus::Answered => style(answer.text.as_str()),
        RunStatus::Declined => style(answer.text.as_str()).yellow(),
        _ => style(answer.text.as_str()).red(),
    };
    writeln!(out, "\n{text}")?;
    for check in &answer.checks {
        let mark = match check.result {
            CheckResult::Passed => style("✓").green(),
            CheckResult::Warning => style("!").yellow(),
            CheckResult::Failed => style("✗").red(),
        };
        writeln!(out, "{mark} {}", check.detail)?;
    }
    if answer.status != RunStatus::Answered && !answer.suggestions.is_empty() {
        writeln!(out, "You could ask:")?;
        for suggestion in &answer.suggestions {
            writeln!(out, "  {suggestion}")?;
        }
    }
    out.flush()?;
    Ok(())
}
