//! What is asked: a number of things, a measure, a share, a day, or a list.

use super::{
    parser::Parser,
    slots::{Group, Head, Measure, RankBy},
    vocabulary::{aggregate, is_unit},
};
use crate::{catalog_index::ColumnFacts, plan::Aggregate};

impl Parser<'_> {
    pub(super) fn read_head(&mut self) {
        let head = self
            .read_share()
            .or_else(|| self.read_ratio())
            .or_else(|| self.read_day())
            .or_else(|| self.read_count())
            .or_else(|| self.read_aggregates())
            .or_else(|| self.read_bare_measure());
        let asked = head.is_some();
        self.slots.head = Some(head.unwrap_or(Head::List));
        if !asked && self.slots.rank.is_none() {
            self.ungroup_lists();
            // "orders per quarter": rows are counted where nothing else is said.
            let timed = self.slots.groups.iter().any(|g| matches!(g, Group::Time(_)));
            if let (true, None, Some(root)) = (timed, self.before, self.slots.root) {
                self.slots.head = Some(Head::Count(root));
            }
        }
    }

    /// "what percentage of", "share of"
    fn read_share(&mut self) -> Option<Head> {
        let at = self.find(0, &["percentage", "percent", "share", "proportion", "fraction"])?;
        let of = self.word(at + 1) == "of";
        if !of || self.mention_at(at).is_some_and(|m| self.column_of(m, &|c| c.numeric).is_some_and(|c| c.1 > 0.95)) {
            return None;
        }
        self.claim(at);
        Some(Head::Share)
    }

    /// "ratio of deliveries to orders"
    fn read_ratio(&mut self) -> Option<Head> {
        let at = self.find(0, &["ratio"])?;
        let first = self.next_mention(at + 1).and_then(|m| self.table_of(m).map(|t| (t.0, m.end)))?;
        let second = self.next_mention(first.1).and_then(|m| self.table_of(m))?.0;
        if self.word(first.1) != "to" && self.word(first.1) != "and" {
            return None;
        }
        self.claim_range(at, self.next_mention(first.1)?.end);
        self.slots.root = Some(first.0);
        Some(Head::RatioOfCounts(first.0, second))
    }

    /// "when was the first order placed"
    fn read_day(&mut self) -> Option<Head> {
        let at = self.find(0, &["when"])?;
        let place = self.find(at, &["first", "earliest", "oldest", "last", "latest", "newest", "recent"])?;
        let latest = matches!(self.word(place), "last" | "latest" | "newest" | "recent");
        if self.word(place.wrapping_sub(1)) == "most" {
            self.claim(place - 1);
        }
        let column = self.day_column()?;
        self.claim(at);
        self.claim(place);
        self.slots.rank = None;
        self.slots.limit = None;
        self.claim_verbs();
        Some(Head::Day(if latest { Aggregate::Max } else { Aggregate::Min }, column))
    }

    fn day_column(&self) -> Option<usize> {
        let root = self.slots.root?;
        super::assemble::date_column(self.index, &[root], &self.slots.stems)
    }

    /// Verbs of a sentence that a date column already stands for.
    fn claim_verbs(&mut self) {
        for at in 0..self.end {
            if matches!(
                self.word(at),
                "placed"
                    | "arrive"
                    | "arrived"
                    | "made"
                    | "happen"
                    | "happened"
                    | "take"
                    | "took"
                    | "ship"
                    | "shipped"
                    | "issued"
            ) {
                self.claim(at);
            }
        }
    }

    /// "how many orders", "number of movies", "how many units", "how many different products"
    fn read_count(&mut self) -> Option<Head> {
        let at = (0..self.end).find(|at| {
            !self.is_claimed(*at)
                && (self.word(*at) == "how" && matches!(self.word(at + 1), "many" | "much")
                    || matches!(self.word(*at), "number" | "count") && matches!(self.word(at + 1), "of"))
        })?;
        if self.word(at + 1) == "much"
            && matches!(self.word(at + 2), "did" | "do" | "does" | "was" | "were" | "is" | "money")
            && let Some(place) = (at + 3..self.end).find(|p| self.names_measure(*p))
        {
            self.claim_range(at, at + 3);
            let measure = self.measure_at(place)?;
            self.find_aggregate(at);
            return Some(Head::Measure(vec![Aggregate::Sum], measure));
        }
        let mut start = at + 2;
        let different = matches!(self.word(start), "different" | "distinct" | "unique");
        if different {
            start += 1;
        }
        self.claim_range(at, start);
        if !different {
            let word = self.word(start).to_owned();
            let names_table = self.mention_at(start).and_then(|m| self.table_of(m)).is_some_and(|t| t.1 >= 0.9);
            if !names_table
                && (is_unit(&word) || super::vocabulary::is_audience(&word) || super::vocabulary::is_revenue(&word))
                && let Some(measure) = self.measure_at(start)
            {
                self.find_aggregate(start + 1);
                return Some(Head::Measure(vec![Aggregate::Sum], measure));
            }
        }
        if self.counts_previous(start) {
            self.slots.counts_previous = true;
            return Some(Head::List);
        }
        self.counted_at(start, different)
    }

    /// "how many", "how many of them": what was listed before.
    fn counts_previous(&mut self, start: usize) -> bool {
        let nothing_else = |p: usize| {
            super::vocabulary::is_glue(self.word(p))
                || self.token(p).is_some_and(crate::tokens::Token::is_punctuation)
                || self.in_value(p)
        };
        if self.mention_at(start).is_none() && self.before.is_some() && (start..self.end).all(nothing_else) {
            return true;
        }
        let of_them = self.word(start) == "of" && matches!(self.word(start + 1), "them" | "those" | "these");
        if of_them {
            self.claim_range(start, start + 2);
        }
        of_them
    }

    /// The thing that is counted, named within a few words.
    fn counted_at(&mut self, start: usize, different: bool) -> Option<Head> {
        let mut place = start;
        while place < self.end.min(start + 4) && self.mention_at(place).is_none() {
            if !self.is_skippable(place) && !self.in_value(place) {
                return None;
            }
            place += 1;
        }
        let mention = self.mention_at(place)?.clone();
        let table = self.table_of(&mention);
        let column = self.column_of(&mention, &|c| !c.is_measure());
        for token in &mention.tokens {
            self.claim(*token);
        }
        match (table, column) {
            (Some((table, _)), _) => {
                let counted_elsewhere = different && self.slots.named.iter().any(|t| *t != table);
                if counted_elsewhere && let Some(head) = self.distinct_of(table) {
                    return Some(head);
                }
                self.slots.root = Some(table);
                Some(Head::Count(table))
            }
            (None, Some((column, score))) if score >= 0.7 => Some(Head::CountDistinct(column)),
            _ => {
                let (column, _) = self.column_of(&mention, &ColumnFacts::is_measure)?;
                Some(Head::Measure(vec![Aggregate::Sum], Measure::Column(column)))
            }
        }
    }

    /// "how many different products were ordered": the entity's key in the table of what happened.
    fn distinct_of(&mut self, table: usize) -> Option<Head> {
        let events: Vec<usize> = self.slots.named.iter().copied().filter(|t| *t != table).collect();
        events.into_iter().find_map(|event| {
            let edge = self.index.graph.edges_of(event).find(|(_, e)| e.child == event && e.parent == table)?.1;
            let column = *edge.child_columns.first()?;
            self.slots.root = Some(event);
            Some(Head::CountDistinct(column))
        })
    }

    fn names_measure(&self, at: usize) -> bool {
        super::vocabulary::is_revenue(self.word(at))
            || self.mention_at(at).is_some_and(|m| {
                self.column_of(m, &|c| c.is_measure() && !c.year).is_some_and(|c| c.1 >= 0.7)
                    || self.table_of(m).is_some_and(|t| t.1 >= 0.8 && !self.index.table(t.0).siblings.is_empty())
            })
    }

    pub(super) fn in_value(&self, at: usize) -> bool {
        self.reading.values.iter().any(|v| v.start <= at && at < v.end)
    }

    /// "average price", "highest, lowest and average salary", "total wages"
    fn read_aggregates(&mut self) -> Option<Head> {
        let mut functions: Vec<Aggregate> = Vec::new();
        let mut last = None;
        for at in 0..self.end {
            if self.is_claimed(at) {
                continue;
            }
            let Some(function) = aggregate(self.word(at)) else {
                continue;
            };
            let extreme = matches!(function, Aggregate::Max | Aggregate::Min);
            let bound = self.word(at.wrapping_sub(1)) == "at";
            if bound || extreme && self.slots.rank.is_some() {
                continue;
            }
            if last.is_some_and(|l: usize| at > l + 4) {
                break;
            }
            if !functions.contains(&function) {
                functions.push(function);
            }
            self.claim(at);
            last = Some(at);
        }
        let at = last?;
        let Some(measure) = self.measure_from(at + 1, 6) else {
            self.slots.function = functions.first().copied();
            if self.before.is_none() {
                self.slots.doubt += 0.6;
            }
            return None;
        };
        Some(Head::Measure(functions, measure))
    }

    /// "altogether", "in total": a sum that is named after what is summed.
    pub(super) fn find_aggregate(&mut self, from: usize) {
        if let Some(at) = self.find(from, &["altogether", "total", "overall", "combined", "together"]) {
            self.claim(at);
        }
    }

    /// "monthly revenue", "units ordered by region", "what did the action movies cost together"
    fn read_bare_measure(&mut self) -> Option<Head> {
        let summed = self.find(0, &["altogether", "together", "combined", "overall", "total"]);
        let grouped = !self.slots.groups.is_empty();
        let ranked = matches!(&self.slots.rank, Some(r) if r.by != RankBy::Head);
        if ranked {
            return None;
        }
        let at = (0..self.end).find(|at| {
            !self.is_claimed(*at)
                && (super::vocabulary::is_revenue(self.word(*at))
                    || is_unit(self.word(*at))
                    || matches!(self.word(*at), "stock" | "inventory") && self.balance().is_some()
                    || self.mention_at(*at).is_some_and(|m| {
                        self.column_of(m, &|c| c.is_measure() && !c.year).is_some_and(|(_, s)| s >= 0.7)
                    }))
        })?;
        let asks_rows = self.word(0) == "which" || self.word(0) == "who" || self.reading.has(&["whose"]);
        let level = matches!(self.word(at), "stock" | "inventory") && self.balance().is_some();
        let additive = level || super::vocabulary::is_revenue(self.word(at)) || is_unit(self.word(at));
        if asks_rows || !(summed.is_some() || grouped || additive) {
            return None;
        }
        let lists = matches!(self.word(0), "show" | "list" | "give" | "display");
        if summed.is_none() && !additive && matches!(self.slots.groups.as_slice(), [Group::Entity(_)]) {
            // "price of every product" lists prices; only what adds up is summed without a word for it.
            return None;
        }
        if lists && summed.is_none() && !grouped && !super::vocabulary::is_revenue(self.word(at)) {
            return None;
        }
        let measure = self.measure_at(at)?;
        if let Some(place) = summed {
            self.claim(place);
        }
        Some(Head::Measure(vec![Aggregate::Sum], measure))
    }
}
