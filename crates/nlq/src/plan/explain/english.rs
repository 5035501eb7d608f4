//! "Average price of products whose storage size is above 60, per category, largest first".

use super::{Words, grain_word, is_temporal, shown, subject, unnamed};
use crate::plan::{Aggregate, ColumnUse, Comparison, Expr, Literal, Operand, OrderItem, Plan, Predicate, SetOperator};

const QUOTES: (&str, &str) = ("\"", "\"");

pub(super) fn sentence<'a>(words: &mut Words<'a>, plan: &'a Plan) {
    select(words, plan);
    if let Some(compound) = &plan.compound {
        words.say(match compound.operator {
            SetOperator::Union => "; together with: ",
            SetOperator::Intersect => "; only those also among: ",
            SetOperator::Except => "; without those among: ",
        });
        words.inner(&compound.plan, select);
    }
}

fn select<'a>(words: &mut Words<'a>, plan: &'a Plan) {
    if plan.distinct {
        words.say("distinct ");
    }
    let shown = shown(plan);
    words.list(&shown, ", ", " and ", |w, &e| expr(w, e));
    let counts_rows = plan.select.iter().any(|i| i.expr == Expr::CountRows);
    if !counts_rows && let Some(source) = plan.sources.first() {
        words.say(" of ");
        words.table(source);
    }
    let others = unnamed(plan);
    if !others.is_empty() {
        words.say(" with their ");
        words.list(&others, ", ", " and ", |w, s| w.table(s));
    }
    conditions(words, &plan.filters);
    if !plan.group.is_empty() {
        words.say(", per ");
        let keys: Vec<&Expr> = plan.group.iter().collect();
        words.list(&keys, ", ", " and ", |w, &e| expr(w, e));
    }
    if !plan.having.is_empty() {
        words.say(", only where the ");
        let having: Vec<&Predicate> = plan.having.iter().collect();
        words.list(&having, " and the ", " and the ", |w, &p| predicate(w, p));
    }
    order(words, plan);
}

/// "whose price is above 5 and that have no orders".
fn conditions<'a>(words: &mut Words<'a>, filters: &'a [Predicate]) {
    let mut whose = false;
    for (at, filter) in filters.iter().enumerate() {
        if at > 0 {
            words.say(" and");
        }
        let own = matches!(filter, Predicate::Exists { .. } | Predicate::IsNull { .. });
        if !own && !whose {
            words.say(" whose");
        }
        whose = !own;
        words.say(" ");
        predicate(words, filter);
    }
}

fn order<'a>(words: &mut Words<'a>, plan: &'a Plan) {
    let Some(OrderItem { expr: key, descending }) = plan.order.first() else {
        if let Some(n) = plan.limit {
            words.say(&format!(", the first {n} only"));
        }
        return;
    };
    let extreme = match (is_temporal(key), descending) {
        (true, true) => "latest",
        (true, false) => "earliest",
        (false, true) => "highest",
        (false, false) => "lowest",
    };
    match plan.limit {
        Some(1) if plan.offset.is_some() => {
            words.say(&format!(", number {} by the {extreme} ", plan.offset.unwrap_or(0) + 1));
        }
        Some(1) => words.say(&format!(", the one with the {extreme} ")),
        Some(n) => words.say(&format!(", the {n} with the {extreme} ")),
        None => {
            let first = match (is_temporal(key), descending) {
                (true, true) => "latest first",
                (true, false) => "earliest first",
                (false, true) => "largest first",
                (false, false) => "smallest first",
            };
            // What is shown alone beside its groups needs no name again.
            if shown(plan).as_slice() != [key] {
                words.say(", by ");
                expr(words, key);
            }
            words.say(&format!(", {first}"));
            return;
        }
    }
    expr(words, key);
}

fn expr<'a>(words: &mut Words<'a>, expression: &'a Expr) {
    match expression {
        Expr::Column(c) => words.column(c),
        Expr::Everything => words.say("all columns"),
        Expr::CountRows => match words.plan.sources.first() {
            Some(source) => {
                words.say("number of ");
                words.table(source);
            }
            None => words.say("number of rows"),
        },
        Expr::Aggregate { function, distinct, of } => {
            words.say(match (function, distinct) {
                (Aggregate::Count, true) => "number of different ",
                (Aggregate::Count, false) => "number of ",
                (Aggregate::Sum, _) => "total ",
                (Aggregate::Avg, _) => "average ",
                (Aggregate::Min, _) => "lowest ",
                (Aggregate::Max, _) => "highest ",
            });
            words.column(of);
        }
        Expr::Period { grain, of } => {
            words.say(&format!("{} of ", grain_word(*grain)));
            words.column(of);
        }
        Expr::CountWhere { conditions } => {
            words.say("number of those where ");
            all(words, conditions);
        }
        Expr::SumWhere { of, conditions } => {
            words.say("total ");
            words.column(of);
            words.say(" where ");
            all(words, conditions);
        }
        Expr::Ratio { numerator, denominator, percent: true } => {
            words.say("percentage: ");
            expr(words, numerator);
            words.say(" out of ");
            expr(words, denominator);
        }
        Expr::Ratio { numerator, denominator, percent: false } => {
            expr(words, numerator);
            words.say(" divided by ");
            expr(words, denominator);
        }
        Expr::SumProduct { left, right } => {
            words.say("total of ");
            words.column(left);
            words.say(" times ");
            words.column(right);
        }
        Expr::Difference { left, right } => {
            expr(words, left);
            words.say(" less ");
            expr(words, right);
        }
        Expr::Scalar { plan } => words.inner(plan, sentence),
    }
}

fn all<'a>(words: &mut Words<'a>, of: &'a [Predicate]) {
    let of: Vec<&Predicate> = of.iter().collect();
    words.list(&of, " and ", " and ", |w, &p| predicate(w, p));
}

fn predicate<'a>(words: &mut Words<'a>, condition: &'a Predicate) {
    match condition {
        Predicate::Compare { left, op, right } => {
            expr(words, left);
            words.say(comparison(*op, is_temporal(left)));
            match right {
                Operand::Literal { value } => words.value(value, subject(left), QUOTES),
                Operand::Plan { plan } => {
                    words.say("the ");
                    words.inner(plan, sentence);
                }
                Operand::Expr { expr: other } => expr(words, other),
            }
        }
        Predicate::Between { left, low, high } => {
            expr(words, left);
            words.say(" is between ");
            words.value(low, subject(left), QUOTES);
            words.say(" and ");
            words.value(high, subject(left), QUOTES);
        }
        Predicate::Like { left, pattern, negated } => {
            expr(words, left);
            words.say(if *negated { " does not contain " } else { " contains " });
            words.value(&Literal::Text(pattern.trim_matches('%').to_owned()), subject(left), QUOTES);
        }
        Predicate::IsNull { left, negated } => {
            words.say(if *negated { "with a known " } else { "without " });
            expr(words, left);
        }
        Predicate::Exists { negated, inner, .. } => {
            words.say(if *negated { "that have no " } else { "that have " });
            match inner.sources.first() {
                Some(source) => words.table(source),
                None => words.say("rows"),
            }
            words.inner(inner, |w, p| conditions(w, &p.filters));
        }
        Predicate::Extreme { left, within, largest, .. } => {
            words.column(left);
            words.say(if *largest { " is the largest of its " } else { " is the smallest of its " });
            let within: Vec<&ColumnUse> = within.iter().collect();
            words.list(&within, ", ", " and ", |w, c| w.column(c));
        }
        Predicate::Within { left, plan, negated } => {
            words.column(left);
            words.say(if *negated { " is not among the " } else { " is among the " });
            words.inner(plan, sentence);
        }
        Predicate::Any { of } => any(words, of),
        Predicate::All { of } => all(words, of),
    }
}

/// Several values of one column are named once: "country is "Ireland" or "Hungary"".
fn any<'a>(words: &mut Words<'a>, of: &'a [Predicate]) {
    for (at, one) in of.iter().enumerate() {
        if at > 0 {
            words.say(" or ");
        }
        let before = at.checked_sub(1).and_then(|b| of.get(b));
        match (before, one) {
            (
                Some(Predicate::Compare { left: known, op: Comparison::Equal, .. }),
                Predicate::Compare { left, op: Comparison::Equal, right: Operand::Literal { value } },
            ) if known == left => words.value(value, subject(left), QUOTES),
            _ => predicate(words, one),
        }
    }
}

const fn comparison(op: Comparison, temporal: bool) -> &'static str {
    match (op, temporal) {
        (Comparison::Equal, _) => " is ",
        (Comparison::NotEqual, _) => " is not ",
        (Comparison::Less, false) => " is below ",
        (Comparison::Less, true) => " is before ",
        (Comparison::AtMost, false) => " is at most ",
        (Comparison::AtMost, true) => " is up to ",
        (Comparison::Greater, false) => " is above ",
        (Comparison::Greater, true) => " is after ",
        (Comparison::AtLeast, false) => " is at least ",
        (Comparison::AtLeast, true) => " is from ",
    }
}
