//! Questions with history, through the public interface, declines included; and what stands behind each choice
//! between the two readers, one JSON object a line, for tuning its rule.

use crate::{
    Database, Item,
    compare::{self, Rows},
    databases, load, today,
};
use datafyme_nlq::{Context, Interpretation, Question, answer, development, trail};

/// A question as it was asked, after the questions before it.
struct Turn<'a> {
    item: &'a Item,
    database: &'a Database,
    context: Option<Context>,
}

impl<'a> Turn<'a> {
    fn new(item: &'a Item, database: &'a Database) -> Self {
        let mut context: Option<Context> = None;
        let trial = load::Try::new(&database.connection);
        for earlier in &item.history {
            let question = Question { text: earlier, today: today(), context: context.as_ref() };
            if let Interpretation::Understood { plan, .. } = answer(&database.index, &question, &trial) {
                context = Some(Context { question: trail(context.as_ref(), earlier), plan });
            }
        }
        Self { item, database, context }
    }

    fn question(&self) -> Question<'_> {
        Question { text: &self.item.question, today: today(), context: self.context.as_ref() }
    }

    fn trial(&self) -> load::Try<'_> {
        load::Try::new(&self.database.connection)
    }

    fn is_right(&self, gold: &Rows, sql: &str) -> bool {
        let ordered = self.item.gold.to_lowercase().contains("order by");
        Rows::fetch(&self.database.connection, sql).is_some_and(|p| compare::same(gold, &p, ordered))
    }
}

pub(crate) fn run(items: &[Item], folder: &str, show: usize) {
    let databases = databases(folder, items);
    let (mut correct, mut answered, mut shown) = (0, 0, 0);
    let (mut took, mut trials) = (Vec::new(), 0);
    for item in items {
        let turn = Turn::new(item, &databases[&item.db]);
        let gold = Rows::fetch(&turn.database.connection, &item.gold).unwrap();
        let (trial, began) = (turn.trial(), std::time::Instant::now());
        let read = answer(&turn.database.index, &turn.question(), &trial);
        let micros = began.elapsed().as_micros();
        trials += trial.spent.get().0;
        took.push((micros, trial.spent.get().1));
        let (sql, confidence, reason) = match read {
            Interpretation::Understood { sql, confidence, .. } => (sql, confidence, None),
            Interpretation::Declined { guess, reason, .. } => {
                (guess.map_or_else(String::new, |g| g.sql), 0.0, Some(reason))
            }
        };
        let ok = turn.is_right(&gold, &sql);
        answered += usize::from(reason.is_none());
        correct += usize::from(ok && reason.is_none());
        if (!ok || reason.is_some()) && shown < show {
            shown += 1;
            let asked = [item.history.as_slice(), std::slice::from_ref(&item.question)].concat().join(" >> ");
            println!(
                "--- {} {asked}\n  gold: {}\n  ours: {confidence:.2} {}",
                item.id,
                item.gold,
                sql.replace('\n', " ")
            );
            if let Some(reason) = reason {
                println!("  declined (right: {ok}): {reason}");
            }
        }
    }
    println!(
        "total {} answered {answered} correct {correct} ({:.1} %) precision {:.1} %",
        items.len(),
        100.0 * correct as f64 / items.len() as f64,
        100.0 * correct as f64 / answered.max(1) as f64
    );
    let quantiles = |of: &dyn Fn(&(u128, u128)) -> u128| {
        let mut values: Vec<u128> = took.iter().map(of).collect();
        values.sort_unstable();
        let at = |q: usize| values.get(values.len() * q / 100).copied().unwrap_or(0) as f64 / 1000.0;
        format!(
            "p50 {:.1} p95 {:.1} max {:.1}",
            at(50),
            at(95),
            at(100).max(values.last().copied().unwrap_or(0) as f64 / 1000.0)
        )
    };
    println!(
        "milliseconds {}; of these trials {} ({:.1} trials a question)",
        quantiles(&|t| t.0),
        quantiles(&|t| t.1),
        trials as f64 / items.len().max(1) as f64
    );
}

pub(crate) fn choices(items: &[Item], folder: &str) {
    let databases = databases(folder, items);
    for item in items {
        let turn = Turn::new(item, &databases[&item.db]);
        let Some(gold) = Rows::fetch(&turn.database.connection, &item.gold) else { continue };
        let choice = development::choice(&turn.database.index, &turn.question(), &turn.trial());
        let right = |sql: Option<&str>| sql.is_some_and(|s| turn.is_right(&gold, s));
        let strict = choice.strict.as_ref();
        println!(
            "{}",
            serde_json::json!({
                "id": item.id, "db": item.db, "question": item.question, "gold": item.gold,
                "certainty": strict.map(|s| s.1), "strict": strict.map(|s| &s.0), "strict_ok": right(strict.map(|s| s.0.as_str())),
                "search": choice.search, "search_ok": right(choice.search.as_deref()),
                "confidence": choice.confidence, "follows": choice.follows, "ground": choice.ground.map(|g| (g.0, g.1)),
            })
        );
    }
}
