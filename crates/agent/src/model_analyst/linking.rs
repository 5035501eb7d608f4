//! Which tables a question is about, and its wording in the terms of the data.

use super::{ModelAnalyst, Privacy, quoting, scene::Scene};
use crate::{
    analyst::{Asking, FoundTable, Opinion, Rephrased, Said, SelectedTable, SelectedTables},
    prompts::{Prompt, prompt},
};
use datafyme_domain::{Table, TableRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

static SELECT_TABLES: LazyLock<Prompt> = prompt!("select_tables", Fast, 500);
static REPHRASE: LazyLock<Prompt> = prompt!("rephrase", Fast, 300);

/// Tables of a database of which all fit into a query's scope: choosing would only lose some.
const ALL: usize = 8;
/// Tables that are put to choice.
const CANDIDATES: usize = 60;
/// Columns named of a candidate.
const COLUMNS: usize = 12;
/// Characters of a description.
const NOTE: usize = 100;

/// A situation with tables to choose from.
#[derive(Debug, Serialize)]
struct Choice {
    #[serde(flatten)]
    scene: Scene,
    /// One line per table.
    tables: Vec<String>,
    /// Tables that are not listed.
    further: usize,
}

/// The tables that a question is about.
#[derive(Debug, Deserialize, JsonSchema)]
struct SelectionReply {
    /// Names as listed, the most important first; empty when none fits.
    tables: Vec<String>,
}

pub(super) async fn select_tables(
    analyst: &ModelAnalyst,
    asking: &Asking,
    found: &[FoundTable],
) -> Said<SelectedTables> {
    let candidates = candidates(asking, found);
    if asking.knowledge.catalog.tables.len() <= ALL {
        let tables = candidates.iter().map(|t| selected(&t.name, 1.0, "one of few tables")).collect();
        return Ok(Opinion::Given(SelectedTables { tables }));
    }
    let context = Choice {
        scene: Scene::of(asking, analyst.options.privacy),
        tables: candidates.iter().map(|t| line(asking, t, analyst.options.privacy)).collect(),
        further: asking.knowledge.catalog.tables.len() - candidates.len(),
    };
    let said = analyst.ask::<_, SelectionReply>(&SELECT_TABLES, &context, &asking.ledger).await?;
    Ok(said.map(|reply| {
        let mut tables: Vec<SelectedTable> = Vec::new();
        for name in &reply.tables {
            // What is not in the catalog was made up.
            if let Some(table) = asking.knowledge.catalog.find(name.trim().trim_matches('"'))
                && !tables.iter().any(|t| t.table == table.name)
            {
                tables.push(selected(&table.name, 1.0 / (1.0 + tables.len() as f64), "chosen by the language model"));
            }
        }
        SelectedTables { tables }
    }))
}

fn selected(table: &TableRef, score: f64, reason: &str) -> SelectedTable {
    SelectedTable { table: table.clone(), score, reasons: vec![reason.to_owned()] }
}

/// What was found, then the rest as far as there is room.
fn candidates<'a>(asking: &'a Asking, found: &[FoundTable]) -> Vec<&'a Table> {
    let knowledge = &asking.knowledge;
    let catalog = &knowledge.catalog;
    let named = found.iter().map(|f| &f.table);
    let mut tables: Vec<&Table> = Vec::new();
    for table in named.filter_map(|t| knowledge.table(t).map(|(table, _)| table)).chain(&catalog.tables) {
        if tables.len() == CANDIDATES {
            break;
        }
        if !tables.iter().any(|t| t.name == table.name) {
            tables.push(table);
        }
    }
    tables
}

/// `orders(order_id, customer_id, …) -- "Orders of customers"`
fn line(asking: &Asking, table: &Table, privacy: Privacy) -> String {
    let made = || made_line(asking, table, privacy);
    match asking.knowledge.prepared.get(&table.name) {
        Some((_, prepared)) => prepared.line.get_or_make(privacy, made).to_owned(),
        None => made(),
    }
}

fn made_line(asking: &Asking, table: &Table, privacy: Privacy) -> String {
    let mut columns: Vec<&str> = table.columns.iter().take(COLUMNS).map(|c| c.name.as_str()).collect();
    if table.columns.len() > COLUMNS {
        columns.push("…");
    }
    // Generated descriptions may name values.
    let mut documented = asking.knowledge.documentation.iter().filter(|_| privacy == Privacy::Samples);
    let documented = documented.find(|d| d.table == table.name);
    let note = table.comment.as_deref().or_else(|| documented.map(|d| d.business_description.as_str()));
    let note = note.filter(|n| !n.is_empty()).map(|n| format!(" -- \"{}\"", quoting::line(n, NOTE)));
    quoting::line(&format!("{}({}){}", table.name, columns.join(", "), note.unwrap_or_default()), 600)
}

pub(super) async fn rephrase(analyst: &ModelAnalyst, asking: &Asking) -> Said<Rephrased> {
    let context = Choice {
        scene: Scene::of(asking, analyst.options.privacy),
        tables: asking
            .knowledge
            .catalog
            .tables
            .iter()
            .take(CANDIDATES)
            .map(|t| line(asking, t, analyst.options.privacy))
            .collect(),
        further: asking.knowledge.catalog.tables.len().saturating_sub(CANDIDATES),
    };
    let said = analyst.ask::<_, Rephrased>(&REPHRASE, &context, &asking.ledger).await?;
    Ok(said.map(|reply| Rephrased { question: quoting::block(&reply.question, 1_000) }))
}
