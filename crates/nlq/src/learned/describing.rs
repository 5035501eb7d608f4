//! Features of a candidate, dense: what the search thought of it, its shape, how its columns and tables are named, what
//! the words ask for and whether it does that; and what its trial showed.

use super::{
    anatomy::{Anatomy, Compared, How},
    places,
    sight::{NOWHERE, Place, Sight},
};
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    choose::Strict,
    decide::{State, Tried},
    draft::Draft,
    plan::{Aggregate, Literal, SetOperator},
    reading::{Reading, ValueKind},
};

/// Groups of features, for ablation: name, and where the group ends.
pub type Groups = Vec<(&'static str, usize)>;

/// Features under way.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub values: Vec<f32>,
    pub groups: Groups,
}

impl Row {
    pub(super) fn add(&mut self, value: f32) {
        self.values.push(value);
    }

    pub(super) fn flag(&mut self, yes: bool) {
        self.values.push(if yes { 1.0 } else { 0.0 });
    }

    pub(super) fn count(&mut self, n: usize) {
        self.values.push(n.min(200) as f32);
    }

    /// Done less asked: 1 where it is done unasked, −1 where it is asked and not done.
    fn balance(&mut self, done: bool, asked: bool) {
        self.values.push(f32::from(i8::from(done)) - f32::from(i8::from(asked)));
    }

    fn close(&mut self, name: &'static str) {
        self.groups.push((name, self.values.len()));
    }
}

/// A question with what its candidates are seen against.
pub(crate) struct Scene<'a> {
    pub index: &'a CatalogIndex,
    pub reading: &'a Reading,
    pub sight: &'a Sight,
    /// Log-probabilities of classes, for each of the clauses.
    pub clauses: Vec<Vec<(String, f32)>>,
    /// Of all candidates.
    pub pool: Pool,
}

/// What all candidates have in common.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool {
    pub best: f64,
    pub count: usize,
    pub total: f64,
    /// SQL and certainty of the strict reading.
    pub strict: Option<(String, f64)>,
}

impl Pool {
    pub(crate) fn of(candidates: &[Tried], strict: Option<&Strict>) -> Self {
        let best = candidates.iter().map(|t| t.candidate.score).fold(f64::MIN, f64::max);
        let total: f64 = candidates.iter().map(|t| (t.candidate.score - best).exp()).sum();
        let strict = strict.map(|s| (s.sql.clone(), s.certainty));
        Self { best, count: candidates.len(), total: total.max(1e-9), strict }
    }
}

/// The features of one candidate that needs no trial; `rank` is its place by the search.
pub(crate) fn describe(scene: &Scene<'_>, tried: &Tried, rank: usize) -> Row {
    let draft = &tried.candidate.draft;
    let anatomy = Anatomy::of(scene.index, draft);
    let mut row = Row::default();
    search(scene, tried, rank, &mut row);
    row.close("search");
    shape(draft, &anatomy, &mut row);
    row.close("shape");
    names(scene, &anatomy, &mut row);
    row.close("names");
    tables(scene, tried, &anatomy, &mut row);
    row.close("tables");
    constants(scene, &anatomy, draft, &mut row);
    row.close("constants");
    words(scene, draft, &anatomy, &mut row);
    row.close("words");
    clauses(scene, draft, &anatomy, &mut row);
    row.close("clauses");
    question(scene, &mut row);
    row.close("question");
    places::describe(scene, tried, &anatomy, &mut row);
    row.close("places");
    row
}

fn search(scene: &Scene<'_>, tried: &Tried, rank: usize, row: &mut Row) {
    let candidate = &tried.candidate;
    row.add((candidate.score - scene.pool.best) as f32);
    row.add(candidate.score as f32);
    row.count(rank);
    row.add(((candidate.score - scene.pool.best).exp() / scene.pool.total) as f32);
    for piece in candidate.pieces {
        row.add(piece as f32);
    }
    row.add(candidate.changed as f32);
    row.count(tried.unmet);
    row.count(candidate.unexplained.len());
    row.count(scene.pool.count);
    let strict = scene.pool.strict.as_ref();
    row.add(strict.map_or(-1.0, |s| if s.0 == candidate.sql { s.1 as f32 } else { 0.0 }));
    row.add(strict.map_or(-1.0, |s| s.1 as f32));
}

fn shape(draft: &Draft, anatomy: &Anatomy<'_>, row: &mut Row) {
    row.count(draft.select.len());
    row.count(anatomy.plain.len());
    row.count(anatomy.aggregates.len());
    row.count(anatomy.counts_rows);
    row.count(anatomy.counts_distinct.len());
    row.flag(anatomy.everything);
    row.count(anatomy.special);
    row.count(anatomy.group.len());
    row.count(anatomy.having.len());
    row.count(anatomy.order.len());
    row.count(draft.limit.map_or(0, |l| if l == 1 { 1 } else { 2 }));
    row.flag(draft.distinct);
    row.count(anatomy.conditions.len());
    row.count(anatomy.conditions.iter().filter(|c| c.nested).count());
    row.count(anatomy.any);
    row.count(anatomy.absent);
    row.count(anatomy.exists);
    row.count(anatomy.against.len());
    row.count(match anatomy.set {
        None => 0,
        Some(SetOperator::Intersect) => 1,
        Some(SetOperator::Except) => 2,
        Some(SetOperator::Union) => 3,
    });
}

/// Least, mean match of the names of some columns, and how many are hardly named.
fn matches(scene: &Scene<'_>, columns: &[ColumnId], row: &mut Row) {
    let scores: Vec<f32> = columns.iter().map(|c| scene.sight.column(*c).0).collect();
    row.add(scores.iter().copied().fold(1.3, f32::min));
    row.add(if scores.is_empty() { 1.3 } else { scores.iter().sum::<f32>() / scores.len() as f32 });
    row.count(scores.iter().filter(|s| **s < 0.5).count());
    row.add(columns.iter().map(|c| scene.sight.column(*c).2).fold(0.0, f32::max));
}

fn names(scene: &Scene<'_>, anatomy: &Anatomy<'_>, row: &mut Row) {
    let (index, sight) = (scene.index, scene.sight);
    let aggregated: Vec<ColumnId> = anatomy.aggregates.iter().map(|a| a.1).collect();
    let ordered: Vec<ColumnId> = anatomy.order.iter().filter_map(|o| o.0).collect();
    let compared: Vec<ColumnId> = anatomy.conditions.iter().map(|c| c.column).collect();
    for columns in [&anatomy.plain, &aggregated, &anatomy.counts_distinct, &anatomy.group, &ordered, &compared] {
        matches(scene, columns, row);
    }
    let used = anatomy.columns();
    let covered = |of: &Place| {
        of.names.iter().any(|n| match n {
            crate::catalog_index::Named::Column(c) => used.contains(c),
            crate::catalog_index::Named::Table(_) => false,
        })
    };
    let of_columns =
        |of: &&Place| of.names.first().is_some_and(|n| matches!(n, crate::catalog_index::Named::Column(_)));
    let named = sight.strong.iter().filter(of_columns).count();
    let met = sight.strong.iter().filter(of_columns).filter(|of| covered(of)).count();
    row.count(named);
    row.count(named - met);
    row.add(met as f32 / named.max(1) as f32);
    row.count(used.iter().filter(|c| sight.column(**c).0 < 0.4).count());
    row.count(used.len());
    let place = |c: &ColumnId| sight.column(*c).1;
    row.flag(anatomy.plain.is_sorted_by_key(|c| place(c).min(NOWHERE)));
    row.add(anatomy.plain.first().map_or(-1.0, |c| place(c).min(60) as f32));
    let keys = anatomy.plain.iter().filter(|c| index.column(**c).key || index.column(**c).foreign_key);
    row.count(keys.clone().count());
    row.count(keys.filter(|c| sight.column(**c).0 < 0.8).count());
    row.count(anatomy.plain.iter().filter(|c| index.column(**c).title).count());
    row.count(anatomy.plain.iter().filter(|c| compared.contains(c)).count());
    row.count(anatomy.plain.iter().filter(|c| ordered.contains(c)).count());
    row.count(anatomy.group.iter().filter(|c| anatomy.plain.contains(c)).count());
    row.count(anatomy.group.iter().filter(|c| index.column(**c).key).count());
    row.count(anatomy.group.iter().filter(|c| index.column(**c).unique).count());
    row.flag(
        anatomy.group.first().is_some_and(|g| anatomy.plain.iter().any(|p| index.table_of(*p) == index.table_of(*g))),
    );
    row.count(aggregated.iter().filter(|c| !index.column(**c).is_measure()).count());
    row.count(ordered.iter().filter(|c| !index.column(**c).is_ordered()).count());
    row.count(ordered.iter().filter(|c| index.column(**c).numeric_text).count());
    // The same word read twice, once as what is shown and once as something else.
    let others = compared.iter().chain(&ordered).chain(&anatomy.group);
    row.count(
        others.filter(|o| anatomy.plain.iter().any(|p| p != *o && place(p) == place(o) && place(p) != NOWHERE)).count(),
    );
}

/// The tables that the outermost query reads; of tables of equal shape, what they are together.
pub(super) fn sources(index: &CatalogIndex, tried: &Tried) -> Vec<TableId> {
    let required = tried.candidate.draft.required_tables(index);
    let named = tried.candidate.plan.sources.iter().map(|s| &s.table);
    let together = |name: &datafyme_domain::TableRef| {
        let mut families =
            required.iter().copied().filter(|t| index.table(*t).siblings.iter().any(|s| s.table == *name));
        families.next().or_else(|| index.find_table(name))
    };
    named.filter_map(together).collect()
}

fn tables(scene: &Scene<'_>, tried: &Tried, anatomy: &Anatomy<'_>, row: &mut Row) {
    let (index, sight) = (scene.index, scene.sight);
    let outer = sources(index, tried);
    let mut all = outer.clone();
    all.extend(anatomy.inner_tables.iter().filter(|t| !outer.contains(t)));
    row.count(outer.len());
    row.count(all.len());
    let of = |t: &TableId| sight.table(*t).0;
    row.count(outer.iter().filter(|t| of(t) < 0.6 && !index.table(**t).link).count());
    row.count(outer.iter().filter(|t| index.table(**t).link).count());
    row.add(outer.iter().map(of).fold(1.3, f32::min));
    row.add(outer.iter().map(of).fold(0.0, f32::max));
    let missing = (0..index.tables.len()).filter(|t| !all.contains(t) && of(t) >= 0.85);
    row.count(missing.clone().count());
    row.add(missing.map(|t| of(&t)).fold(0.0, f32::max));
    let used: Vec<TableId> = anatomy.columns().iter().map(|c| index.table_of(*c)).collect();
    let idle = outer.iter().filter(|t| !used.contains(t));
    row.count(idle.clone().count());
    row.count(idle.clone().filter(|t| of(t) >= 0.85).count());
    row.count(idle.filter(|t| of(t) < 0.5).count());
    row.count(tried.candidate.plan.joins.iter().filter(|j| j.multiplies).count());
    row.count(tried.candidate.plan.joins.iter().filter(|j| j.relation.is_none()).count());
    row.count(outer.iter().filter(|t| index.table(**t).view).count());
    row.count(index.tables.len());
    row.flag(outer.first().is_some_and(|t| of(t) >= 0.85));
    let first = (0..index.tables.len()).filter(|t| of(t) >= 0.85).min_by_key(|t| sight.table(*t).1);
    row.flag(first.is_some_and(|t| outer.contains(&t)));
    row.add(anatomy.plain.iter().map(|c| of(&index.table_of(*c))).fold(1.3, f32::min));
    row.add(anatomy.group.iter().map(|c| of(&index.table_of(*c))).fold(1.3, f32::min));
}

fn number_of(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Number(text) | Literal::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn constants(scene: &Scene<'_>, anatomy: &Anatomy<'_>, draft: &Draft, row: &mut Row) {
    let index = scene.index;
    let written: Vec<&Literal> = anatomy
        .conditions
        .iter()
        .flat_map(|c| c.literals.iter().copied())
        .chain(anatomy.having.iter().copied())
        .collect();
    let likes = anatomy.conditions.iter().filter(|c| matches!(c.how, How::Like | How::Unlike)).count();
    let limit = draft.limit.or_else(|| draft.compound.as_ref().and_then(|c| c.1.limit));
    let is_used = |value: &crate::reading::ValueSpan| match value.kind {
        ValueKind::Number { value, .. } => {
            written
                .iter()
                .filter_map(|l| number_of(l))
                .any(|n| (n - value).abs() < 1e-9 || (n * 100.0 - value).abs() < 1e-9)
                || limit.is_some_and(|l| (l as f64 - value).abs() < 1e-9)
        }
        ValueKind::Text => written.iter().any(|l| match l {
            Literal::Text(text) => {
                text.eq_ignore_ascii_case(&value.text) || value.hits.iter().any(|h| h.1.eq_ignore_ascii_case(text))
            }
            _ => false,
        }),
        ValueKind::Date(_) => {
            written.iter().any(|l| matches!(l, Literal::Date(_)) || number_of(l).is_some_and(|n| n > 999.0))
        }
    };
    let (mut quoted, mut numbers, mut capitals, mut plain, mut dates) = (0, 0, 0, 0, 0);
    for value in scene.reading.values.iter().filter(|v| !is_used(v)) {
        match value.kind {
            _ if value.quoted => quoted += 1,
            ValueKind::Number { worded: true, value } if value <= 1.0 => {}
            ValueKind::Number { .. } => numbers += 1,
            ValueKind::Date(_) => dates += 1,
            ValueKind::Text if value.capital && !value.hits.is_empty() => capitals += 1,
            ValueKind::Text if !value.schema_like && !value.hits.is_empty() => plain += 1,
            ValueKind::Text => {}
        }
    }
    for (n, forgiven) in [(quoted, likes), (numbers, 0), (capitals, likes), (plain, likes), (dates, 0)] {
        row.count(n - n.min(forgiven));
    }
    row.count(scene.reading.values.len());
    let told = |how: &[How]| anatomy.conditions.iter().filter(|c| how.contains(&c.how)).count();
    row.count(told(&[How::Equal]));
    row.count(told(&[How::More, How::Less]));
    row.count(told(&[How::Between]));
    row.count(likes);
    row.count(told(&[How::Unequal, How::Unlike]));
    row.count(told(&[How::Null]));
    row.add(anatomy.conditions.iter().map(|c| distance(scene, c)).fold(0.0, f32::max));
    let ill_typed = |c: &&Compared<'_>| {
        let facts = index.column(c.column);
        c.literals.iter().any(|l| match l {
            Literal::Text(t) => facts.numeric && t.parse::<f64>().is_err(),
            Literal::Number(_) => !facts.numeric && !facts.numeric_text && !facts.year,
            _ => false,
        })
    };
    row.count(anatomy.conditions.iter().filter(ill_typed).count());
    row.count(anatomy.conditions.iter().filter(|c| out_of_range(scene, c)).count());
    row.count(
        anatomy.conditions.iter().filter(|c| index.column(c.column).key || index.column(c.column).foreign_key).count(),
    );
    let columns: Vec<ColumnId> = anatomy.conditions.iter().map(|c| c.column).collect();
    row.count(columns.iter().filter(|c| columns.iter().filter(|d| d == c).count() > 1).count());
}

/// How far the name of the compared column stands from its constant, in tokens; 15 where it is not named.
fn distance(scene: &Scene<'_>, compared: &Compared<'_>) -> f32 {
    let (score, place, _) = scene.sight.column(compared.column);
    if score < 0.5 || place == NOWHERE {
        return 15.0;
    }
    let near = scene.reading.values.iter().filter(|v| {
        compared.literals.iter().any(|l| match (l, v.kind) {
            (Literal::Text(t), _) => t.eq_ignore_ascii_case(&v.text) || v.hits.iter().any(|h| h.1 == *t),
            (Literal::Number(n), ValueKind::Number { value, .. }) => n.parse::<f64>().is_ok_and(|n| n == value),
            _ => false,
        })
    });
    near.map(|v| v.start.abs_diff(place)).min().map_or(10.0, |d| d.min(14) as f32)
}

/// Whether a number lies where the column has none.
fn out_of_range(scene: &Scene<'_>, compared: &Compared<'_>) -> bool {
    let facts = scene.index.column(compared.column);
    let (Some(low), Some(high)) = (facts.min, facts.max) else { return false };
    compared.literals.iter().filter_map(|l| number_of(l)).any(|n| n < low || n > high)
}

fn words(scene: &Scene<'_>, draft: &Draft, anatomy: &Anatomy<'_>, row: &mut Row) {
    let cues = scene.sight.cues;
    let mut functions: Vec<Aggregate> = anatomy.aggregates.iter().map(|a| a.0).collect();
    functions.extend(&anatomy.order_aggregates);
    functions.extend(anatomy.against.iter().flat_map(|a| a.2.iter().copied()));
    let has = |a: Aggregate| functions.contains(&a);
    let counts = anatomy.counts_rows > 0 || !anatomy.counts_distinct.is_empty();
    let counted = counts || anatomy.order_counts || !draft.having.is_empty();
    let down = anatomy.order.first().is_some_and(|o| o.1);
    let up = anatomy.order.first().is_some_and(|o| !o.1);
    row.balance(has(Aggregate::Avg), cues.average);
    row.balance(has(Aggregate::Sum), cues.sum);
    row.balance(has(Aggregate::Max), cues.maximum);
    row.balance(has(Aggregate::Min), cues.minimum);
    row.balance(counted, cues.count);
    row.balance(counts, cues.count);
    row.balance(!anatomy.group.is_empty(), cues.each);
    row.balance(has(Aggregate::Max) || down, cues.most || cues.maximum);
    row.balance(has(Aggregate::Min) || up, cues.least || cues.minimum);
    row.balance(draft.limit.is_some() || has(Aggregate::Max) || has(Aggregate::Min), cues.most || cues.least);
    row.balance(!anatomy.order.is_empty() && draft.limit.is_none(), cues.order);
    row.flag(up && (cues.most || cues.descending || cues.maximum));
    row.flag(down && (cues.least || cues.ascending || cues.minimum));
    row.flag(down && cues.descending);
    row.flag(up && cues.ascending);
    let negates = anatomy.absent > 0
        || anatomy.set == Some(SetOperator::Except)
        || anatomy.conditions.iter().any(|c| matches!(c.how, How::Unequal | How::Unlike | How::Null));
    row.balance(negates, cues.negation);
    row.balance(draft.distinct || !anatomy.counts_distinct.is_empty(), cues.different);
    row.balance(anatomy.any > 0 || anatomy.set == Some(SetOperator::Union), cues.or);
    row.balance(anatomy.set == Some(SetOperator::Intersect), cues.both);
    let more = anatomy.conditions.iter().any(|c| c.how == How::More);
    let less = anatomy.conditions.iter().any(|c| c.how == How::Less);
    row.balance(more || !draft.having.is_empty(), cues.more);
    row.balance(less || !draft.having.is_empty(), cues.less);
    row.balance(anatomy.conditions.iter().any(|c| c.how == How::Between), cues.between);
    row.balance(anatomy.conditions.iter().any(|c| c.how == How::Like), cues.like);
    row.flag(more && cues.less && !cues.more);
    row.flag(less && cues.more && !cues.less);
    row.balance(draft.limit.is_some() && anatomy.order_counts, cues.common);
    row.balance(anatomy.everything, cues.details);
    let shows_key = anatomy.plain.iter().any(|c| scene.index.column(*c).key || scene.index.column(*c).identifier);
    row.balance(shows_key, cues.id);
    row.flag(anatomy.order_counts && cues.count);
    row.add(draft.select.len() as f32 - cues.and as f32);
    row.count(anatomy.against.len() * usize::from(cues.average));
}

fn clauses(scene: &Scene<'_>, draft: &Draft, anatomy: &Anatomy<'_>, row: &mut Row) {
    let shapes = anatomy.clauses(draft);
    let mut total = 0.0;
    for (shape, classes) in shapes.iter().zip(&scene.clauses) {
        let likeliest = classes.iter().map(|c| c.1).fold(-9.0, f32::max);
        let own = classes.iter().find(|(c, _)| c == shape).map_or(-9.0, |c| c.1).max(-9.0);
        row.add(own);
        row.add(own - likeliest);
        total += own;
    }
    row.add(total);
}

/// Number of features of a trial.
pub(crate) const SHOWN: usize = 12;

/// What the trial of a candidate showed.
pub(crate) fn shown(index: &CatalogIndex, tried: &Tried, strict: Option<&Strict>) -> [f32; SHOWN] {
    let seen = &tried.seen;
    let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
    let sources = tried.candidate.plan.sources.iter().filter_map(|s| index.find_table(&s.table));
    let rows = sources.map(|t| index.table(t).rows).max().unwrap_or(0);
    [
        flag(tried.state == State::Failed),
        flag(tried.state == State::Empty),
        flag(tried.state == State::Unknown),
        flag(seen.rows == 1),
        (1.0 + seen.rows as f32).ln(),
        seen.repeats,
        flag(seen.null),
        flag(seen.zero),
        seen.rows as f32 / rows.clamp(1, 200) as f32,
        flag(seen.rows > 1 && tried.candidate.draft.order.len() == 1 && seen.same),
        strict.map_or(-1.0, |s| if s.state == tried.state { s.certainty as f32 } else { 0.0 }),
        flag(seen.rows > 1 && tried.candidate.draft.limit.is_none()),
    ]
}

fn question(scene: &Scene<'_>, row: &mut Row) {
    let cues = scene.sight.cues;
    row.count(scene.reading.tokens.len());
    row.count(scene.reading.mentions.len());
    row.count(scene.sight.strong.len());
    row.count(scene.index.columns.len());
    for cue in [
        cues.each,
        cues.average,
        cues.most,
        cues.least,
        cues.count,
        cues.order,
        cues.negation,
        cues.different,
        cues.or,
        cues.both,
        cues.more,
        cues.less,
        cues.id,
        cues.common,
    ] {
        row.flag(cue);
    }
}
