//! The tables between and beside the selected ones, and how they connect.

use super::StageContext;
use crate::{
    AgentError,
    analyst::QueryScope,
    graph::{Outcome, State},
};
use datafyme_domain::TableRef;

/// Selected tables that paths are looked for between.
const CONNECTED: usize = 5;
/// Tables of a scope.
const TABLES: usize = 24;

pub(super) async fn run(context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    let source = context.knowledge.source.id;
    let graph = &context.parts.graph;
    let selected: Vec<TableRef> = state.selected.iter().map(|t| t.table.clone()).collect();
    let mut scope = QueryScope { tables: selected.clone(), paths: Vec::new() };
    let near: Vec<&TableRef> = selected.iter().take(CONNECTED).collect();
    for (i, from) in near.iter().enumerate() {
        for to in near.iter().skip(i + 1) {
            let paths = graph.join_paths(source, from, to, 1).await.unwrap_or_default();
            for path in paths {
                for relation in &path.relations {
                    add(&mut scope, &relation.from_table);
                    add(&mut scope, &relation.to_table);
                }
                scope.paths.push(path);
            }
        }
    }
    let near: Vec<TableRef> = near.into_iter().cloned().collect();
    match graph.neighbours(source, &near, 1).await {
        Ok(tables) => tables.iter().for_each(|t| add(&mut scope, t)),
        Err(error) => {
            tracing::warn!(error.kind = %error.kind(), "graph.failed");
            context.say("the relation graph cannot be reached; going on without neighbours");
        }
    }
    scope.tables.truncate(TABLES);
    Ok(Outcome::Expanded { scope })
}

fn add(scope: &mut QueryScope, table: &TableRef) {
    if !scope.tables.contains(table) {
        scope.tables.push(table.clone());
    }
}
