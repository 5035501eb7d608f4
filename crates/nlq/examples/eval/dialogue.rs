//! Questions with history, through the public interface, declines included.

use crate::{
    Item,
    compare::{self, Rows},
    databases, load, today,
};
use datafyme_nlq::{Context, Interpretation, Question, answer};

pub(crate) fn run(questions: &str, folder: &str, show: usize) {
    let text = std::fs::read_to_string(questions).unwrap();
    let values: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let as_items: Vec<Item> = values
        .iter()
        .map(|v| Item {
            id: String::new(),
            db: v["db"].as_str().unwrap().into(),
            question: String::new(),
            gold: String::new(),
        })
        .collect();
    let databases = databases(folder, &as_items);
    let (mut correct, mut answered, mut shown) = (0, 0, 0);
    let mut points: Vec<(f64, bool)> = Vec::new();
    for v in &values {
        let database = &databases[v["db"].as_str().unwrap()];
        let gold_sql = v["gold_sql"].as_str().unwrap();
        let gold = Rows::fetch(&database.connection, gold_sql).unwrap();
        let mut context: Option<Context> = None;
        let history: Vec<String> = v["history"]
            .as_array()
            .map(|h| h.iter().map(|x| x.as_str().unwrap().to_owned()).collect())
            .unwrap_or_default();
        let trial = load::Try(&database.connection);
        for earlier in &history {
            let question = Question { text: earlier, today: today(), context: context.as_ref() };
            if let Interpretation::Understood { plan, .. } = answer(&database.index, &question, &trial) {
                context = Some(Context { question: earlier.clone(), plan });
            }
        }
        let text = v["question"].as_str().unwrap();
        let question = Question { text, today: today(), context: context.as_ref() };
        let result = answer(&database.index, &question, &trial);
        let (sql, confidence) = match &result {
            Interpretation::Understood { sql, confidence, .. } => (sql.clone(), *confidence),
            Interpretation::Declined { guess, .. } => {
                (guess.as_ref().map_or_else(String::new, |g| g.sql.clone()), -1.0)
            }
        };
        let declined = confidence < 0.0;
        let ok = Rows::fetch(&database.connection, &sql)
            .is_some_and(|p| compare::same(&gold, &p, gold_sql.to_lowercase().contains("order by")));
        answered += usize::from(!declined);
        correct += usize::from(ok && !declined);
        points.push((confidence, ok));
        if (!ok || declined) && shown < show {
            shown += 1;
            println!(
                "--- {} {}{}{text}\n  gold: {gold_sql}\n  ours{}: {confidence:.2} {}",
                v["id"].as_str().unwrap(),
                history.join(" >> "),
                if history.is_empty() { "" } else { " >> " },
                if declined { " DECLINED" } else { "" },
                sql.replace('\n', " ")
            );
            if let (Interpretation::Declined { reason, .. }, true) = (&result, declined) {
                println!("  because {reason} (right: {ok})");
            }
        }
    }
    println!(
        "total {} answered {answered} correct {correct} ({:.1} %) precision {:.1} %",
        values.len(),
        100.0 * correct as f64 / values.len() as f64,
        100.0 * correct as f64 / answered.max(1) as f64
    );
}
