//! Children of one parent that a query joins and adds up, added up apart: one sub-query per child, so that each row
//! counts once. Rows that the other child would have left out stay left out (a semi-join stands for it).

use super::{
    anatomy::{Anatomy, conjuncts},
    repeats::{adds, aggregates, group_keys, is_aggregate},
};
use crate::{knowledge::SourceKnowledge, sql_tree};
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, Query, Select, SelectItem, SetExpr, visit_expressions, visit_expressions_mut,
};
use std::{collections::BTreeSet, ops::ControlFlow};

/// The query with what it adds up of different children added up apart, and what is said about it; `None` where there
/// is nothing to mend, or no way to.
pub(crate) fn untangle(sql: &str, knowledge: &SourceKnowledge) -> Option<(String, String)> {
    let mut query = sql_tree::parse(sql, knowledge.catalog.dialect).ok()?;
    if query.with.is_some() || query.fetch.is_some() {
        return None;
    }
    let select = match &*query.body {
        SetExpr::Select(select) if select.distinct.is_none() && select.qualify.is_none() => (**select).clone(),
        _ => return None,
    };
    let anatomy = Anatomy::of(&select, &knowledge.catalog, &[])?;
    if !anatomy.whole {
        return None;
    }
    let tree = Tree::of(&anatomy)?;
    let keys = group_keys(&select)?;
    let key_sources = touched_by_all(&anatomy, &keys)?;
    let functions = aggregates(&select);
    let mut branches: Vec<Branch> = Vec::new();
    let mut trapped = false;
    for function in &functions {
        let touched = anatomy.touches(&Expr::Function(function.clone()))?;
        // Rows as such belong to no child: nobody can tell which of them are meant.
        if touched.is_empty() {
            return None;
        }
        trapped |= adds(function) && touched.iter().all(|s| tree.is_paired(*s));
        let spanned = tree.span(key_sources.union(&touched).copied().collect());
        match branches.iter_mut().find(|b| b.spanned == spanned) {
            Some(branch) => branch.functions.push(function.clone()),
            None => branches.push(Branch { spanned, functions: vec![function.clone()] }),
        }
    }
    let still_paired = |b: &Branch| {
        let adding = b.functions.iter().filter(|f| adds(f));
        adding
            .filter_map(|f| anatomy.touches(&Expr::Function(f.clone())))
            .any(|touched| touched.iter().all(|s| tree.is_paired_within(*s, &b.spanned)))
    };
    if !trapped || branches.iter().any(still_paired) {
        return None;
    }
    let all: Option<Vec<String>> = branches.iter().map(|b| b.to_sql(&anatomy, &tree, &keys)).collect();
    let rewritten = outer(&mut query, &select, &keys, &branches, &all?)?;
    let names: Vec<String> = branches.iter().map(|b| b.names(&anatomy, &tree)).collect();
    Some((rewritten, format!("Added up apart, so that each row counts once: {}.", crate::wording::list(&names))))
}

/// The tables whose rows are paired with those of another child of a common parent.
pub(super) fn paired(anatomy: &Anatomy<'_>) -> Vec<String> {
    let Some(tree) = Tree::of(anatomy) else { return Vec::new() };
    let all = anatomy.sources.iter().enumerate();
    all.filter(|(at, _)| tree.is_paired(*at)).map(|(_, s)| s.label()).collect()
}

fn touched_by_all(anatomy: &Anatomy<'_>, keys: &[Expr]) -> Option<BTreeSet<usize>> {
    let mut all = BTreeSet::new();
    for key in keys {
        all.extend(anatomy.touches(key)?);
    }
    Some(all)
}

/// Aggregates that need the same sources.
struct Branch {
    spanned: BTreeSet<usize>,
    functions: Vec<sqlparser::ast::Function>,
}

impl Branch {
    fn to_sql(&self, anatomy: &Anatomy<'_>, tree: &Tree, keys: &[Expr]) -> Option<String> {
        let mut items: Vec<String> = keys.iter().enumerate().map(|(i, k)| format!("{k} AS g{i}")).collect();
        items.extend(self.functions.iter().enumerate().map(|(i, f)| format!("{f} AS a{i}")));
        let mut conditions = Vec::new();
        let from = tree.sources_text(anatomy, &self.spanned)?;
        for condition in &anatomy.conditions {
            if condition.touches.is_subset(&self.spanned) {
                conditions.push(format!("({})", condition.expr));
            }
        }
        for edge in tree.edges_out_of(&self.spanned) {
            conditions.extend(tree.semi_join(anatomy, edge, self.spanned.contains(&edge.earlier))?);
        }
        let mut sql = format!("SELECT {} FROM {from}", items.join(", "));
        if !conditions.is_empty() {
            sql.push_str(&format!(" WHERE {}", conditions.join(" AND ")));
        }
        if !keys.is_empty() {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            sql.push_str(&format!(" GROUP BY {}", keys.join(", ")));
        }
        Some(sql)
    }

    fn names(&self, anatomy: &Anatomy<'_>, tree: &Tree) -> String {
        let added = self.spanned.iter().copied().filter(|s| tree.is_paired(*s));
        let names: Vec<String> =
            added.filter_map(|s| anatomy.sources.get(s)).map(super::anatomy::Source::label).collect();
        if names.is_empty() { "the rest".to_owned() } else { names.join(" with ") }
    }
}

/// An edge of the tree of joins.
#[derive(Debug, Clone, Copy)]
struct Edge {
    /// Position of the attachment.
    at: usize,
    earlier: usize,
    attached: usize,
    /// One row of the earlier side may have several of the attached one.
    down: bool,
    /// One row of the attached side may have several of the earlier one.
    up: bool,
    keeps: bool,
}

/// The joins as a tree over the sources.
#[derive(Debug)]
struct Tree {
    edges: Vec<Edge>,
}

impl Tree {
    fn of(anatomy: &Anatomy<'_>) -> Option<Self> {
        let mut edges = Vec::new();
        for (at, attached) in anatomy.attachments.iter().enumerate() {
            let earlier = anatomy.hangs_on(at)?;
            let unique =
                |source: usize, columns: &[String]| anatomy.sources.get(source).is_some_and(|s| s.is_unique(columns));
            if !attached.clear || anatomy.sources.get(at + 1)?.table.is_none() {
                return None;
            }
            edges.push(Edge {
                at,
                earlier,
                attached: at + 1,
                down: !unique(at + 1, &anatomy.attached_columns(at)),
                up: !unique(earlier, &anatomy.earlier_columns(at)),
                keeps: attached.keeps,
            });
        }
        Some(Self { edges })
    }

    /// The other end of each edge at `source`, with whether it has several rows for one of `source`, and the reverse.
    fn around(&self, source: usize) -> impl Iterator<Item = (usize, bool, bool)> {
        self.edges.iter().filter_map(move |e| match source {
            s if s == e.earlier => Some((e.attached, e.down, e.up)),
            s if s == e.attached => Some((e.earlier, e.up, e.down)),
            _ => None,
        })
    }

    /// Whether rows of `source` are paired with rows of another child of a common parent.
    fn is_paired(&self, source: usize) -> bool {
        let all: BTreeSet<usize> = self.edges.iter().flat_map(|e| [e.earlier, e.attached]).collect();
        self.is_paired_within(source, &all)
    }

    fn is_paired_within(&self, source: usize, within: &BTreeSet<usize>) -> bool {
        let mut open = vec![(source, source, false)];
        while let Some((at, from, rose)) = open.pop() {
            for (next, several, back) in self.around(at).filter(|(n, ..)| *n != from && within.contains(n)) {
                if several && rose {
                    return true;
                }
                open.push((next, at, rose || back && !several));
            }
        }
        false
    }

    /// The least connected set of sources that holds `wanted`.
    fn span(&self, wanted: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut kept: BTreeSet<usize> = self.edges.iter().flat_map(|e| [e.earlier, e.attached]).collect();
        loop {
            let leaf = kept
                .iter()
                .copied()
                .find(|s| !wanted.contains(s) && self.around(*s).filter(|(n, ..)| kept.contains(n)).count() <= 1);
            match leaf {
                Some(leaf) if kept.len() > 1 => kept.remove(&leaf),
                _ => return kept,
            };
        }
    }

    fn edges_out_of(&self, kept: &BTreeSet<usize>) -> Vec<Edge> {
        self.edges.iter().copied().filter(|e| kept.contains(&e.earlier) != kept.contains(&e.attached)).collect()
    }

    /// FROM over `kept` sources alone, in an order in which each hangs on one before it.
    fn sources_text(&self, anatomy: &Anatomy<'_>, kept: &BTreeSet<usize>) -> Option<String> {
        let first = kept.first()?;
        let mut text = anatomy.sources.get(*first)?.text.clone();
        let mut placed = BTreeSet::from([*first]);
        while placed.len() < kept.len() {
            let edge = self.edges.iter().find(|e| {
                kept.contains(&e.earlier)
                    && kept.contains(&e.attached)
                    && placed.contains(&e.earlier) != placed.contains(&e.attached)
            })?;
            let forward = placed.contains(&edge.earlier);
            // A join that keeps rows cannot be turned around.
            if !forward && edge.keeps {
                return None;
            }
            let next = if forward { edge.attached } else { edge.earlier };
            let attached = anatomy.attachments.get(edge.at)?;
            let mut on: Vec<String> = attached.on.iter().map(|(l, r)| format!("{l} = {r}")).collect();
            on.extend(attached.own.iter().map(|c| format!("({c})")));
            let word = if edge.keeps { "LEFT JOIN" } else { "JOIN" };
            text.push_str(&format!(" {word} {} ON {}", anatomy.sources.get(next)?.text, on.join(" AND ")));
            placed.insert(next);
        }
        Some(text)
    }

    /// What stands for the sources behind `edge`, seen from those kept, which hold the earlier end or (`!forward`) the
    /// attached one; empty where they leave nothing out.
    fn semi_join(&self, anatomy: &Anatomy<'_>, edge: Edge, forward: bool) -> Option<Vec<String>> {
        let attached = anatomy.attachments.get(edge.at)?;
        let (near, far) = if forward { (edge.earlier, edge.attached) } else { (edge.attached, edge.earlier) };
        let behind = self.behind(near, far);
        // A condition across both sides would be lost.
        let crosses = |t: &BTreeSet<usize>| !t.is_disjoint(&behind) && !t.is_subset(&behind);
        if anatomy.conditions.iter().any(|c| crosses(&c.touches) && !is_link(&c.expr, attached))
            || !forward && !attached.own.is_empty()
        {
            return None;
        }
        let own = |c: &&super::anatomy::Condition| !c.touches.is_empty() && c.touches.is_subset(&behind);
        let mut conditions: Vec<String> =
            anatomy.conditions.iter().filter(own).map(|c| format!("({})", c.expr)).collect();
        if forward && edge.keeps && conditions.is_empty() {
            return Some(Vec::new());
        }
        conditions.extend(attached.own.iter().map(|c| format!("({c})")));
        let from = self.sources_text(anatomy, &behind)?;
        let [(left, right)] = attached.on.as_slice() else {
            conditions.extend(attached.on.iter().map(|(l, r)| format!("{l} = {r}")));
            return Some(vec![format!("EXISTS (SELECT 1 FROM {from} WHERE {})", conditions.join(" AND "))]);
        };
        let (inside, outside) = if forward { (right, left) } else { (left, right) };
        let conditions =
            if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        // Not correlated: one pass, whatever indexes there are.
        Some(vec![format!("{outside} IN (SELECT {inside} FROM {from}{conditions})")])
    }

    /// The sources that hang on `near` by `far`.
    fn behind(&self, near: usize, far: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([far]);
        let mut open = vec![far];
        while let Some(at) = open.pop() {
            for (next, ..) in self.around(at).filter(|(n, ..)| *n != near) {
                if found.insert(next) {
                    open.push(next);
                }
            }
        }
        found
    }
}

/// Whether a condition of WHERE is one by which the source is attached.
fn is_link(expr: &Expr, attached: &super::anatomy::Attachment) -> bool {
    let Expr::BinaryOp { left, right, .. } = expr else { return false };
    attached.on.iter().any(|(l, r)| (**left == *l && **right == *r) || (**left == *r && **right == *l))
}

/// The select over the branches: keys and aggregates replaced by their columns.
fn outer(query: &mut Query, select: &Select, keys: &[Expr], branches: &[Branch], sql: &[String]) -> Option<String> {
    let mut outer = select.clone();
    for item in &mut outer.projection {
        let (expr, alias) = match item {
            SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.clone()),
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => (Expr::Identifier(name.clone()), name.clone()),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
                (Expr::CompoundIdentifier(parts.clone()), parts.last()?.clone())
            }
            SelectItem::UnnamedExpr(expr) => (expr.clone(), Ident::with_quote('"', expr.to_string())),
            _ => return None,
        };
        *item = SelectItem::ExprWithAlias { expr: replaced(expr, keys, branches)?, alias };
    }
    let aliases: Vec<String> = outer
        .projection
        .iter()
        .filter_map(|i| match i {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.to_lowercase()),
            _ => None,
        })
        .collect();
    let mut conditions = Vec::new();
    if let Some(having) = outer.having.take() {
        let mut parts = Vec::new();
        conjuncts(&having, &mut parts);
        for part in parts {
            conditions.push(format!("({})", replaced(part, keys, branches)?));
        }
    }
    let mut from = "f0".to_owned();
    for at in 1..branches.len() {
        let on: Vec<String> = (0..keys.len())
            .map(|k| format!("(f0.g{k} = f{at}.g{k} OR f0.g{k} IS NULL AND f{at}.g{k} IS NULL)"))
            .collect();
        from.push_str(&if on.is_empty() {
            format!(" CROSS JOIN f{at}")
        } else {
            format!(" JOIN f{at} ON {}", on.join(" AND "))
        });
    }
    outer.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
    let items: Vec<String> = outer.projection.iter().map(ToString::to_string).collect();
    let with: Vec<String> = sql.iter().enumerate().map(|(i, s)| format!("f{i} AS ({s})")).collect();
    let mut text = format!("WITH {}\nSELECT {}\nFROM {from}", with.join(",\n"), items.join(", "));
    if !conditions.is_empty() {
        text.push_str(&format!("\nWHERE {}", conditions.join(" AND ")));
    }
    if let Some(order) = &mut query.order_by {
        if let sqlparser::ast::OrderByKind::Expressions(items) = &mut order.kind {
            for item in items {
                let is_alias = matches!(&item.expr, Expr::Identifier(i) if aliases.contains(&i.value.to_lowercase()));
                if !is_alias && !matches!(item.expr, Expr::Value(_)) {
                    item.expr = replaced(item.expr.clone(), keys, branches)?;
                }
            }
        } else {
            return None;
        }
        text.push_str(&format!("\n{order}"));
    }
    if let Some(limit) = &query.limit_clause {
        text.push_str(&format!("\n{}", limit.to_string().trim()));
    }
    Some(text)
}

/// The expression over the branches; `None` where something is left that they do not give.
fn replaced(mut expr: Expr, keys: &[Expr], branches: &[Branch]) -> Option<Expr> {
    let column = |branch: usize, name: String| {
        Expr::CompoundIdentifier(vec![Ident::new(format!("f{branch}")), Ident::new(name)])
    };
    let _ = visit_expressions_mut(&mut expr, |e| {
        if let Some(k) = keys.iter().position(|key| key == e) {
            *e = column(0, format!("g{k}"));
        } else if let Expr::Function(function) = e
            && is_aggregate(function)
        {
            let found = branches
                .iter()
                .enumerate()
                .find_map(|(b, branch)| branch.functions.iter().position(|f| f == function).map(|at| (b, at)));
            if let Some((b, at)) = found {
                *e = column(b, format!("a{at}"));
            }
        }
        ControlFlow::<()>::Continue(())
    });
    let left = visit_expressions(&expr, |e| {
        let own = |parts: &[Ident]| {
            let [branch, name] = parts else { return false };
            branch.value.starts_with('f') && (name.value.starts_with('g') || name.value.starts_with('a'))
        };
        let known = match e {
            Expr::Identifier(_) => false,
            Expr::CompoundIdentifier(parts) => own(parts),
            Expr::Function(function) => !is_aggregate(function),
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => false,
            _ => true,
        };
        if known { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    left.is_continue().then_some(expr)
}
