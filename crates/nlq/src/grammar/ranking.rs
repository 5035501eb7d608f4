//! "top 5", "the most expensive", "the fewest orders": how many rows, by what, from which end.

use super::{
    parser::Parser,
    slots::{Group, Measure, Rank, RankBy},
    vocabulary::grain,
};
use crate::{
    catalog_index::{ColumnFacts, ColumnId, Named},
    plan::Aggregate,
    tokens::Token,
};

impl Parser<'_> {
    pub(super) fn read_limit_and_rank(&mut self) {
        if self.word(0) == "when" {
            return;
        }
        self.read_top();
        self.read_adjective();
        self.read_most();
        self.read_extreme();
        if self.slots.limit.is_none() && matches!(&self.slots.rank, Some(r) if r.by != RankBy::Head) {
            self.slots.limit = Some(self.asked_number().unwrap_or(1));
        }
    }

    /// "top 5", "bottom three", "the three highest", "make it five"
    fn read_top(&mut self) {
        if let (Some(before), true) = (self.before, self.slots.limit.is_none())
            && before.limit.is_some()
            && let Some((at, n)) = (0..self.end).find_map(|p| self.token(p)?.number().map(|n| (p, n)))
            && (0..self.end).all(|p| {
                p == at
                    || super::vocabulary::is_glue(self.word(p))
                    || self.token(p).is_some_and(crate::tokens::Token::is_punctuation)
            })
            && self.reading.dates.is_empty()
        {
            self.claim(at);
            self.slots.limit = Some(n.max(1.0) as u64);
            return;
        }
        let Some(at) = self.find(0, &["top", "bottom"]) else {
            return;
        };
        let number = (at + 1..=at + 2).find_map(|p| self.token(p)?.number().map(|n| (p, n)));
        let Some((place, count)) = number else { return };
        let bottom = self.word(at) == "bottom";
        self.claim(at);
        self.claim(place);
        self.slots.limit = Some(count.max(1.0) as u64);
        self.slots.rank = Some(Rank { by: RankBy::Head, descending: !bottom });
        let Some(by) = self.find(place, &["by", "in"]) else {
            return;
        };
        let counted = (by + 1..by + 4).find(|p| matches!(self.word(*p), "number" | "count")).map_or(by + 1, |p| p + 2);
        let mention = self.next_mention(counted).cloned();
        if counted > by + 1 {
            // "by number of orders": rows of another table, per entity.
            if let Some(mention) = &mention
                && let Some((table, _)) = self.table_of(mention)
            {
                self.claim_range(by, mention.end);
                let by = RankBy::Measure(Aggregate::Sum, Measure::Rows(table));
                self.slots.rank = Some(Rank { by, descending: !bottom });
            }
            return;
        }
        if let Some(mention) = mention
            && let Some((column, _)) = self.column_of(&mention, &|c| c.is_ordered() && !c.identifier)
        {
            self.claim(by);
            mention.tokens.iter().for_each(|t| self.claim(*t));
            self.slots.rank = Some(Rank { by: self.ranked_column(column), descending: !bottom });
        }
    }

    /// A property of the entity itself, or a measure that is added up per entity.
    fn ranked_column(&self, column: ColumnId) -> RankBy {
        let table = self.index.table_of(column);
        let own =
            self.slots.root.is_none_or(|r| r == table) || self.slots.root.is_some_and(|r| !self.multiplies(r, table));
        if own && !self.index.column(column).balance {
            RankBy::Property(column)
        } else {
            RankBy::Measure(Aggregate::Sum, Measure::Column(column))
        }
    }

    /// Whether one row of `from` has many rows of `to`.
    pub(super) fn multiplies(&self, from: usize, to: usize) -> bool {
        super::assemble::multiplies(self.index, from, to)
    }

    /// "most expensive", "cheapest", "three largest", "best paid"
    fn read_adjective(&mut self) {
        if self.slots.rank.is_some() {
            return;
        }
        let found =
            self.reading.mentions.iter().find(|m| m.adjective.is_some_and(|a| a.superlative) && m.start < self.end);
        let Some(mention) = found.cloned() else { return };
        let Some(adjective) = mention.adjective else { return };
        let next = self.word(mention.end).to_owned();
        if grain(&next).is_some() {
            return;
        }
        // "longest running time": the column itself follows and says it better.
        let follows = self
            .mention_at(mention.end)
            .and_then(|m| self.column_of(m, &ColumnFacts::is_ordered).map(|c| (m.clone(), c)));
        let options = mention.options.iter().filter_map(|o| match o.named {
            Named::Column(c) => Some((c, o.score, o.falling)),
            Named::Table(_) => None,
        });
        let root = self.slots.root.or_else(|| self.before.and_then(|b| b.root));
        let asks_entity = self.asks_entity();
        let best = options
            .filter(|(c, ..)| root.is_none_or(|r| r == self.index.table_of(*c)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let (column, falling) = match (follows, best) {
            (Some((_, (_, score))), _) if score >= 0.9 && !asks_entity && self.before.is_none() => return,
            (Some((column_mention, (column, score))), _)
                if score >= 0.9 && self.table_of(&column_mention).is_none_or(|t| t.1 < 0.9) =>
            {
                column_mention.tokens.iter().for_each(|t| self.claim(*t));
                (column, false)
            }
            (_, Some((column, _, falling))) => (column, falling),
            _ => return,
        };
        let descending = (adjective.direction > 0) != falling;
        self.claim_range(mention.start, mention.end);
        if matches!(
            self.word(mention.start.wrapping_sub(1)),
            "most" | "least" | "highest" | "lowest" | "best" | "worst"
        ) {
            self.claim(mention.start - 1);
        }
        let count = (1..=2).find_map(|back| {
            let at = mention.start.checked_sub(back)?;
            self.token(at)?.number().map(|n| (at, n))
        });
        if let Some((at, n)) = count {
            self.claim(at);
            self.slots.limit = Some(n.max(1.0) as u64);
        }
        self.slots.rank = Some(Rank { by: self.ranked_column(column), descending });
    }

    /// "the most orders", "fewest orders", "sold the most units", "earned the most"
    fn read_most(&mut self) {
        if self.slots.rank.as_ref().is_some_and(|r| r.by != RankBy::Head) {
            return;
        }
        let Some(at) = self.find(0, &["most", "fewest", "least"]) else {
            return;
        };
        if self.word(at.wrapping_sub(1)) == "at" {
            return;
        }
        let descending = self.word(at) == "most";
        let next = at + 1;
        if self.word(next) == "recent" {
            return;
        }
        if self.before.is_some_and(|b| b.rank.is_some()) && self.next_mention(next).is_none() {
            // "And the fewest?": the other end of the same order.
            self.claim(at);
            self.slots.rank = Some(Rank { by: RankBy::Head, descending });
            return;
        }
        let asked_time = self.asked_period();
        let audience = super::vocabulary::is_audience(self.word(next)).then(|| self.measure_at(next)).flatten();
        let entity =
            self.mention_at(next).filter(|_| audience.is_none()).and_then(|m| self.table_of(m).map(|t| (t, m.clone())));
        let column = self.mention_at(next).and_then(|m| self.column_of(m, &|c| c.is_measure()));
        let by = match (entity, column) {
            (Some(((table, score), mention)), column)
                if Some(table) != self.slots.root && column.is_none_or(|c| c.1 <= score + 0.25) =>
            {
                mention.tokens.iter().for_each(|t| self.claim(*t));
                Some(Measure::Rows(table))
            }
            _ => self.measure_at(next),
        };
        let by = audience.or(by).or_else(|| self.verb_measure(at));
        let Some(measure) = by else { return };
        self.claim(at);
        self.take_limit_before(at);
        self.claim_in_total(next);
        if let Some(group) = asked_time {
            self.add_group(group);
        }
        let by = match measure {
            Measure::Column(c) if self.slots.groups.is_empty() => self.ranked_column(c),
            measure => RankBy::Measure(Aggregate::Sum, measure),
        };
        self.slots.rank = Some(Rank { by, descending });
    }

    /// "earned the most in total": the words say what adding up does anyway.
    fn claim_in_total(&mut self, from: usize) {
        if let Some(at) = (from..self.end.min(from + 3))
            .find(|p| matches!(self.word(*p), "total" | "all" | "altogether" | "overall"))
            .filter(|p| self.mention_at(*p + 1).is_none())
        {
            self.claim(at);
        }
    }

    /// "earned the most": the verb names the measure.
    fn verb_measure(&mut self, at: usize) -> Option<Measure> {
        const VERBS: &[&str] = &["earn", "cost", "weigh", "spend", "spent", "paid"];
        let back = (1..=2).find_map(|b| {
            at.checked_sub(b).filter(|p| self.token(*p).is_some_and(|t| VERBS.contains(&t.stem.as_str())))
        })?;
        let stem = self.token(back)?.stem.clone();
        let wanted: &[&str] = match stem.as_str() {
            "earn" => &["salary", "wage", "wag", "pay", "income", "earn"],
            "cost" => &["price", "pric", "cost", "budget"],
            "weigh" => &["weight"],
            "spend" | "spent" | "paid" => &["amount", "price", "pric", "total"],
            _ => return None,
        };
        let mut tables = self.context_tables();
        tables.extend((0..self.index.tables.len()).filter(|t| !self.index.table(*t).hidden));
        let column = self.column_by_stems(&tables, wanted, &ColumnFacts::is_measure)?;
        self.claim(back);
        Some(Measure::Column(column))
    }

    /// "which month had the most orders"
    fn asked_period(&mut self) -> Option<Group> {
        let at = (0..self.end)
            .find(|at| matches!(self.word(*at), "which" | "what") && grain(self.word(at + 1)).is_some())?;
        let grain = grain(self.word(at + 1))?;
        self.claim(at + 1);
        self.slots.root = None;
        Some(Group::Time(grain))
    }

    /// "highest box office", "lowest stock", "longest running time" of an asked entity.
    fn read_extreme(&mut self) {
        if self.slots.rank.as_ref().is_some_and(|r| r.by != RankBy::Head) {
            return;
        }
        let words = [
            "highest", "lowest", "largest", "smallest", "biggest", "longest", "shortest", "greatest", "maximum",
            "minimum", "best", "worst",
        ];
        let Some(at) = self.find(0, &words) else { return };
        if self.before.is_some() && self.next_mention(at + 1).is_none() {
            let count = (1..=2).find_map(|b| at.checked_sub(b).and_then(|p| self.token(p)?.number().map(|n| (p, n))));
            let descending = !matches!(self.word(at), "lowest" | "smallest" | "shortest" | "minimum" | "worst");
            self.claim(at);
            if let Some((place, n)) = count {
                self.claim(place);
                self.slots.limit = Some(n.max(1.0) as u64);
            }
            self.slots.rank = Some(Rank { by: RankBy::Head, descending });
            return;
        }
        let asks_entity = self.asks_entity() || self.asked_number().is_some();
        // "highest and lowest": figures. "the largest total quantity": one measure that things are ranked by.
        let joined = matches!(self.word(at + 1), "and" | "or") || self.token(at + 1).is_some_and(Token::is_punctuation);
        let several = joined && [at + 2, at + 3].iter().any(|p| super::vocabulary::aggregate(self.word(*p)).is_some());
        if !asks_entity || several {
            return;
        }
        let descending = !matches!(self.word(at), "lowest" | "smallest" | "shortest" | "minimum" | "worst");
        let period = self.asked_period();
        let total = (at + 1..at + 4).find(|p| matches!(self.word(*p), "total" | "average"));
        let Some(measure) = self.measure_from(total.map_or(at, |p| p) + 1, 4) else {
            return;
        };
        self.claim(at);
        self.take_limit_before(at);
        let mut function = Aggregate::Sum;
        if let Some(place) = total {
            if self.word(place) == "average" {
                function = Aggregate::Avg;
            }
            self.claim(place);
        }
        let by = match (measure, total, period) {
            (Measure::Column(c), None, None) => self.ranked_column(c),
            (measure, _, group) => {
                if let Some(group) = group {
                    self.add_group(group);
                }
                RankBy::Measure(function, measure)
            }
        };
        self.slots.rank = Some(Rank { by, descending });
    }

    /// Whether things are asked for rather than a figure.
    fn asks_entity(&self) -> bool {
        (0..self.end).any(|p| matches!(self.word(p), "which" | "who" | "whose" | "top"))
            || self.reading.has_phrase("name of")
            || self.reading.has_phrase("names of")
            || self.reading.has_phrase("title of")
    }

    fn take_limit_before(&mut self, at: usize) {
        let found = (1..=2).find_map(|back| {
            let place = at.checked_sub(back)?;
            self.token(place)?.number().filter(|_| !self.is_claimed(place)).map(|n| (place, n))
        });
        if let Some((place, n)) = found {
            self.claim(place);
            self.slots.limit = Some(n.max(1.0) as u64);
        }
    }

    /// "which 5 companies"
    fn asked_number(&mut self) -> Option<u64> {
        let at = (0..self.end).find(|at| {
            matches!(self.word(*at), "which" | "what" | "the" | "show" | "list") && {
                let number = self.token(at + 1).and_then(crate::tokens::Token::number);
                number.is_some_and(|n| (1.0..=1000.0).contains(&n))
                    && !self.reading.dates.iter().any(|d| d.start <= at + 1 && at + 1 < d.end)
            }
        })?;
        let n = self.token(at + 1)?.number()?;
        self.claim(at + 1);
        Some(n as u64)
    }
}
