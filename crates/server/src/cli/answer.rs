//! An answer as it is printed.

use super::{Failure, terminal::Terminal};
use console::style;
use datafyme_agent::{Language, detect_language};
use datafyme_domain::run::CheckResult;
use datafyme_domain::{Answer, AnswerKind, Phrase, RowSet, Run, RunStatus, Step};
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
        "explanations": answer.explanations,
        "readings": answer.readings,
        "sql": answer.sql,
        "columns": answer.columns,
        "rows": answer.rows,
        "truncated": answer.truncated,
        "chart": answer.chart,
        "tables": answer.tables,
        "relations": answer.relations,
        "relation_reasons": answer.relation_reasons,
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
pub(super) fn print_text(terminal: Terminal, question: &str, answer: &Answer) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    if let Some(words) = understood(question, answer) {
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
    print_readings(&mut out, answer, &canvas)?;
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

/// How the question was understood, in its language where that can be said; names and values stand out.
fn understood(question: &str, answer: &Answer) -> Option<String> {
    let code = match detect_language(question) {
        Language::Hu => "hu",
        Language::En | Language::Other => "en",
    };
    let Some(said) = answer.explanations.iter().find(|e| e.language == code) else {
        return answer.interpretation.clone();
    };
    let phrase = |p: &Phrase| match &p.target {
        Some(_) => style(p.text.as_str()).bold().to_string(),
        None => p.text.clone(),
    };
    Some(said.phrases.iter().map(phrase).collect())
}

/// The readings to choose from, numbered, each with the beginning of its result.
fn print_readings(out: &mut impl Write, answer: &Answer, canvas: &TerminalOptions) -> Result<(), Failure> {
    for (at, reading) in answer.readings.iter().enumerate() {
        writeln!(out, "\n{} {}", style(format!("{}.", at + 1)).bold(), reading.interpretation)?;
        let rows =
            RowSet { columns: reading.columns.clone(), rows: reading.rows.clone(), truncated: reading.truncated };
        for line in draw::table(&rows, canvas).trim_end().lines() {
            writeln!(out, "   {line}")?;
        }
    }
    if !answer.readings.is_empty() {
        writeln!(out, "\nAsk again with --reading N to choose one; the choice is remembered.")?;
    }
    Ok(())
}
