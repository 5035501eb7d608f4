//! Names in a query, resolved against the catalog: which table stands behind an alias, which column behind a name.
//! Where it cannot be sure (a table function, a `*`), it does not complain.

use super::{joins, likeness::nearest};
use crate::{analyst::DraftJoin, knowledge::SourceKnowledge};
use datafyme_domain::{Dialect, Table, TableRef, names::fold};
use sqlparser::ast::{
    BinaryOperator, Expr, Ident, ObjectName, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins, Value,
    Visitor,
};
use std::ops::ControlFlow;

/// Nearest names that a complaint offers.
const OFFERED: usize = 4;
/// Complaints handed on.
const COMPLAINTS: usize = 8;
/// Names that a database knows in every table.
const SYSTEM_COLUMNS: [&str; 3] = ["rowid", "oid", "ctid"];

/// A text that a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::model_analyst) struct Literal {
    pub(in crate::model_analyst) table: TableRef,
    pub(in crate::model_analyst) column: String,
    /// Without the wildcards of a pattern.
    pub(in crate::model_analyst) text: String,
}

/// Something that stands in FROM.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    /// Folded alias or name.
    pub(super) alias: String,
    /// The table of the catalog behind it.
    pub(super) table: Option<&'a Table>,
    /// Column names where it is no table; `None` where they are not known.
    columns: Option<Vec<String>>,
}

impl Source<'_> {
    fn has(&self, column: &str) -> bool {
        match (self.table, &self.columns) {
            (Some(table), _) => table.columns.iter().any(|c| fold(&c.name) == column),
            (None, Some(columns)) => columns.iter().any(|c| fold(c) == column),
            (None, None) => true,
        }
    }
}

/// What names mean inside one query.
#[derive(Debug, Clone, Default)]
pub(super) struct Level<'a> {
    pub(super) sources: Vec<Source<'a>>,
    aliases: Vec<String>,
    ctes: Vec<(String, Option<Vec<String>>)>,
}

impl<'a> Level<'a> {
    /// The source that a column reference reads from.
    pub(super) fn source_of(&self, expr: &Expr) -> Option<(usize, &Source<'a>, String)> {
        let (qualifier, column) = reference(expr)?;
        let found = self.sources.iter().enumerate().find(|(_, s)| match &qualifier {
            Some(alias) => &s.alias == alias,
            None => s.has(&column),
        });
        found.map(|(at, source)| (at, source, column))
    }

    /// The table and column that a column reference means.
    pub(super) fn column_of(&self, expr: &Expr) -> Option<(&'a Table, &'a datafyme_domain::Column)> {
        let (_, source, column) = self.source_of(expr)?;
        let table = source.table?;
        Some((table, table.columns.iter().find(|c| fold(&c.name) == column)?))
    }
}

/// Folded qualifier and name of a column reference.
fn reference(expr: &Expr) -> Option<(Option<String>, String)> {
    match expr {
        Expr::Identifier(ident) => Some((None, fold(&ident.value))),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [.., qualifier, column] => Some((Some(fold(&qualifier.value)), fold(&column.value))),
            _ => None,
        },
        Expr::Nested(inner) => reference(inner),
        _ => None,
    }
}

/// The walk over a query.
pub(super) struct Walk<'a> {
    knowledge: &'a SourceKnowledge,
    open: Vec<Level<'a>>,
    /// The level of the outermost query.
    pub(super) top: Level<'a>,
    pub(super) complaints: Vec<String>,
    pub(super) literals: Vec<Literal>,
    joins: Vec<DraftJoin>,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(knowledge: &'a SourceKnowledge) -> Self {
        let top = Level { sources: Vec::new(), aliases: Vec::new(), ctes: Vec::new() };
        Self { knowledge, open: Vec::new(), top, complaints: Vec::new(), literals: Vec::new(), joins: Vec::new() }
    }

    pub(super) fn joins(&self) -> Vec<DraftJoin> {
        self.joins.clone()
    }

    fn complain(&mut self, complaint: String) {
        if self.complaints.len() < COMPLAINTS && !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }

    fn enter(&mut self, query: &Query) {
        let mut level = Level::default();
        for cte in query.with.iter().flat_map(|w| &w.cte_tables) {
            let declared: Vec<String> = cte.alias.columns.iter().map(|c| c.name.value.clone()).collect();
            let columns = if declared.is_empty() { output_names(&cte.query.body) } else { Some(declared) };
            level.ctes.push((fold(&cte.alias.name.value), columns));
        }
        self.open.push(level);
        let mut selects = Vec::new();
        collect(&query.body, &mut selects);
        for select in selects {
            for item in &select.projection {
                if let SelectItem::ExprWithAlias { alias, .. } = item {
                    self.with_level(|level| level.aliases.push(fold(&alias.value)));
                }
            }
            let before = self.open.last().map_or(0, |l| l.sources.len());
            for from in &select.from {
                self.add_from(from);
            }
            if let Some(level) = self.open.last() {
                let own = Level { sources: level.sources.iter().skip(before).cloned().collect(), ..Level::default() };
                self.joins.extend(joins::of(select, &own, &self.knowledge.relations));
            }
        }
        if self.open.len() == 1
            && let Some(level) = self.open.last()
        {
            self.top = level.clone();
        }
    }

    fn with_level(&mut self, change: impl FnOnce(&mut Level<'a>)) {
        if let Some(level) = self.open.last_mut() {
            change(level);
        }
    }

    fn add_from(&mut self, from: &TableWithJoins) {
        self.add_factor(&from.relation);
        for join in &from.joins {
            self.add_factor(&join.relation);
        }
    }

    fn add_factor(&mut self, factor: &TableFactor) {
        let source = match factor {
            TableFactor::Table { name, alias, args, .. } => {
                let parts: Vec<String> =
                    name.0.iter().filter_map(|p| p.as_ident()).map(|ident| ident.value.clone()).collect();
                let own = parts.last().cloned().unwrap_or_default();
                let alias = alias.as_ref().map_or(own, |a| a.name.value.clone());
                let (table, columns) = if args.is_some() { (None, None) } else { self.resolve_table(name, &parts) };
                Source { alias: fold(&alias), table, columns }
            }
            TableFactor::Derived { subquery, alias, .. } => {
                let declared: Vec<String> =
                    alias.iter().flat_map(|a| &a.columns).map(|c| c.name.value.clone()).collect();
                let columns = if declared.is_empty() { output_names(&subquery.body) } else { Some(declared) };
                let alias = alias.as_ref().map(|a| fold(&a.name.value)).unwrap_or_default();
                Source { alias, table: None, columns }
            }
            TableFactor::NestedJoin { table_with_joins, .. } => return self.add_from(table_with_joins),
            _ => Source { alias: String::new(), table: None, columns: None },
        };
        self.with_level(|level| level.sources.push(source));
    }

    fn resolve_table(&mut self, name: &ObjectName, parts: &[String]) -> (Option<&'a Table>, Option<Vec<String>>) {
        if let [one] = parts {
            let wanted = fold(one);
            let cte = self.open.iter().rev().flat_map(|l| &l.ctes).find(|(name, _)| *name == wanted);
            if let Some((_, columns)) = cte {
                return (None, columns.clone());
            }
        }
        let catalog = &self.knowledge.catalog;
        let text = parts.join(".");
        let found = catalog.find(&text);
        if found.is_none() {
            let names: Vec<String> = catalog.tables.iter().map(|t| t.name.to_string()).collect();
            let near = offer(&nearest(&text, names.iter().map(String::as_str), OFFERED));
            self.complain(format!("there is no table {name}{near}"));
        }
        (found, None)
    }

    fn check_name(&mut self, qualifier: Option<&Ident>, column: &Ident) {
        let name = fold(&column.value);
        if SYSTEM_COLUMNS.contains(&name.as_str()) {
            return;
        }
        match qualifier {
            None => self.check_bare(column, &name),
            Some(qualifier) => self.check_qualified(qualifier, column, &name),
        }
    }

    fn check_bare(&mut self, column: &Ident, name: &str) {
        let known = self
            .open
            .iter()
            .rev()
            .any(|l| l.aliases.iter().any(|a| a == name) || l.sources.iter().any(|s| s.has(name)));
        if known {
            let spelled = self.open.iter().rev().find_map(|l| spelling(&l.sources, name));
            self.check_spelling(column, spelled);
            return;
        }
        let names: Vec<String> =
            self.open.iter().flat_map(|l| &l.sources).filter_map(|s| s.table).flat_map(full).collect();
        let near = offer(&nearest(&column.value, names.iter().map(String::as_str), OFFERED));
        let quotes = if column.quote_style == Some('"') { "; a text stands in single quotes" } else { "" };
        self.complain(format!("there is no column {} in the tables of the query{near}{quotes}", column.value));
    }

    fn check_qualified(&mut self, qualifier: &Ident, column: &Ident, name: &str) {
        let alias = fold(&qualifier.value);
        let Some(source) = self.open.iter().rev().flat_map(|l| &l.sources).find(|s| s.alias == alias) else {
            let known: Vec<&str> = self.open.iter().flat_map(|l| &l.sources).map(|s| s.alias.as_str()).collect();
            let known = known.join(", ");
            self.complain(format!("{qualifier} in {qualifier}.{column} names nothing in FROM, which has: {known}"));
            return;
        };
        if source.has(name) {
            let spelled = spelling(std::slice::from_ref(source), name);
            self.check_spelling(column, spelled);
            return;
        }
        let (table, names): (String, Vec<String>) = match source.table {
            Some(table) => (table.name.to_string(), table.columns.iter().map(|c| c.name.clone()).collect()),
            None => (qualifier.value.clone(), source.columns.clone().unwrap_or_default()),
        };
        let near = offer(&nearest(&column.value, names.iter().map(String::as_str), OFFERED));
        let elsewhere: Vec<String> = self
            .knowledge
            .catalog
            .tables
            .iter()
            .filter(|t| t.columns.iter().any(|c| fold(&c.name) == name))
            .map(|t| t.name.to_string())
            .take(OFFERED)
            .collect();
        let elsewhere =
            if elsewhere.is_empty() { String::new() } else { format!("; {} has one", elsewhere.join(", ")) };
        self.complain(format!("{table} has no column {}{near}{elsewhere}", column.value));
    }

    /// PostgreSQL folds what is not quoted to lower case.
    fn check_spelling(&mut self, written: &Ident, spelled: Option<String>) {
        if self.knowledge.catalog.dialect == Dialect::Postgres
            && written.quote_style.is_none()
            && let Some(spelled) = spelled
            && spelled.chars().any(char::is_uppercase)
        {
            self.complain(format!("column {} must be written \"{spelled}\", in double quotes", written.value));
        }
    }

    fn note_literals(&mut self, expr: &Expr) {
        let (column, texts): (&Expr, Vec<&str>) = match expr {
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => match (text(left), text(right)) {
                (None, Some(literal)) => (left, vec![literal]),
                (Some(literal), None) => (right, vec![literal]),
                _ => return,
            },
            Expr::InList { expr, list, negated: false } => (expr, list.iter().filter_map(text).collect()),
            Expr::Like { expr, pattern, negated: false, .. } | Expr::ILike { expr, pattern, negated: false, .. } => {
                (expr, text(pattern).into_iter().collect())
            }
            _ => return,
        };
        let column = inner_column(column);
        let Some((table, column)) = self.open.iter().rev().find_map(|l| l.column_of(column)) else { return };
        for literal in texts {
            let literal = Literal {
                table: table.name.clone(),
                column: column.name.clone(),
                text: literal.trim_matches('%').to_owned(),
            };
            if !literal.text.is_empty() && !self.literals.contains(&literal) {
                self.literals.push(literal);
            }
        }
    }
}

impl Visitor for Walk<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.enter(query);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.open.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(ident) => self.check_name(None, ident),
            Expr::CompoundIdentifier(parts) => {
                if let [.., qualifier, column] = parts.as_slice() {
                    self.check_name(Some(qualifier), column);
                }
            }
            _ => self.note_literals(expr),
        }
        ControlFlow::Continue(())
    }
}

/// The column inside of `lower(column)` and the like.
fn inner_column(expr: &Expr) -> &Expr {
    use sqlparser::ast::{FunctionArg, FunctionArgExpr, FunctionArguments};
    match expr {
        Expr::Nested(inner) => inner_column(inner),
        Expr::Function(function) => match &function.args {
            FunctionArguments::List(list) => match list.args.as_slice() {
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(only))] => inner_column(only),
                _ => expr,
            },
            _ => expr,
        },
        _ => expr,
    }
}

fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        Expr::Nested(inner) => text(inner),
        _ => None,
    }
}

fn collect<'q>(body: &'q SetExpr, selects: &mut Vec<&'q Select>) {
    match body {
        SetExpr::Select(select) => selects.push(select),
        SetExpr::SetOperation { left, right, .. } => {
            collect(left, selects);
            collect(right, selects);
        }
        _ => {}
    }
}

/// Names of the columns that a query gives; `None` where a `*` or an unnamed expression hides them.
fn output_names(body: &SetExpr) -> Option<Vec<String>> {
    let select = super::first_select(body)?;
    select
        .projection
        .iter()
        .map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
            SelectItem::UnnamedExpr(Expr::Identifier(ident)) => Some(ident.value.clone()),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => parts.last().map(|p| p.value.clone()),
            _ => None,
        })
        .collect()
}

fn full(table: &Table) -> impl Iterator<Item = String> + '_ {
    table.columns.iter().map(|c| format!("{}.{}", table.name, c.name))
}

/// The real spelling of a folded column name.
fn spelling(sources: &[Source<'_>], name: &str) -> Option<String> {
    let columns = sources.iter().filter_map(|s| s.table).flat_map(|t| &t.columns);
    columns.into_iter().find(|c| fold(&c.name) == name).map(|c| c.name.clone())
}

fn offer(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!(" (nearest: {})", names.join(", ")) }
}
