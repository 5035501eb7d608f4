//! A plan in words, each phrase with the table, column or value that it stands for.

mod english;
mod hungarian;

use super::{ColumnUse, Expr, Grain, Literal, Plan, Predicate, Source};
use crate::Language;
use datafyme_domain::{Phrase, PhraseTarget};

/// The plan as phrases; Hungarian for [`Language::Hu`], else English. Put together they are one sentence without its full
/// stop, a capital first.
pub(super) fn phrases(plan: &Plan, language: Language) -> Vec<Phrase> {
    let mut words = Words { plan, said: Vec::new() };
    match language {
        Language::Hu => hungarian::sentence(&mut words, plan),
        Language::En | Language::Other => english::sentence(&mut words, plan),
    }
    if let Some(first) = words.said.first_mut() {
        let mut chars = first.text.chars();
        if let Some(c) = chars.next() {
            first.text = c.to_uppercase().collect::<String>() + chars.as_str();
        }
    }
    words.said
}

pub(super) fn explain(plan: &Plan) -> String {
    phrases(plan, Language::En).into_iter().map(|p| p.text).collect()
}

/// What has been said of one select.
struct Words<'a> {
    plan: &'a Plan,
    said: Vec<Phrase>,
}

impl<'a> Words<'a> {
    /// Words that stand for nothing in the schema. They join those before them.
    fn say(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.said.last_mut().filter(|last| last.target.is_none()) {
            Some(last) => last.text.push_str(text),
            None => self.said.push(Phrase { text: text.to_owned(), target: None }),
        }
    }

    fn link(&mut self, text: String, target: PhraseTarget) {
        self.said.push(Phrase { text, target: Some(target) });
    }

    fn table(&mut self, source: &Source) {
        self.link(source.label.clone(), PhraseTarget { table: source.table.clone(), column: None, value: None });
    }

    fn column(&mut self, column: &ColumnUse) {
        match self.plan.sources.get(column.source) {
            Some(source) => {
                let target =
                    PhraseTarget { table: source.table.clone(), column: Some(column.column.clone()), value: None };
                let label = self.qualified(column, source);
                self.link(label, target);
            }
            None => self.say(&column.label),
        }
    }

    /// The column's label, with the table's name before it where two tables of the plan have such a column.
    fn qualified(&self, column: &ColumnUse, source: &Source) -> String {
        let same = |other: &ColumnUse| other.label == column.label && other.source != column.source;
        let clash = column_uses(self.plan).into_iter().any(same);
        if clash { format!("{} ({})", column.label, source.label) } else { column.label.clone() }
    }

    /// A value, in the column that it is compared with.
    fn value(&mut self, literal: &Literal, column: Option<&ColumnUse>, quotes: (&str, &str)) {
        let text = match literal {
            Literal::Text(text) => format!("{}{text}{}", quotes.0, quotes.1),
            Literal::Number(number) => grouped(number),
            Literal::Date(day) => day.to_string(),
            Literal::Bool(value) => value.to_string(),
        };
        let source = column.and_then(|c| self.plan.sources.get(c.source).map(|s| (s, c)));
        match source {
            Some((source, column)) => self.link(
                text,
                PhraseTarget {
                    table: source.table.clone(),
                    column: Some(column.column.clone()),
                    value: Some(match literal {
                        Literal::Text(text) | Literal::Number(text) => text.clone(),
                        Literal::Date(day) => day.to_string(),
                        Literal::Bool(value) => value.to_string(),
                    }),
                },
            ),
            None => self.say(&text),
        }
    }

    /// Each of `items`, with `between` and, before the last, `before_last`.
    fn list<T>(&mut self, items: &[T], between: &str, before_last: &str, mut with: impl FnMut(&mut Self, &T)) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.say(if at + 1 == items.len() { before_last } else { between });
            }
            with(self, item);
        }
    }

    /// What `inner` says, as part of this.
    fn inner(&mut self, plan: &'a Plan, with: impl FnOnce(&mut Words<'a>, &'a Plan)) {
        let outer = std::mem::replace(&mut self.plan, plan);
        with(self, plan);
        self.plan = outer;
    }
}

/// What the rows show that are not the keys of their groups.
fn shown(plan: &Plan) -> Vec<&Expr> {
    let by_key = |expr: &&Expr| plan.group.is_empty() || !plan.group.contains(expr) || plan.select.len() == 1;
    plan.select.iter().map(|i| &i.expr).filter(by_key).collect()
}

/// Joined tables that nothing else names: they only say which rows count.
fn unnamed(plan: &Plan) -> Vec<&Source> {
    let used: Vec<usize> = column_uses(plan).into_iter().map(|c| c.source).collect();
    plan.sources.iter().enumerate().skip(1).filter(|(at, _)| !used.contains(at)).map(|(_, s)| s).collect()
}

/// The columns that a select reads itself, those of its joins left out.
fn column_uses(plan: &Plan) -> Vec<&ColumnUse> {
    let mut found = Vec::new();
    let items = plan.select.iter().map(|i| &i.expr).chain(&plan.group).chain(plan.order.iter().map(|o| &o.expr));
    items.for_each(|e| columns_of(e, &mut found));
    plan.filters.iter().chain(&plan.having).for_each(|p| columns_of_predicate(p, &mut found));
    found
}

fn columns_of<'p>(expr: &'p Expr, found: &mut Vec<&'p ColumnUse>) {
    match expr {
        Expr::Column(c) | Expr::Aggregate { of: c, .. } | Expr::Period { of: c, .. } => found.push(c),
        Expr::CountWhere { conditions } => conditions.iter().for_each(|p| columns_of_predicate(p, found)),
        Expr::SumWhere { of, conditions } => {
            found.push(of);
            conditions.iter().for_each(|p| columns_of_predicate(p, found));
        }
        Expr::Ratio { numerator: a, denominator: b, .. } | Expr::Difference { left: a, right: b } => {
            columns_of(a, found);
            columns_of(b, found);
        }
        Expr::SumProduct { left, right } => found.extend([left, right]),
        Expr::Everything | Expr::CountRows | Expr::Scalar { .. } => {}
    }
}

fn columns_of_predicate<'p>(predicate: &'p Predicate, found: &mut Vec<&'p ColumnUse>) {
    match predicate {
        Predicate::Compare { left, .. }
        | Predicate::Between { left, .. }
        | Predicate::Like { left, .. }
        | Predicate::IsNull { left, .. } => columns_of(left, found),
        Predicate::Within { left, .. } => found.push(left),
        Predicate::Extreme { left, within, .. } => found.extend(within.iter().chain([left])),
        Predicate::Any { of } | Predicate::All { of } => of.iter().for_each(|p| columns_of_predicate(p, found)),
        Predicate::Exists { .. } => {}
    }
}

/// The column that an expression is about.
fn subject(expr: &Expr) -> Option<&ColumnUse> {
    match expr {
        Expr::Column(c) | Expr::Aggregate { of: c, .. } | Expr::Period { of: c, .. } => Some(c),
        _ => None,
    }
}

fn is_temporal(expr: &Expr) -> bool {
    match expr {
        Expr::Period { .. } => true,
        Expr::Column(c) => c.column_type.is_temporal() || c.date_format.is_some(),
        _ => false,
    }
}

/// A whole number of five digits or more, with its digits grouped.
fn grouped(number: &str) -> String {
    if number.len() < 5 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut out = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && (number.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(crate) const fn grain_word(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month => "month",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
    }
}
