//! Changes that are said in so many words, made on the plan itself: a condition dropped, a grouping dropped, another place
//! of a ranking, another column of a list. Each pattern covers the whole message.

use crate::{
    CatalogIndex, Context,
    catalog_index::ColumnId,
    draft::column_use,
    plan::{ColumnUse, Expr, Plan, Predicate, SelectItem},
    tokens::{Token, tokenize},
};
use datafyme_domain::names::stem;

/// Longest message that is one of these.
const LONGEST: usize = 8;
const POLITE: &[&str] = &["please", "now", "then", "and", "but", "just", "ok", "okay", "can", "you", "the", "a"];
const DROPPING: &[&str] = &["without", "remove", "drop", "clear", "forget", "ignore", "delete", "skip"];
const FILTER: &[&str] = &["filter", "filters", "condition", "conditions", "restriction", "restrictions", "limit"];
const WHOLE: &[&[&str]] = &[
    &["overall"],
    &["in", "total"],
    &["altogether"],
    &["all", "together"],
    &["in", "all"],
    &["ungrouped"],
    &["without", "grouping"],
    &["not", "grouped"],
    &["no", "grouping"],
];
const PERIODS: &[&str] = &["year", "month", "quarter", "week", "day", "date", "period", "time"];
const PLACES: &[(&str, u64)] = &[
    ("first", 1),
    ("second", 2),
    ("2nd", 2),
    ("third", 3),
    ("3rd", 3),
    ("fourth", 4),
    ("4th", 4),
    ("fifth", 5),
    ("5th", 5),
];

/// The last plan as the message changes it; absent where the message says something else.
pub(crate) fn edited(index: &CatalogIndex, text: &str, context: &Context) -> Option<Plan> {
    let tokens = tokenize(text);
    let words: Vec<&Token> =
        tokens.iter().filter(|t| !t.is_punctuation() && !POLITE.contains(&t.lower.as_str())).collect();
    let said: Vec<&str> = words.iter().map(|t| t.lower.as_str()).collect();
    if said.is_empty() || said.len() > LONGEST || context.plan.compound.is_some() {
        return None;
    }
    let plan = without_groups(&said, &context.plan)
        .or_else(|| without_condition(index, &said, &context.plan))
        .or_else(|| at_another_place(&said, &context.plan))
        .or_else(|| with_column(index, &said, &context.plan))?;
    (plan != context.plan).then_some(plan)
}

/// "Overall?": the same figure, not per group.
fn without_groups(said: &[&str], plan: &Plan) -> Option<Plan> {
    if !WHOLE.contains(&said) || plan.group.is_empty() {
        return None;
    }
    let mut whole = plan.clone();
    whole.select.retain(|item| !plan.group.contains(&item.expr));
    whole.group.clear();
    whole.having.clear();
    whole.order.clear();
    (whole.limit, whole.offset) = (None, None);
    (!whole.select.is_empty()).then_some(whole)
}

/// "Without the filter on status", "remove the year", "for all countries", "regardless of status".
fn without_condition(index: &CatalogIndex, said: &[&str], plan: &Plan) -> Option<Plan> {
    let rest: Vec<&str> = match said {
        [first, rest @ ..] if DROPPING.contains(first) => rest.to_vec(),
        ["regardless", "of", rest @ ..]
        | ["for" | "in" | "of" | "from" | "across", "all" | "any" | "every", rest @ ..] => rest.to_vec(),
        [rest @ .., "does" | "do", "not", "matter"] => rest.to_vec(),
        _ => return None,
    };
    let named: Vec<&str> =
        rest.iter().copied().filter(|w| !FILTER.contains(w) && !["on", "of", "for", "by", "all"].contains(w)).collect();
    let mut wider = plan.clone();
    if named.is_empty() {
        let any = rest.iter().any(|w| FILTER.contains(w));
        if !any {
            return None;
        }
        wider.filters.clear();
    } else {
        let stems: Vec<String> = named.iter().map(|w| stem(w)).collect();
        let period = matches!(stems.as_slice(), [one] if PERIODS.iter().any(|p| stem(p) == *one));
        let is_meant = |column: &ColumnUse| {
            let temporal = column.column_type.is_temporal() || column.date_format.is_some();
            period && temporal || has_name(index, plan, column, &stems)
        };
        wider.filters.retain(|f| !about(f).is_some_and(&is_meant));
    }
    (wider.filters.len() < plan.filters.len()).then_some(wider)
}

/// The column that a condition is about.
fn about(predicate: &Predicate) -> Option<&ColumnUse> {
    match predicate {
        Predicate::Compare { left, .. }
        | Predicate::Between { left, .. }
        | Predicate::Like { left, .. }
        | Predicate::IsNull { left, .. } => match left {
            Expr::Column(c) | Expr::Period { of: c, .. } => Some(c),
            _ => None,
        },
        Predicate::Within { left, .. } => Some(left),
        Predicate::Any { of } | Predicate::All { of } => of.first().and_then(about),
        Predicate::Exists { .. } | Predicate::Extreme { .. } => None,
    }
}

fn has_name(index: &CatalogIndex, plan: &Plan, column: &ColumnUse, stems: &[String]) -> bool {
    let table = plan.sources.get(column.source).and_then(|s| index.find_table(&s.table));
    let Some(id) = table.and_then(|t| index.find_column(t, &column.column)) else { return false };
    // Its table's name stands for the column that names it.
    let names = &index.column(id).names;
    names.iter().any(|n| n == stems)
        || table.is_some_and(|t| index.table(t).title == Some(id) && index.table(t).names.iter().any(|n| n == stems))
}

/// "The second one?": of a list in an order.
fn at_another_place(said: &[&str], plan: &Plan) -> Option<Plan> {
    let place = match said {
        [place]
        | [place, "one" | "place"]
        | ["show" | "give" | "who" | "which" | "what", place, "one" | "place"]
        | ["show" | "give", "me", place, "one"]
        | ["what" | "which" | "who", "is" | "was", place]
        | ["what" | "which" | "who", "is" | "was", place, "one"] => place,
        _ => return None,
    };
    let (_, at) = PLACES.iter().find(|(word, _)| word == place)?;
    if plan.order.is_empty() {
        return None;
    }
    let mut other = plan.clone();
    other.limit = Some(1);
    other.offset = at.checked_sub(1).filter(|n| *n > 0);
    Some(other)
}

/// "Show the price too", "with their segment": of a list of rows.
fn with_column(index: &CatalogIndex, said: &[&str], plan: &Plan) -> Option<Plan> {
    let named: Vec<&str> = match said {
        ["show" | "add" | "include" | "give" | "list", rest @ .., "too" | "also" | "as" | "well"] => {
            rest.iter().copied().filter(|w| !["me", "as", "their", "its"].contains(w)).collect()
        }
        ["also", "show" | "add" | "include" | "give" | "list", rest @ ..] | ["add" | "include", rest @ ..] => {
            rest.iter().copied().filter(|w| !["me", "their", "its"].contains(w)).collect()
        }
        ["with", "their" | "its", rest @ ..] => rest.to_vec(),
        _ => return None,
    };
    let lists =
        plan.group.is_empty() && plan.select.iter().all(|i| matches!(i.expr, Expr::Column(_))) && !plan.distinct;
    if !lists || named.is_empty() {
        return None;
    }
    let mut wider = plan.clone();
    for part in named.split(|w| *w == "and") {
        let stems: Vec<String> = part.iter().map(|w| stem(w)).collect();
        let (source, column) = column_named(index, plan, &stems)?;
        let shown = column_use(index, column, source);
        let label = shown.label.clone();
        let expr = Expr::Column(shown);
        if !wider.select.iter().any(|i| i.expr == expr) {
            wider.select.push(SelectItem { expr, label });
        }
    }
    Some(wider)
}

/// The column of that name among the tables of the plan, those read first before others.
fn column_named(index: &CatalogIndex, plan: &Plan, stems: &[String]) -> Option<(usize, ColumnId)> {
    plan.sources.iter().enumerate().filter(|(_, s)| s.siblings.is_empty()).find_map(|(at, source)| {
        let table = index.find_table(&source.table)?;
        let columns = &index.table(table).columns;
        columns.iter().copied().find(|c| index.column(*c).names.iter().any(|n| n == stems)).map(|c| (at, c))
    })
}
