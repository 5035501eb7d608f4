//! What a query that a model wrote says: which names in it the catalog does not know, what it joins, what its columns
//! are, which texts it filters by. The guard decides what may run; this is for what is said about it.

mod joins;
mod likeness;
mod outputs;
mod scope;
mod ties;

pub(super) use likeness::nearest;
pub(super) use scope::Literal;

use crate::{
    analyst::{DraftColumn, DraftJoin, TieProbe},
    knowledge::SourceKnowledge,
};
use scope::Walk;
use sqlparser::ast::{Select, SetExpr, Visit};

/// A query, read against the catalog.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    /// Names that the catalog does not know, each with the nearest that it does.
    pub(super) complaints: Vec<String>,
    /// Joins between tables of the catalog.
    pub(super) joins: Vec<DraftJoin>,
    /// Columns of the result; empty where a `*` over something unknown hides them.
    pub(super) columns: Vec<DraftColumn>,
    /// Texts that columns are compared with.
    pub(super) literals: Vec<Literal>,
    /// A query for the sort keys around its cut.
    pub(super) tie_probe: Option<TieProbe>,
}

/// Reads a query; a text that does not parse has just that as its complaint.
pub(super) fn read(sql: &str, knowledge: &SourceKnowledge) -> Reading {
    let query = match crate::sql_tree::parse(sql, knowledge.catalog.dialect) {
        Ok(query) => query,
        Err(complaint) => return Reading { complaints: vec![complaint], ..Reading::default() },
    };
    let mut walk = Walk::new(knowledge);
    let _ = query.visit(&mut walk);
    let first = first_select(&query.body);
    let columns = first.map(|select| outputs::columns(select, &walk.top)).unwrap_or_default();
    let tie_probe = ties::probe(&query);
    Reading { columns, joins: walk.joins(), tie_probe, complaints: walk.complaints, literals: walk.literals }
}

/// The select whose columns name those of the result.
fn first_select(body: &SetExpr) -> Option<&Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first_select(&query.body),
        SetExpr::SetOperation { left, .. } => first_select(left),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
