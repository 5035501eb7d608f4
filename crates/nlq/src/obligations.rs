//! What a question plainly asks for, whatever the rest of it means: an average, the largest of something, five of
//! them, those without. A query that shows no trace of it answers another question, however well its words fit.
//!
//! Read off the question's own words on one side and off the finished query on the other, so that it holds for every
//! reader of questions alike. The words must say it by themselves: doubtful ones oblige to nothing.

use crate::lexicon::{is_filler, is_light_verb};
use crate::reading::{Reading, ValueKind};

/// Log-likelihood that a reading loses for each obligation that it does not meet.
pub(crate) const PENALTY: f64 = 2.5;
/// What confidence in a reading is multiplied with for each obligation that it does not meet.
pub(crate) const DOUBT: f64 = 0.55;

const MOST: &[&str] =
    &["most", "highest", "largest", "biggest", "greatest", "maximum", "longest", "top", "best", "latest", "newest"];
const LEAST: &[&str] = &["least", "fewest", "lowest", "smallest", "minimum", "shortest", "bottom", "worst", "earliest"];
const NEGATIONS: &[&str] = &["not", "without", "never", "except", "excluding", "neither", "nor", "isn't", "aren't"];

/// Number of things that the question plainly asks for and `sql`, a query as this crate writes them, does not do.
pub(crate) fn unmet(reading: &Reading, sql: &str) -> usize {
    let query = Query::of(sql);
    let question = Asked { reading };
    [
        question.average() && !query.calls(&["avg"]),
        question.total() && !query.calls(&["sum"]),
        question.count() && !query.calls(&["count", "sum"]),
        question.extreme().is_some_and(|high| !query.reaches(high)),
        question.negation() && !query.negates(),
        question.things() && query.is_one_figure(),
        question.per_group() && !query.groups(),
        question.share() && !query.divides(),
        question.unknown_things(),
        question.unit(),
    ]
    .into_iter()
    .filter(|is_unmet| *is_unmet)
    .count()
        + question.numbers().filter(|n| !query.mentions(*n)).count()
}

/// Whether `sql` is one figure over all rows: a word that it passes over was most likely a condition.
pub(crate) fn is_bare_figure(sql: &str) -> bool {
    let query = Query::of(sql);
    query.is_one_figure() && !query.has("where")
}

/// The question's side.
struct Asked<'a> {
    reading: &'a Reading,
}

impl Asked<'_> {
    /// Places of words that are neither part of a cell nor of a column's name.
    fn plain(&self) -> impl Iterator<Item = usize> {
        (0..self.reading.tokens.len()).filter(|at| {
            let quoted = self.reading.values.iter().any(|v| {
                let is_cell = v.kind == ValueKind::Text && (v.quoted || v.capital || v.hits.iter().any(|h| h.2 >= 0.8));
                is_cell && v.start <= *at && *at < v.end
            });
            !quoted && !self.reading.mentions.iter().any(|m| m.adjective.is_none() && m.tokens.contains(at))
        })
    }

    fn says(&self, words: &[&str]) -> bool {
        self.plain().any(|at| words.contains(&self.reading.lower(at)))
    }

    fn average(&self) -> bool {
        self.says(&["average", "avg", "mean"])
    }

    /// "The total box office": added up. "The total number" is counted, and "in total" may be either.
    fn total(&self) -> bool {
        self.plain().any(|at| {
            let next = self.reading.lower(at + 1);
            let ends = next.is_empty() || self.reading.tokens.get(at + 1).is_some_and(|t| t.is_punctuation());
            self.reading.lower(at) == "total"
                && self.reading.before(at, 1) != "in"
                && !ends
                && !matches!(next, "number" | "numbers" | "count" | "amount" | "of" | "and" | "or")
        }) && !self.count()
    }

    fn count(&self) -> bool {
        let how_many = self.plain().any(|at| self.reading.lower(at) == "many" && self.reading.before(at, 1) == "how");
        let number_of = self
            .plain()
            .any(|at| self.reading.lower(at) == "number" && self.reading.lower(at + 1) == "of" && at > 0 && at < 4);
        how_many || number_of && !self.says(&["with", "whose"])
    }

    /// Which end of an order is asked for, when it is one: `true` for the high one. Of a date, the later.
    fn extreme(&self) -> Option<bool> {
        let place = |words: &[&str]| {
            self.plain().find(|at| {
                let before = self.reading.before(*at, 1);
                words.contains(&self.reading.lower(*at))
                    && !matches!(before, "at" | "the" if self.reading.lower(at + 1) == "of")
                    && !(before == "at" && matches!(self.reading.lower(*at), "least" | "most" | "best" | "worst"))
            })
        };
        match (place(MOST), place(LEAST)) {
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            _ => None,
        }
        // "the highest and the average", "most recent first": more than one thing, or an order.
        .filter(|_| !self.reading.asks_order() && !self.says(&["first", "from", "than"]))
    }

    fn negation(&self) -> bool {
        self.plain().any(|at| {
            let next = self.reading.lower(at + 1);
            NEGATIONS.contains(&self.reading.lower(at)) && !matches!(next, "only" | "more" | "less" | "fewer" | "later")
        })
    }

    /// "Which companies …": things are asked for, not a figure.
    fn things(&self) -> bool {
        matches!(self.reading.lower(0), "which" | "who" | "whose") && !self.count() && !self.average()
    }

    /// "average price for each category", "orders per weekday": a figure for each.
    fn per_group(&self) -> bool {
        let figure = self.average() || self.count() || self.says(&["total", "sum"]);
        self.plain().any(|at| match self.reading.lower(at) {
            "per" => true,
            "each" | "every" => figure && self.reading.lower(at + 1) != "other",
            _ => false,
        })
    }

    /// "What share of the orders": one number divided by another.
    fn share(&self) -> bool {
        (0..self.reading.tokens.len()).any(|at| {
            matches!(self.reading.lower(at), "share" | "percentage" | "percent" | "proportion" | "fraction" | "ratio")
                && self.reading.lower(at + 1) == "of"
        })
    }

    /// "Which director …": the things themselves are nothing that the data source knows.
    fn unknown_things(&self) -> bool {
        let Some(thing) = self.reading.tokens.get(1).filter(|_| self.reading.lower(0) == "which") else { return false };
        let is_noun = thing.is_word()
            && !is_filler(&thing.lower)
            && !is_light_verb(&thing.lower)
            && !self.reading.dates.iter().any(|d| d.start <= 1 && 1 < d.end);
        let periods = ["day", "week", "month", "quarter", "year", "days", "weeks", "months", "quarters", "years"];
        let known = self.reading.mentions.iter().any(|m| m.tokens.contains(&1) || m.start <= 1 && 1 < m.end)
            || self.reading.values.iter().any(|v| v.start <= 1 && 1 < v.end && !v.hits.is_empty());
        is_noun && !known && !periods.contains(&thing.lower.as_str()) && !MOST.contains(&thing.lower.as_str())
    }

    /// "longer than 2 hours": in what unit a column counts is not known, so a number in another one may mean anything.
    fn unit(&self) -> bool {
        self.plain().any(|at| {
            let unit = matches!(
                self.reading.lower(at),
                "hour" | "hours" | "minute" | "minutes" | "second" | "seconds" | "day" | "days" | "kg" | "km" | "miles"
            );
            let counted = at > 0 && self.reading.tokens.get(at - 1).is_some_and(|t| t.number().is_some());
            unit && counted && !self.reading.dates.iter().any(|d| d.start <= at && at < d.end)
        })
    }

    /// Numbers that stand for themselves: no dates, no parts of names.
    fn numbers(&self) -> impl Iterator<Item = f64> {
        self.plain().filter_map(|at| {
            let token = self.reading.tokens.get(at)?;
            let number = token.number().filter(|n| *n > 1.0)?;
            let in_date = self.reading.dates.iter().any(|d| d.start <= at && at < d.end);
            let all_of_them = matches!(self.reading.before(at, 1), "all" | "both");
            (!in_date && !all_of_them).then_some(number)
        })
    }
}

/// The query's side: its text without the names in it.
struct Query {
    bare: String,
    /// With the names and texts in it.
    whole: String,
}

impl Query {
    fn of(sql: &str) -> Self {
        let mut bare = String::with_capacity(sql.len());
        let mut within = None;
        for c in sql.chars() {
            match within {
                Some('"') if c == '"' => within = None,
                Some('"') => {}
                Some(_) if c == '\'' => within = None,
                None if c == '"' || c == '\'' => within = Some(c),
                _ if c.is_ascii() => bare.push(c.to_ascii_lowercase()),
                _ => bare.extend(c.to_lowercase()),
            }
        }
        Self { bare, whole: sql.to_lowercase() }
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.bare.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').filter(|w| !w.is_empty())
    }

    fn calls(&self, functions: &[&str]) -> bool {
        functions.iter().any(|f| self.bare.contains(&format!("{f}(")))
    }

    fn has(&self, word: &str) -> bool {
        self.words().any(|w| w == word)
    }

    /// Whether it looks at that end of something.
    fn reaches(&self, high: bool) -> bool {
        let ranked = self.has("limit") && self.has("order");
        // Of ages and the like, the largest may be the earliest: the way of an order tells only where it is a figure's.
        let down = self.has("desc");
        let figure = self.bare.split("order by").nth(1).is_some_and(|o| o.contains("count(") || o.contains("sum("));
        let order_fits = ranked && (!figure || down == high);
        order_fits || self.calls(&["max", "min"])
    }

    fn negates(&self) -> bool {
        self.has("not") || self.has("except") || self.bare.contains("<>") || self.bare.contains("is null")
    }

    fn divides(&self) -> bool {
        self.bare.contains('/')
    }

    fn groups(&self) -> bool {
        self.has("group") || self.bare.matches("select").count() > 1
    }

    /// One row of one aggregate.
    fn is_one_figure(&self) -> bool {
        let shown = self.bare.split(" from").next().and_then(|s| s.split('\n').next()).unwrap_or_default();
        let aggregate = ["count(", "sum(", "avg(", "min(", "max("].iter().any(|f| shown.contains(f));
        aggregate && !self.has("group")
    }

    fn mentions(&self, number: f64) -> bool {
        self.words().any(|w| w.parse::<f64>().is_ok_and(|n| (n - number).abs() < 1e-9 || (n * 100.0 - number).abs() < 1e-9))
            // In a pattern, a text or a date.
            || self.whole.contains(&format!("{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shop::index;

    fn of(question: &str, sql: &str) -> usize {
        let index = index();
        let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 15).unwrap();
        unmet(&Reading::new(&index, question, today), sql)
    }

    #[test]
    fn what_is_asked_for_must_show_in_the_query() {
        let table = [
            ("what is the average price of products", "SELECT avg(price) FROM products", "SELECT price FROM products"),
            ("how many customers are there", "SELECT count(*) FROM customers", "SELECT name FROM customers"),
            (
                "which product has the highest price",
                "SELECT name FROM products ORDER BY price DESC LIMIT 1",
                "SELECT name FROM products",
            ),
            (
                "which 3 customers have the most orders",
                "SELECT c.name FROM customers AS c JOIN orders AS o ON c.id = o.customer_id GROUP BY c.id ORDER BY count(*) DESC LIMIT 3",
                "SELECT c.name FROM customers AS c JOIN orders AS o ON c.id = o.customer_id GROUP BY c.id ORDER BY count(*) DESC LIMIT 1",
            ),
            (
                "total quantity per customer",
                "SELECT customer_id, sum(quantity) FROM orders GROUP BY customer_id",
                "SELECT customer_id, count(*) FROM orders GROUP BY customer_id",
            ),
            (
                "customers without orders",
                "SELECT name FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders)",
                "SELECT name FROM customers",
            ),
            (
                "orders per country",
                "SELECT country, count(*) FROM orders GROUP BY country",
                "SELECT country FROM orders",
            ),
            (
                "what share of the orders is open",
                "SELECT 1.0 * sum(1) / count(*) FROM orders",
                "SELECT sum(1) FROM orders",
            ),
            ("which customers ordered something", "SELECT name FROM customers", "SELECT sum(quantity) FROM orders"),
        ];
        for (question, good, bad) in table {
            assert_eq!(of(question, good), 0, "{question}: {good}");
            assert_eq!(of(question, bad), 1, "{question}: {bad}");
        }
    }

    #[test]
    fn the_wrong_end_of_an_order_of_figures_is_no_answer() {
        let by = |way: &str| format!("SELECT city FROM customers GROUP BY city ORDER BY count(*){way} LIMIT 1");
        assert_eq!(of("which city has the fewest customers", &by("")), 0);
        assert_eq!(of("which city has the fewest customers", &by(" DESC")), 1);
    }

    #[test]
    fn things_that_nobody_knows_are_asked_for_in_vain() {
        assert_eq!(
            of("which wombat has the most orders", "SELECT name FROM customers ORDER BY count(*) DESC LIMIT 1"),
            1
        );
        assert_eq!(
            of("which product has the most orders", "SELECT name FROM products ORDER BY count(*) DESC LIMIT 1"),
            0
        );
    }

    #[test]
    fn a_figure_over_all_rows_has_no_condition() {
        assert!(is_bare_figure("SELECT count(*) FROM orders"));
        assert!(!is_bare_figure("SELECT count(*) FROM orders WHERE status = 'late'"));
        assert!(!is_bare_figure("SELECT count(*), status FROM orders GROUP BY status"));
    }

    #[test]
    fn doubtful_words_oblige_to_nothing() {
        assert_eq!(
            of("customers with at most 3 orders", "SELECT name FROM customers GROUP BY id HAVING count(*) <= 3"),
            0
        );
        assert_eq!(of("customers with no more than 3 orders", "SELECT name FROM customers HAVING count(*) <= 3"), 0);
    }
}
