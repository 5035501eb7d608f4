//! A plan in words.

use super::{Aggregate, ColumnUse, Comparison, Expr, Grain, Literal, Operand, Plan, Predicate, SetOperator};

pub(super) fn explain(plan: &Plan) -> String {
    let mut text = sentence(plan);
    if let Some(compound) = &plan.compound {
        text.push_str(match compound.operator {
            SetOperator::Union => "; together with: ",
            SetOperator::Intersect => "; only those also among: ",
            SetOperator::Except => "; without those among: ",
        });
        text.push_str(&sentence(&compound.plan));
    }
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => text,
    }
}

fn sentence(plan: &Plan) -> String {
    let subject = plan.sources.first().map_or("rows", |s| s.label.as_str());
    let grouped: Vec<String> = plan.group.iter().map(expr_words).collect();
    let shown: Vec<String> = plan
        .select
        .iter()
        .filter(|item| plan.group.is_empty() || !plan.group.contains(&item.expr) || plan.select.len() == 1)
        .map(|item| match &item.expr {
            Expr::CountRows => format!("number of {subject}"),
            expr => expr_words(expr),
        })
        .collect();
    let mut text = join_words(&shown);
    if plan.distinct {
        text = format!("distinct {text}");
    }
    let counts_subject = plan.select.iter().any(|i| i.expr == Expr::CountRows);
    if !counts_subject {
        text.push_str(" of ");
        text.push_str(subject);
    }
    let others: Vec<&str> = plan.sources.iter().skip(1).map(|s| s.label.as_str()).collect();
    if !others.is_empty() {
        text.push_str(" with their ");
        text.push_str(&join_words(&others));
    }
    if !plan.filters.is_empty() {
        let filters: Vec<String> = plan.filters.iter().map(predicate_words).collect();
        text.push_str(" where ");
        text.push_str(&filters.join(" and "));
    }
    if !grouped.is_empty() {
        text.push_str(", per ");
        text.push_str(&join_words(&grouped));
    }
    if !plan.having.is_empty() {
        let having: Vec<String> = plan.having.iter().map(predicate_words).collect();
        text.push_str(", only groups whose ");
        text.push_str(&having.join(" and "));
    }
    text.push_str(&order_words(plan));
    text
}

fn order_words(plan: &Plan) -> String {
    let Some(key) = plan.order.first() else {
        return plan.limit.map_or_else(String::new, |n| format!(", the first {n} only"));
    };
    let by = expr_words(&key.expr);
    let temporal = matches!(&key.expr, Expr::Period { .. })
        || matches!(&key.expr, Expr::Column(c) if c.column_type.is_temporal() || c.date_format.is_some());
    let first = match (temporal, key.descending) {
        (true, true) => "latest first",
        (true, false) => "earliest first",
        (false, true) => "largest first",
        (false, false) => "smallest first",
    };
    match plan.limit {
        Some(1) => format!(", the one with the {} {by}", if key.descending { "highest" } else { "lowest" }),
        Some(n) => format!(", the {n} with the {} {by}", if key.descending { "highest" } else { "lowest" }),
        None => format!(", by {by}, {first}"),
    }
}

fn column_words(column: &ColumnUse) -> &str {
    &column.label
}

pub(crate) fn expr_words(expr: &Expr) -> String {
    match expr {
        Expr::Column(c) => column_words(c).to_owned(),
        Expr::Everything => "all columns".to_owned(),
        Expr::CountRows => "number of rows".to_owned(),
        Expr::Aggregate { function, distinct, of } => {
            let name = match (function, distinct) {
                (Aggregate::Count, true) => "number of different",
                (Aggregate::Count, false) => "number of",
                (Aggregate::Sum, _) => "total",
                (Aggregate::Avg, _) => "average",
                (Aggregate::Min, _) => "lowest",
                (Aggregate::Max, _) => "highest",
            };
            format!("{name} {}", column_words(of))
        }
        Expr::Period { grain, of } => format!("{} of {}", grain_word(*grain), column_words(of)),
        Expr::CountWhere { conditions } => format!("number where {}", all_words(conditions)),
        Expr::SumWhere { of, conditions } => format!("total {} where {}", column_words(of), all_words(conditions)),
        Expr::Ratio { numerator, denominator, percent } => format!(
            "{}{} per {}",
            if *percent { "percentage: " } else { "" },
            expr_words(numerator),
            expr_words(denominator)
        ),
        Expr::SumProduct { left, right } => format!("total of {} times {}", column_words(left), column_words(right)),
        Expr::Difference { left, right } => format!("{} less {}", expr_words(left), expr_words(right)),
        Expr::Scalar { plan } => sentence(plan),
    }
}

fn all_words(of: &[Predicate]) -> String {
    of.iter().map(predicate_words).collect::<Vec<_>>().join(" and ")
}

fn predicate_words(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Compare { left, op, right } => {
            let right = match right {
                Operand::Literal { value } => literal_words(value),
                Operand::Plan { plan } => format!("the {}", sentence(plan)),
                Operand::Expr { expr } => expr_words(expr),
            };
            let temporal = matches!(left, Expr::Column(c) if c.column_type.is_temporal() || c.date_format.is_some());
            let op = match (op, temporal) {
                (Comparison::Equal, _) => "is",
                (Comparison::NotEqual, _) => "is not",
                (Comparison::Less, false) => "is below",
                (Comparison::Less, true) => "is before",
                (Comparison::AtMost, false) => "is at most",
                (Comparison::AtMost, true) => "is up to",
                (Comparison::Greater, false) => "is above",
                (Comparison::Greater, true) => "is after",
                (Comparison::AtLeast, false) => "is at least",
                (Comparison::AtLeast, true) => "is from",
            };
            format!("{} {op} {right}", expr_words(left))
        }
        Predicate::Between { left, low, high } => {
            format!("{} is between {} and {}", expr_words(left), literal_words(low), literal_words(high))
        }
        Predicate::Like { left, pattern, negated } => format!(
            "{} {} \"{}\"",
            expr_words(left),
            if *negated { "does not contain" } else { "contains" },
            pattern.trim_matches('%')
        ),
        Predicate::IsNull { left, negated } => {
            format!("{} is {}", expr_words(left), if *negated { "present" } else { "missing" })
        }
        Predicate::Exists { negated, inner, .. } => {
            let what = inner.sources.first().map_or("rows", |s| s.label.as_str());
            let mut text = format!("there are {}{what}", if *negated { "no " } else { "" });
            if !inner.filters.is_empty() {
                text.push_str(" where ");
                text.push_str(&all_words(&inner.filters));
            }
            text
        }
        Predicate::Within { left, plan, negated } => {
            format!("{} is {}among the {}", column_words(left), if *negated { "not " } else { "" }, sentence(plan))
        }
        Predicate::Any { of } => of.iter().map(predicate_words).collect::<Vec<_>>().join(" or "),
        Predicate::All { of } => all_words(of),
    }
}

fn literal_words(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("\"{text}\""),
        Literal::Number(number) => number.clone(),
        Literal::Date(day) => day.to_string(),
        Literal::Bool(value) => value.to_string(),
    }
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

fn join_words<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}
