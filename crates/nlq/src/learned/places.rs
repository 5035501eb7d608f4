//! Features of where things stand: how far a column is from the words that ask for what is done with it, and whether what is
//! shown is named before the conditions begin.

use super::{
    anatomy::Anatomy,
    describing::{Row, Scene, sources},
    sight::{NOWHERE, Place},
};
use crate::{
    catalog_index::{ColumnId, Named, TableId},
    decide::Tried,
    draft::{Condition, Draft, Item},
    plan::Aggregate,
    reading::Reading,
};

/// Farther apart than this is as far as any.
const FAR: i64 = 15;

/// Where the words stand that ask for something, in tokens.
#[derive(Debug, Clone, Default)]
pub(crate) struct CuePlaces {
    each: Vec<usize>,
    average: Vec<usize>,
    sum: Vec<usize>,
    most: Vec<usize>,
    least: Vec<usize>,
    count: Vec<usize>,
    order: Vec<usize>,
    /// The first word after which conditions or groups are said.
    pub turn: usize,
    /// Which of [`OPENINGS`] the question begins with.
    opening: Option<usize>,
}

const EACH: &[&str] = &["each", "every", "per", "by", "different", "respective"];
const AVERAGE: &[&str] = &["average", "mean", "avg", "averaged", "averages"];
const SUM: &[&str] = &["total", "sum", "altogether", "overall", "combined", "totals"];
const MOST: &[&str] = &[
    "most",
    "highest",
    "largest",
    "biggest",
    "greatest",
    "longest",
    "oldest",
    "latest",
    "top",
    "best",
    "newest",
    "tallest",
    "heaviest",
    "fastest",
    "richest",
    "maximum",
    "max",
    "maximal",
    "more",
    "descending",
];
const LEAST: &[&str] = &[
    "least",
    "fewest",
    "lowest",
    "smallest",
    "shortest",
    "youngest",
    "earliest",
    "cheapest",
    "bottom",
    "worst",
    "lightest",
    "slowest",
    "minimum",
    "min",
    "minimal",
    "less",
    "fewer",
    "ascending",
];
const COUNT: &[&str] = &["many", "number", "count", "numbers", "counts", "amount"];
const ORDER: &[&str] = &[
    "sorted",
    "ordered",
    "order",
    "sort",
    "ascending",
    "descending",
    "alphabetical",
    "alphabetically",
    "lexicographic",
    "ranked",
    "ordering",
    "arranged",
];
const TURN: &[&str] = &[
    "whose", "with", "where", "that", "who", "which", "having", "when", "in", "for", "from", "has", "have", "had",
    "sorted", "ordered", "order", "without", "not", "than",
];
/// First words of questions that tell what is asked for.
const OPENINGS: [&[&str]; 9] = [
    &["who", "whom"],
    &["when"],
    &["where"],
    &["which"],
    &["what"],
    &["how"],
    &["count"],
    &["list", "show", "display", "return", "give", "find", "select", "get", "report", "tell", "name", "state"],
    &["for", "in", "of", "among", "from"],
];

impl CuePlaces {
    pub(crate) fn of(reading: &Reading, masked: &dyn Fn(usize) -> bool) -> Self {
        let find = |words: &[&str]| -> Vec<usize> {
            let said = reading.tokens.iter().enumerate().filter(|(at, t)| t.is(words) && !masked(*at));
            said.map(|s| s.0).collect()
        };
        // A question word at the very beginning turns to nothing.
        let turn = find(TURN).into_iter().find(|at| *at > 1).unwrap_or(reading.tokens.len());
        let opens = |words: &&[&str]| reading.tokens.first().is_some_and(|t| t.is(words));
        Self {
            each: find(EACH),
            average: find(AVERAGE),
            sum: find(SUM),
            most: find(MOST),
            least: find(LEAST),
            count: find(COUNT),
            order: find(ORDER),
            turn,
            opening: OPENINGS.iter().position(opens),
        }
    }
}

/// How far `at` lies after the nearest of `cues`; negative where it lies before it.
fn gap(cues: &[usize], at: usize) -> i64 {
    if at == NOWHERE {
        return FAR + 1;
    }
    let signed = cues.iter().map(|cue| at as i64 - *cue as i64);
    signed.min_by_key(|d| (d.abs(), *d < 0)).map_or(FAR + 2, |d| d.clamp(-FAR, FAR))
}

pub(super) fn describe(scene: &Scene<'_>, tried: &Tried, anatomy: &Anatomy<'_>, row: &mut Row) {
    let draft = &tried.candidate.draft;
    nearness(scene, anatomy, draft, tried, row);
    zones(scene, anatomy, draft, row);
    kinds(scene, anatomy, draft, row);
    for opening in 0..OPENINGS.len() {
        row.flag(scene.sight.cue_places.opening == Some(opening));
    }
    for family in 0..crate::candidates::FAMILIES {
        row.count(tried.candidate.families.iter().filter(|f| **f == family).count());
    }
}

/// How far columns stand from the words that ask for what is done with them.
fn nearness(scene: &Scene<'_>, anatomy: &Anatomy<'_>, draft: &Draft, tried: &Tried, row: &mut Row) {
    let places = &scene.sight.cue_places;
    let place = |c: ColumnId| scene.sight.column(c).1;
    let farthest = |cues: &[usize], columns: &mut dyn Iterator<Item = ColumnId>| {
        columns.map(|c| gap(cues, place(c))).max_by_key(|g| g.abs()).unwrap_or(-FAR - 1) as f32
    };
    let with = |function: Aggregate| anatomy.aggregates.iter().filter(move |a| a.0 == function).map(|a| a.1);
    row.add(farthest(&places.average, &mut with(Aggregate::Avg)));
    row.add(farthest(&places.sum, &mut with(Aggregate::Sum)));
    row.add(farthest(&places.most, &mut with(Aggregate::Max)));
    row.add(farthest(&places.least, &mut with(Aggregate::Min)));
    row.add(farthest(&places.each, &mut anatomy.group.iter().copied()));
    row.add(farthest(&places.count, &mut anatomy.counts_distinct.iter().copied()));
    let way = if anatomy.order.first().is_some_and(|o| o.1) { &places.most } else { &places.least };
    row.add(farthest(way, &mut anatomy.order.iter().filter_map(|o| o.0)));
    row.add(farthest(&places.order, &mut anatomy.order.iter().filter_map(|o| o.0)));
    // Of the tables that a count may be of, that which is named nearest to "how many".
    let tables = sources(scene.index, tried);
    let counted = tables.iter().map(|t| gap(&places.count, scene.sight.table(*t).1)).min_by_key(|g| g.abs());
    let counts = anatomy.counts_rows > 0 || anatomy.order_counts || draft.having.iter().any(|h| h.0 == Item::CountRows);
    row.add(if counts { counted.unwrap_or(FAR) as f32 } else { -FAR as f32 - 1.0 });
    // Whether a table that is named next to it is read at all.
    let next = places.count.iter().filter_map(|cue| {
        scene.sight.strong.iter().find(|p| p.start > *cue && p.start <= cue + 4).map(|p| p.names.as_slice())
    });
    let read = |names: &[Named]| {
        names.iter().any(|n| match n {
            Named::Table(t) => tables.contains(t) || anatomy.inner_tables.contains(t),
            Named::Column(c) => tables.contains(&scene.index.table_of(*c)),
        })
    };
    row.count(next.filter(|names| !read(names)).count());
}

/// Whether what is named before the conditions begin is shown, and what comes after it is used otherwise.
fn zones(scene: &Scene<'_>, anatomy: &Anatomy<'_>, draft: &Draft, row: &mut Row) {
    let turn = scene.sight.cue_places.turn;
    let place = |c: &ColumnId| scene.sight.column(*c).1;
    let mut shown: Vec<ColumnId> = draft.select.iter().flat_map(Item::columns).collect();
    shown.extend(&anatomy.group);
    let mut otherwise: Vec<ColumnId> = anatomy.conditions.iter().map(|c| c.column).collect();
    otherwise.extend(anatomy.against.iter().map(|a| a.0));
    otherwise.extend(draft.order.iter().flat_map(|o| o.0.columns()));
    otherwise.extend(draft.having.iter().flat_map(|h| h.0.columns()));
    let late = |of: &[ColumnId]| of.iter().filter(|c| place(c) != NOWHERE && place(c) > turn).count();
    let early = |of: &[ColumnId]| of.iter().filter(|c| place(c) < turn).count();
    row.count(late(&anatomy.plain));
    row.count(early(&anatomy.plain));
    row.count(early(&otherwise));
    let names = |of: &[ColumnId], p: &Place| p.names.iter().any(|n| matches!(n, Named::Column(c) if of.contains(c)));
    let is_column = |p: &&Place| matches!(p.names.first(), Some(Named::Column(_)));
    let columns: Vec<&Place> = scene.sight.strong.iter().filter(is_column).collect();
    row.count(columns.iter().filter(|p| p.start < turn && !names(&shown, p)).count());
    row.count(columns.iter().filter(|p| p.start > turn && !names(&otherwise, p)).count());
    row.count(columns.iter().filter(|p| p.start > turn && !names(&otherwise, p) && !names(&shown, p)).count());
    row.flag(columns.first().is_some_and(|p| names(&shown, p)));
    row.flag(columns.last().is_some_and(|p| names(&otherwise, p)));
    let first = scene.sight.strong.first();
    let tables: Vec<TableId> = shown.iter().map(|c| scene.index.table_of(*c)).collect();
    row.flag(first.is_some_and(|p| {
        p.names.iter().any(|n| matches!(n, Named::Table(t) if tables.contains(t) || draft.tables.first() == Some(t)))
    }));
    row.flag(first.is_some_and(|p| names(&shown, p)));
    row.count(turn);
}

/// Of what type the columns are, and kinds of parts that nothing else tells.
fn kinds(scene: &Scene<'_>, anatomy: &Anatomy<'_>, draft: &Draft, row: &mut Row) {
    let type_of = |column: Option<ColumnId>| {
        column.map_or(0.0, |c| {
            let facts = scene.index.column(c);
            match () {
                () if facts.key || facts.identifier => 1.0,
                () if facts.foreign_key => 2.0,
                () if facts.temporal || facts.year => 3.0,
                () if facts.numeric => 4.0,
                () if facts.title => 5.0,
                () if facts.unique => 6.0,
                () => 7.0,
            }
        })
    };
    row.add(type_of(anatomy.plain.first().copied()));
    row.add(type_of(anatomy.plain.get(1).copied()));
    row.add(type_of(anatomy.group.first().copied()));
    row.add(type_of(anatomy.order.first().and_then(|o| o.0)));
    row.add(type_of(anatomy.conditions.first().map(|c| c.column)));
    row.add(type_of(anatomy.counts_distinct.first().copied()));
    let count = |is: &dyn Fn(&Condition) -> bool| draft.conditions.iter().filter(|c| is(c)).count();
    row.count(count(&|c| matches!(c, Condition::Columns(..))));
    row.count(count(&|c| matches!(c, Condition::Extreme { .. })));
    row.count(count(&|c| matches!(c, Condition::Within(..))));
    row.count(count(&|c| match c {
        Condition::Within(_, inner, _) | Condition::Exists { inner, .. } => !inner.having.is_empty(),
        _ => false,
    }));
    row.count(count(&|c| matches!(c, Condition::Against(_, _, inner) if !inner.conditions.is_empty())));
    row.count(draft.order.iter().filter(|o| matches!(o.0, Item::Difference(..) | Item::SumProduct(..))).count());
    row.flag(matches!(draft.select.as_slice(), [Item::Difference(..) | Item::Ratio(..) | Item::Scalar(_)]));
    row.flag(draft.compound.as_ref().is_some_and(|c| c.1.select != draft.select));
    row.flag(draft.outer);
    // As many rows in a group as one can expect.
    let share = anatomy.group.first().map(|g| {
        let facts = scene.index.column(*g);
        facts.distinct as f32 / scene.index.table(scene.index.table_of(*g)).rows.max(1) as f32
    });
    row.add(share.unwrap_or(-1.0));
}
