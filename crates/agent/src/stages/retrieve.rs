//! Tables and columns by meaning and by word, from the search index, and by what the catalog says.

use super::StageContext;
use crate::{
    AgentError, AgentParts,
    analyst::FoundTable,
    graph::{Outcome, State},
    knowledge::SourceKnowledge,
};
use datafyme_domain::{DataSourceId, TableRef};
use datafyme_store::HybridQuery;
use std::collections::HashMap;

/// Documents looked at; a table has several, so fewer tables come out.
const HITS: usize = 60;
/// Tables handed on.
const TABLES: usize = 20;

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let mut words = state.question.clone();
    if state.follow_up
        && let Some(turn) = context.history.iter().rev().find(|t| t.memo.is_some())
    {
        words.push(' ');
        words.push_str(&turn.question);
    }
    // The index is derived and may be away for a while; the words of the catalog are known without it.
    let searched = search(&context.parts, context.knowledge.source.id, &words).await.unwrap_or_else(|error| {
        tracing::warn!(error.kind = %error.kind(), "search.failed");
        context.say("the search index cannot be reached; going by the catalog alone");
        Vec::new()
    });
    Ok(Outcome::Found { tables: linked(&context.knowledge, &words, &searched) })
}

/// The tables that `text` is about, best first: by the words of the catalog, its values and relations, and by the search
/// index where it can be reached.
pub(crate) async fn retrieve(parts: &AgentParts, knowledge: &SourceKnowledge, text: &str) -> Vec<FoundTable> {
    let searched = search(parts, knowledge.source.id, text).await.unwrap_or_else(|error| {
        tracing::warn!(error.kind = %error.kind(), "search.failed");
        Vec::new()
    });
    linked(knowledge, text, &searched)
}

fn linked(knowledge: &SourceKnowledge, text: &str, searched: &[FoundTable]) -> Vec<FoundTable> {
    knowledge.linker.link(&knowledge.catalog, &knowledge.values, text, searched, TABLES)
}

/// The tables that the search index knows of, best first.
async fn search(parts: &AgentParts, source: DataSourceId, text: &str) -> Result<Vec<FoundTable>, AgentError> {
    let vectors = parts.embedder.embed(&[text.to_owned()]).await?;
    let query = HybridQuery {
        sources: vec![source],
        text: text.to_owned(),
        vector: vectors.into_iter().next().unwrap_or_default(),
        limit: HITS,
    };
    let hits = parts.search.search(&query).await?;
    let mut order: Vec<TableRef> = Vec::new();
    let mut found: HashMap<TableRef, (Vec<f64>, Vec<String>)> = HashMap::new();
    for hit in hits {
        let (scores, columns) = found.entry(hit.table.clone()).or_insert_with(|| {
            order.push(hit.table.clone());
            Default::default()
        });
        scores.push(hit.score);
        if let Some(column) = hit.column
            && !columns.contains(&column)
        {
            columns.push(column);
        }
    }
    let mut tables: Vec<FoundTable> = order
        .into_iter()
        .filter_map(|table| {
            let (scores, columns) = found.remove(&table)?;
            // The best document counts most; further ones of the same table confirm it, ever less.
            let score = scores.iter().zip(1_u32..).map(|(s, rank)| s / f64::from(rank)).sum();
            Some(FoundTable { table, score, columns, words: Vec::new() })
        })
        .collect();
    tables.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(tables)
}
