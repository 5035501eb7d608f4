//! What people write about a data source: documentation, words of the business, their say on relations.

use crate::{
    Agent, AgentError,
    editing::{self, DocumentationChange},
    learning,
};
use datafyme_connect::{AllowedTables, guard};
use datafyme_domain::{
    BusinessTerm, BusinessTermId, Caller, Cardinality, Catalog, DataSourceId, ErrorKind, Relation, RelationEvidence,
    RelationId, RelationKind, RelationReason, RelationTier, Table, TableDocumentation, TableEdits, TableRef,
    TermMeaning,
};
use std::collections::HashMap;

/// Longest term in characters.
const MAX_TERM: usize = 80;
/// Longest definition in characters.
const MAX_DEFINITION: usize = 2_000;
/// Longest expression in characters.
const MAX_EXPRESSION: usize = 500;
/// Most other words for one term.
const MAX_SYNONYMS: usize = 20;

impl Agent {
    /// Changes what is written about some tables: all or none. Each change names the version that it rests on; 0 where
    /// nothing was written yet. What is written counts for the next question.
    ///
    /// # Errors
    /// `NotFound` for an unknown table, `InvalidInput`, `Conflict` when somebody else changed a table meanwhile.
    pub async fn edit_documentation(
        &self,
        caller: Caller,
        source: DataSourceId,
        changes: &[(TableRef, u64, DocumentationChange)],
    ) -> Result<(), AgentError> {
        let metadata = &self.inner.parts.metadata;
        let catalog = self.catalog_of(caller, source).await?;
        let stored = metadata.documentation_edits(caller, source).await?;
        let mut stored: HashMap<TableRef, TableEdits> = stored.into_iter().map(|e| (e.table.clone(), e)).collect();
        let mut edits = Vec::new();
        for (name, version, change) in changes {
            let table = catalog.get(name).ok_or_else(|| {
                AgentError::refused(ErrorKind::NotFound, format!("no table {name} in this data source"))
            })?;
            let generated = metadata.generated_documentation(caller, source, name).await?;
            let before = stored.remove(name).unwrap_or_else(|| TableEdits::none(source, name.clone()));
            let before = TableEdits { version: *version, ..before };
            edits.push(editing::apply(before, table, generated.as_ref(), change)?);
        }
        let at = self.inner.parts.clock.now();
        if let Some(table) = metadata.put_documentation_edits(caller, source, &edits, at).await? {
            let message = format!(
                "somebody else changed {table} meanwhile: nothing was saved; read it again, then make your change"
            );
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        let tables: Vec<TableRef> = edits.into_iter().map(|e| e.table).collect();
        self.follow(caller, source, &tables).await;
        Ok(())
    }

    /// Writes some terms: all or none. A term of version 0 is new.
    ///
    /// # Errors
    /// `InvalidInput` for a term that means nothing in this data source, `Conflict` when there is one of that name or
    /// somebody else changed it meanwhile.
    pub async fn put_terms(
        &self,
        caller: Caller,
        source: DataSourceId,
        terms: &[BusinessTerm],
    ) -> Result<(), AgentError> {
        let metadata = &self.inner.parts.metadata;
        let catalog = self.catalog_of(caller, source).await?;
        for term in terms {
            check_term(term, &catalog)?;
        }
        let before = metadata.list_terms(caller, source).await?;
        if let Some(id) = metadata.put_terms(caller, source, terms).await? {
            let name = terms.iter().find(|t| t.id == id).map_or("a term", |t| t.term.as_str());
            let message =
                format!("somebody else changed or removed {name} meanwhile: nothing was saved; read it again");
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        let replaced = before.iter().filter(|b| terms.iter().any(|t| t.id == b.id));
        let touched: Vec<TableRef> = tables_of(replaced.chain(terms));
        self.follow(caller, source, &touched).await;
        Ok(())
    }

    /// The terms of a data source by name, each with whether it is used: not while what it stands for is gone or hidden.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn terms(&self, caller: Caller, source: DataSourceId) -> Result<Vec<(BusinessTerm, bool)>, AgentError> {
        let found = self.source(caller, source).await?;
        let terms = self.inner.parts.metadata.list_terms(caller, source).await?;
        if terms.is_empty() || found.learned_at.is_none() {
            return Ok(terms.into_iter().map(|term| (term, false)).collect());
        }
        let knowledge = self.knowledge(caller, source).await?;
        let used = |term: &BusinessTerm| knowledge.terms.iter().any(|t| t.id == term.id);
        Ok(terms.into_iter().map(|term| (term.clone(), used(&term))).collect())
    }

    /// Removes a term.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_term(
        &self,
        caller: Caller,
        source: DataSourceId,
        id: BusinessTermId,
    ) -> Result<(), AgentError> {
        let metadata = &self.inner.parts.metadata;
        let known = metadata.list_terms(caller, source).await?;
        let term = known.iter().find(|t| t.id == id).ok_or_else(|| AgentError::not_found("term"))?;
        metadata.delete_term(caller, id).await?;
        self.follow(caller, source, &tables_of(std::iter::once(term))).await;
        Ok(())
    }

    /// A person's say on a relation. `Inferred` or `Declared` takes an earlier one back.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn judge_relation(
        &self,
        caller: Caller,
        source: DataSourceId,
        id: RelationId,
        kind: RelationKind,
    ) -> Result<Relation, AgentError> {
        let metadata = &self.inner.parts.metadata;
        let known = metadata.list_relations(caller, source).await?;
        if !known.iter().any(|r| r.id == id) || !metadata.set_relation_kind(caller, id, kind).await? {
            return Err(AgentError::not_found("relation"));
        }
        self.follow_relations(caller, source).await;
        let now = metadata.list_relations(caller, source).await?;
        now.into_iter().find(|r| r.id == id).ok_or_else(|| AgentError::not_found("relation"))
    }

    /// Adds a relation that a person knows of.
    ///
    /// # Errors
    /// `InvalidInput` when it names what the data source does not have.
    pub async fn add_relation(
        &self,
        caller: Caller,
        source: DataSourceId,
        from: (TableRef, Vec<String>),
        to: (TableRef, Vec<String>),
    ) -> Result<(), AgentError> {
        let catalog = self.catalog_of(caller, source).await?;
        for (table, columns) in [&from, &to] {
            let known = table_of(&catalog, table)?;
            for column in columns {
                column_of(known, column)?;
            }
        }
        if from.1.is_empty() || from.1.len() != to.1.len() || from == to {
            let message =
                "a relation joins as many columns on one side as on the other, at least one, and no column with itself";
            return Err(AgentError::refused(ErrorKind::InvalidInput, message));
        }
        let relation = Relation {
            id: RelationId::generate(),
            source_id: source,
            from_table: from.0,
            from_columns: from.1,
            to_table: to.0,
            to_columns: to.1,
            kind: RelationKind::Confirmed,
            cardinality: Cardinality::Unknown,
            confidence: 1.0,
            tier: RelationTier::Certain,
            role: None,
            condition: None,
            evidence: RelationEvidence { reasons: vec![RelationReason::AddedByPerson], ..RelationEvidence::default() },
        };
        self.inner.parts.metadata.confirm_relation(caller, &relation).await?;
        self.follow_relations(caller, source).await;
        Ok(())
    }

    /// The catalog last learned.
    pub(crate) async fn catalog_of(&self, caller: Caller, source: DataSourceId) -> Result<Catalog, AgentError> {
        let source = self.source(caller, source).await?;
        let catalog = self.inner.parts.metadata.catalog(caller, source.id).await?;
        catalog.ok_or_else(|| {
            let message = format!("{} has not been learned yet: learn it first", source.name);
            AgentError::refused(ErrorKind::Conflict, message)
        })
    }

    /// Lets what is derived follow what was written. That is saved already: where it cannot follow at once, a job makes
    /// it anew.
    async fn follow(&self, caller: Caller, source: DataSourceId, tables: &[TableRef]) {
        self.forget(source);
        let done = learning::rebuild_tables(self, caller, source, tables).await;
        self.or_later(caller, source, done).await;
    }

    async fn follow_relations(&self, caller: Caller, source: DataSourceId) {
        self.forget(source);
        let done = learning::rebuild_tables(self, caller, source, &[]).await;
        self.or_later(caller, source, done).await;
    }

    async fn or_later(&self, caller: Caller, source: DataSourceId, done: Result<(), AgentError>) {
        let Err(error) = done else { return };
        tracing::warn!(source.id = %source, error.kind = %error.kind(), "reindex.postponed");
        if let Err(error) = self.enqueue_reindex(caller, source).await {
            tracing::error!(source.id = %source, error.kind = %error.kind(), "reindex.failed");
        }
    }
}

/// Documentation as generated and as written by people.
#[derive(Debug, Clone)]
pub struct TableWords {
    /// As generated.
    pub generated: Option<TableDocumentation>,
    /// What people wrote over it.
    pub edits: TableEdits,
}

impl Agent {
    /// What was generated and what was written about one table.
    ///
    /// # Errors
    /// Failures of the metadata store.
    pub async fn table_words(
        &self,
        caller: Caller,
        source: DataSourceId,
        table: &TableRef,
    ) -> Result<TableWords, AgentError> {
        let metadata = &self.inner.parts.metadata;
        let edits = metadata.documentation_edits(caller, source).await?;
        let edits = edits.into_iter().find(|e| e.table == *table);
        Ok(TableWords {
            generated: metadata.generated_documentation(caller, source, table).await?,
            edits: edits.unwrap_or_else(|| TableEdits::none(source, table.clone())),
        })
    }
}

fn invalid(message: impl Into<String>) -> AgentError {
    AgentError::refused(ErrorKind::InvalidInput, message)
}

fn table_of<'c>(catalog: &'c Catalog, table: &TableRef) -> Result<&'c Table, AgentError> {
    catalog.get(table).ok_or_else(|| invalid(format!("there is no table {table} in this data source")))
}

fn column_of(table: &Table, column: &str) -> Result<(), AgentError> {
    match table.column(column) {
        Some(_) => Ok(()),
        None => Err(invalid(format!("table {} has no column {column}", table.name))),
    }
}

fn check_term(term: &BusinessTerm, catalog: &Catalog) -> Result<(), AgentError> {
    let name = &term.term;
    if term.synonyms.len() > MAX_SYNONYMS || term.definition.chars().count() > MAX_DEFINITION {
        return Err(invalid(format!(
            "{name} has too much about it: at most {MAX_SYNONYMS} other words and {MAX_DEFINITION} characters of definition"
        )));
    }
    for name in term.names() {
        if name.trim().is_empty() || name.trim() != name || name.chars().count() > MAX_TERM {
            return Err(invalid(format!(
                "a term, and each other word for it, has 1 to {MAX_TERM} characters without spaces around it"
            )));
        }
    }
    let Some(meaning) = &term.meaning else {
        let explained = !term.definition.trim().is_empty();
        return if explained { Ok(()) } else { Err(invalid(format!("say what {name} means"))) };
    };
    let table = table_of(catalog, meaning.table())?;
    if let Some(column) = meaning.column() {
        column_of(table, column)?;
    }
    match meaning {
        TermMeaning::Expression { sql, .. } => check_expression(sql, table, catalog),
        TermMeaning::Value { value, .. } if value.trim().is_empty() => {
            Err(invalid(format!("say which value {name} stands for, as it is written in the data")))
        }
        _ => Ok(()),
    }
}

/// An expression is a figure of each row: it must be safe, and stand in a query of its table alone.
fn check_expression(sql: &str, table: &Table, catalog: &Catalog) -> Result<(), AgentError> {
    const AGGREGATES: [&str; 7] = ["sum", "avg", "count", "min", "max", "total", "group_concat"];
    let problem = |why: String| invalid(format!("the expression `{sql}` cannot be used: {why}"));
    if sql.trim().is_empty() || sql.chars().count() > MAX_EXPRESSION || sql.contains("--") || sql.contains("/*") {
        return Err(problem(format!("write 1 to {MAX_EXPRESSION} characters without a comment")));
    }
    let lower = sql.to_lowercase();
    let aggregate = AGGREGATES.iter().find(|f| {
        lower.match_indices(*f).any(|(at, _)| {
            let before = lower.get(..at).and_then(|t| t.chars().next_back());
            let after = lower.get(at + f.len()..).map(str::trim_start);
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && after.is_some_and(|t| t.starts_with('('))
        })
    });
    if let Some(function) = aggregate {
        return Err(problem(format!("leave {function}() out; it is the figure of one row, and questions add it up")));
    }
    let names = crate::sql_names::names_of_expression(sql, catalog.dialect).map_err(problem)?;
    let query = format!("SELECT ({sql}) FROM {}", table.name.to_sql(catalog.dialect));
    let allowed = AllowedTables::only(vec![table.name.clone()]);
    guard::check(&query, catalog.dialect, &allowed).map_err(|e| problem(e.to_string()))?;
    match names.iter().find(|name| !table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name))) {
        Some(name) => Err(problem(format!("table {} has no column {name}", table.name))),
        None => Ok(()),
    }
}

fn tables_of<'t>(terms: impl Iterator<Item = &'t BusinessTerm>) -> Vec<TableRef> {
    let mut tables: Vec<TableRef> = Vec::new();
    for table in terms.filter_map(|t| t.meaning.as_ref()).map(TermMeaning::table) {
        if !tables.contains(table) {
            tables.push(table.clone());
        }
    }
    tables
}
