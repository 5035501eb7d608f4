//! "per", "by", "for each", "monthly": what is grouped by.

use super::{
    parser::Parser,
    slots::{Group, Head},
    vocabulary::{grain, is_grain_adverb},
};

impl Parser<'_> {
    pub(super) fn read_groups(&mut self) {
        for at in 0..self.end {
            if self.is_claimed(at) {
                continue;
            }
            let word = self.word(at).to_owned();
            if is_grain_adverb(&word) {
                self.add_time(&word);
                self.claim(at);
            } else if let Some(start) = self.opens_group(at, &word) {
                self.read_targets(at, start);
            }
        }
    }

    /// Where the target of a grouping word starts.
    fn opens_group(&self, at: usize, word: &str) -> Option<usize> {
        match word {
            "per" | "each" | "every" => Some(at + 1),
            "by" if self.names_doers(at) => None,
            "by" if self.before_is_sort(at) && self.names_ordered(at + 1) => None,
            "by" | "across" => Some(if matches!(self.word(at + 1), "each" | "every") { at + 2 } else { at + 1 }),
            "grouped" | "group" | "broken" | "split" => None,
            _ => None,
        }
    }

    /// "orders placed by customers from Germany": who did it, not what is grouped by.
    fn names_doers(&self, by: usize) -> bool {
        const DONE: &[&str] = &[
            "placed",
            "made",
            "bought",
            "purchased",
            "written",
            "directed",
            "created",
            "owned",
            "taken",
            "produced",
            "published",
            "hosted",
            "held",
            "given",
            "sent",
            "received",
            "taught",
        ];
        let several = self.token(by + 1).is_some_and(|t| t.lower.ends_with('s') && t.stem != t.lower);
        by > 0 && DONE.contains(&self.word(by - 1)) && several
    }

    fn before_is_sort(&self, at: usize) -> bool {
        let previous = |back: usize| at.checked_sub(back).map_or("", |p| self.word(p));
        matches!(
            previous(1),
            "sorted" | "sort" | "ordered" | "order" | "ranked" | "rank" | "that" | "made" | "written" | "directed"
        )
    }

    /// Whether what follows "ordered by" can be sorted by.
    fn names_ordered(&self, at: usize) -> bool {
        self.mention_at(at).is_some_and(|m| self.column_of(m, &crate::catalog_index::ColumnFacts::is_ordered).is_some())
            || matches!(self.word(at), "the" | "number" | "name" | "title")
    }

    /// One or several targets: `region and product category`, `month`.
    fn read_targets(&mut self, cue: usize, start: usize) {
        let mut at = start;
        let mut found = false;
        loop {
            while matches!(
                self.word(at),
                "the" | "our" | "their" | "its" | "different" | "individual" | "single" | "of" | "calendar"
            ) {
                at += 1;
            }
            let Some(next) = self.read_target(at) else { break };
            found = true;
            at = next;
            let joined =
                matches!(self.word(at), "and" | ",") && !matches!(self.word(at + 1), "how" | "show" | "what" | "who");
            if !joined || self.target_at(at + 1).is_none() {
                break;
            }
            self.claim(at);
            at += 1;
        }
        if found {
            self.claim_range(cue, start);
            for back in 1..=2 {
                let before = cue.wrapping_sub(back);
                if matches!(
                    self.word(before),
                    "for" | "in" | "of" | "on" | "broken" | "down" | "grouped" | "group" | "split" | "from" | "by"
                ) {
                    self.claim(before);
                }
            }
        }
    }

    fn target_at(&self, at: usize) -> Option<()> {
        let named = grain(self.word(at)).is_some() || self.mention_at(at).is_some();
        named.then_some(())
    }

    /// Reads one target; gives the place after it.
    fn read_target(&mut self, at: usize) -> Option<usize> {
        let word = self.word(at).to_owned();
        if let Some(_grain) = grain(&word) {
            let named_column = self
                .mention_at(at)
                .and_then(|m| self.column_of(m, &|c| c.year || c.names.iter().any(|n| n.len() == 1)));
            let exact = named_column
                .filter(|(c, score)| *score > 1.0 && !self.index.column(*c).temporal && self.index.column(*c).year);
            match exact {
                Some((column, _)) => self.add_group(Group::Column(column)),
                None => self.add_time(&word),
            }
            self.claim(at);
            return Some(at + 1);
        }
        let mention = self.mention_at(at)?.clone();
        let table = self.table_of(&mention);
        let column = self.column_of(&mention, &|c| !c.is_measure() || c.distinct <= 60);
        // "product category": the table only says whose column it is.
        if let (Some((owner, _)), Some(next)) = (table, self.mention_at(mention.end).cloned())
            && let Some((own, score)) = self.column_of(&next, &|c| !c.is_measure() || c.distinct <= 60)
            && self.index.table_of(own) == owner
            && score >= 0.8
        {
            self.add_group(Group::Column(own));
            for at in mention.tokens.iter().chain(&next.tokens) {
                self.claim(*at);
            }
            return Some(next.end);
        }
        let group = match (table, column) {
            // "each company": the entity, unless a column of that very name says it better.
            (Some((t, table_score)), Some((c, column_score))) => {
                let own = self.index.table_of(c) == t;
                if table_score + 0.25 >= column_score || own { Group::Entity(t) } else { Group::Column(c) }
            }
            (Some((t, _)), None) => Group::Entity(t),
            (None, Some((c, _))) => Group::Column(c),
            (None, None) => return None,
        };
        self.add_group(group);
        for at in &mention.tokens {
            self.claim(*at);
        }
        Some(mention.end)
    }

    fn add_time(&mut self, word: &str) {
        if let Some(grain) = grain(word) {
            self.add_group(Group::Time(grain));
        }
    }

    pub(super) fn add_group(&mut self, group: Group) {
        if !self.slots.groups.contains(&group) {
            self.slots.groups.push(group);
        }
    }

    /// "each product" without anything to aggregate only lists: called once the head is known.
    pub(super) fn ungroup_lists(&mut self) {
        if self.slots.head == Some(Head::List) && self.slots.rank.is_none() && self.before.is_none() {
            let entities: Vec<usize> = self
                .slots
                .groups
                .iter()
                .filter_map(|g| if let Group::Entity(t) = g { Some(*t) } else { None })
                .collect();
            if let (1, Some(table)) = (self.slots.groups.len(), entities.first()) {
                self.slots.root = Some(*table);
                self.slots.groups.clear();
            }
        }
    }
}
