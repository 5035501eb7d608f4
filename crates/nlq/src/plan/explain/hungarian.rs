//! "Products: price átlaga, ahol storage size nagyobb mint 60; category szerint; a legnagyobb elöl". Names are English or
//! Hungarian, whichever the database has, so no suffix is glued to them.

use super::{Words, is_temporal, shown, subject, unnamed};
use crate::plan::{
    Aggregate, ColumnUse, Comparison, Expr, Grain, Literal, Operand, OrderItem, Plan, Predicate, SetOperator,
};

const QUOTES: (&str, &str) = ("„", "”");

pub(super) fn sentence<'a>(words: &mut Words<'a>, plan: &'a Plan) {
    select(words, plan);
    if let Some(compound) = &plan.compound {
        words.say(match compound.operator {
            SetOperator::Union => "; ezekkel együtt: ",
            SetOperator::Intersect => "; csak azok, amelyek itt is szerepelnek: ",
            SetOperator::Except => "; ezek nélkül: ",
        });
        words.inner(&compound.plan, select);
    }
}

fn select<'a>(words: &mut Words<'a>, plan: &'a Plan) {
    let shown = shown(plan);
    let counts_rows = shown.contains(&&Expr::CountRows);
    if !counts_rows && let Some(source) = plan.sources.first() {
        words.table(source);
        words.say(": ");
    }
    if plan.distinct {
        words.say("különböző ");
    }
    words.list(&shown, ", ", " és ", |w, &e| expr(w, e));
    let others = unnamed(plan);
    if !others.is_empty() {
        words.say(" a hozzájuk tartozó adatokkal (");
        words.list(&others, ", ", ", ", |w, s| w.table(s));
        words.say(")");
    }
    if !plan.filters.is_empty() {
        words.say(", ahol ");
        all(words, &plan.filters);
    }
    if !plan.group.is_empty() {
        words.say("; ");
        let keys: Vec<&Expr> = plan.group.iter().collect();
        words.list(&keys, ", ", " és ", |w, &e| expr(w, e));
        words.say(" szerint");
    }
    if !plan.having.is_empty() {
        words.say("; csak ahol ");
        all(words, &plan.having);
    }
    order(words, plan);
}

fn order<'a>(words: &mut Words<'a>, plan: &'a Plan) {
    let Some(OrderItem { expr: key, descending }) = plan.order.first() else {
        if let Some(n) = plan.limit {
            words.say(&format!("; csak az első {n}"));
        }
        return;
    };
    let extreme = match (is_temporal(key), descending) {
        (true, true) => "legkésőbbi",
        (true, false) => "legkorábbi",
        (false, true) => "legnagyobb",
        (false, false) => "legkisebb",
    };
    match plan.limit {
        Some(1) if plan.offset.is_some() => {
            words.say(&format!("; a(z) {}. a {extreme} elöl, eszerint: ", plan.offset.unwrap_or(0) + 1));
        }
        Some(1) => words.say(&format!("; csak a {extreme} érték szerint: ")),
        Some(n) => words.say(&format!("; az első {n}, a {extreme} elöl, eszerint: ")),
        None => {
            if shown(plan).as_slice() != [key] {
                words.say("; rendezve eszerint: ");
                expr(words, key);
            }
            words.say(&format!("; a {extreme} elöl"));
            return;
        }
    }
    expr(words, key);
}

const fn grain(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "nap",
        Grain::Week => "hét",
        Grain::Month => "hónap",
        Grain::Quarter => "negyedév",
        Grain::Year => "év",
    }
}

fn expr<'a>(words: &mut Words<'a>, expression: &'a Expr) {
    match expression {
        Expr::Column(c) => words.column(c),
        Expr::Everything => words.say("minden oszlop"),
        Expr::CountRows => {
            match words.plan.sources.first() {
                Some(source) => words.table(source),
                None => words.say("sorok"),
            }
            words.say(" száma");
        }
        Expr::Aggregate { function, distinct, of } => {
            words.say(match (function, distinct) {
                (Aggregate::Count, true) => "különböző ",
                (Aggregate::Min, _) => "legkisebb ",
                (Aggregate::Max, _) => "legnagyobb ",
                _ => "",
            });
            words.column(of);
            words.say(match (function, distinct) {
                (Aggregate::Count, true) => " értékek száma",
                (Aggregate::Count, false) => " száma",
                (Aggregate::Sum, _) => " összege",
                (Aggregate::Avg, _) => " átlaga",
                (Aggregate::Min | Aggregate::Max, _) => "",
            });
        }
        Expr::Period { grain: period, of } => {
            words.say(&format!("{} (", grain(*period)));
            words.column(of);
            words.say(")");
        }
        Expr::CountWhere { conditions } => {
            words.say("azok száma, ahol ");
            all(words, conditions);
        }
        Expr::SumWhere { of, conditions } => {
            words.column(of);
            words.say(" összege ott, ahol ");
            all(words, conditions);
        }
        Expr::Ratio { numerator, denominator, percent } => {
            words.say(if *percent { "százalékos arány: " } else { "hányados: " });
            expr(words, numerator);
            words.say(" / ");
            expr(words, denominator);
        }
        Expr::SumProduct { left, right } => {
            words.column(left);
            words.say(" × ");
            words.column(right);
            words.say(" összege");
        }
        Expr::Difference { left, right } => {
            expr(words, left);
            words.say(" mínusz ");
            expr(words, right);
        }
        Expr::Scalar { plan } => words.inner(plan, sentence),
    }
}

fn all<'a>(words: &mut Words<'a>, of: &'a [Predicate]) {
    let of: Vec<&Predicate> = of.iter().collect();
    words.list(&of, " és ", " és ", |w, &p| predicate(w, p));
}

fn predicate<'a>(words: &mut Words<'a>, condition: &'a Predicate) {
    match condition {
        Predicate::Compare { left, op, right } => {
            expr(words, left);
            words.say(comparison(*op, is_temporal(left)));
            match right {
                Operand::Literal { value } => words.value(value, subject(left), QUOTES),
                Operand::Plan { plan } => {
                    words.say("ez: (");
                    words.inner(plan, sentence);
                    words.say(")");
                }
                Operand::Expr { expr: other } => expr(words, other),
            }
        }
        Predicate::Between { left, low, high } => {
            expr(words, left);
            words.say(" ");
            words.value(low, subject(left), QUOTES);
            words.say(" és ");
            words.value(high, subject(left), QUOTES);
            words.say(" között");
        }
        Predicate::Like { left, pattern, negated } => {
            expr(words, left);
            words.say(if *negated { " nem tartalmazza: " } else { " tartalmazza: " });
            words.value(&Literal::Text(pattern.trim_matches('%').to_owned()), subject(left), QUOTES);
        }
        Predicate::IsNull { left, negated } => {
            expr(words, left);
            words.say(if *negated { " meg van adva" } else { " nincs megadva" });
        }
        Predicate::Exists { negated, inner, .. } => {
            words.say(if *negated { "nincs hozzá: " } else { "van hozzá: " });
            match inner.sources.first() {
                Some(source) => words.table(source),
                None => words.say("sor"),
            }
            if !inner.filters.is_empty() {
                words.say(" (");
                words.inner(inner, |w, p| all(w, &p.filters));
                words.say(")");
            }
        }
        Predicate::Extreme { left, within, largest, .. } => {
            words.column(left);
            words.say(if *largest { " a legnagyobb ezen belül: " } else { " a legkisebb ezen belül: " });
            let within: Vec<&ColumnUse> = within.iter().collect();
            words.list(&within, ", ", " és ", |w, c| w.column(c));
        }
        Predicate::Within { left, plan, negated } => {
            words.column(left);
            words.say(if *negated { " nincs ezek között: (" } else { " ezek között van: (" });
            words.inner(plan, sentence);
            words.say(")");
        }
        Predicate::Any { of } => {
            let of: Vec<&Predicate> = of.iter().collect();
            words.list(&of, " vagy ", " vagy ", |w, &p| predicate(w, p));
        }
        Predicate::All { of } => all(words, of),
    }
}

const fn comparison(op: Comparison, temporal: bool) -> &'static str {
    match (op, temporal) {
        (Comparison::Equal, _) => ": ",
        (Comparison::NotEqual, _) => " nem: ",
        (Comparison::Less, false) => " kisebb, mint ",
        (Comparison::Less, true) => " korábbi, mint ",
        (Comparison::AtMost, false) => " legfeljebb ",
        (Comparison::AtMost, true) => " legkésőbb ",
        (Comparison::Greater, false) => " nagyobb, mint ",
        (Comparison::Greater, true) => " későbbi, mint ",
        (Comparison::AtLeast, false) => " legalább ",
        (Comparison::AtLeast, true) => " legkorábban ",
    }
}
