//! Fits the log-linear ranker: raises the likelihood of candidates whose result is right. AdaGrad with L1.

use crate::{
    Item,
    compare::{self, Rows},
    databases, in_development_half, items, load, today,
};
use datafyme_nlq::{
    Question,
    development::{self, Weights},
};

/// Prior, features and whether it was right.
type Judged = (f64, Vec<(u32, f32)>, bool);

struct Example {
    /// Prior, features, right.
    candidates: Vec<Judged>,
}

pub(crate) fn train(questions: &str, folder: &str, out: &str, option: &dyn Fn(&str) -> Option<String>) {
    let half = option("--half").unwrap_or_else(|| "dev".to_owned());
    let rounds: usize = option("--rounds").and_then(|r| r.parse().ok()).unwrap_or(2);
    let mut all: Vec<Item> = items(questions, "question");
    if option("--both").is_some() {
        all.extend(items(questions, "question_syn"));
    }
    if half != "all" {
        all.retain(|i| in_development_half(&i.db) == (half == "dev"));
    }
    let databases = databases(folder, &all);
    let mut weights = Weights::zero();
    let l1: f32 = option("--l1").and_then(|r| r.parse().ok()).unwrap_or(0.002);
    let rate: f32 = option("--rate").and_then(|r| r.parse().ok()).unwrap_or(0.06);
    for round in 0..rounds {
        // The search follows the weights, so later rounds see other candidates.
        let examples: Vec<Example> = all
            .iter()
            .filter_map(|item| {
                let database = &databases[&item.db];
                let gold = Rows::fetch(&database.connection, &item.gold)?;
                let ordered = item.gold.to_lowercase().contains("order by");
                let question = Question { text: &item.question, today: today(), context: None };
                let found = development::candidates(
                    &database.index,
                    &question,
                    &load::Try(&database.connection),
                    &weights,
                    false,
                );
                let candidates: Vec<_> = found
                    .into_iter()
                    .map(|c| {
                        let right = Rows::fetch(&database.connection, &c.sql)
                            .is_some_and(|p| compare::same(&gold, &p, ordered));
                        (c.prior, c.features, right)
                    })
                    .collect();
                let rights = candidates.iter().filter(|c| c.2).count();
                (rights > 0 && rights < candidates.len()).then_some(Example { candidates })
            })
            .collect();
        println!("round {round}: {} usable of {}", examples.len(), all.len());
        weights = fit(&examples, l1, rate);
        std::fs::write(out, weights.to_bytes()).unwrap();
        println!("  {} weights", weights.to_bytes().len() / 8);
    }
}

fn fit(examples: &[Example], l1: f32, rate: f32) -> Weights {
    let buckets = 1 << 18;
    let mut w = vec![0f32; buckets];
    let mut g2 = vec![1e-2f32; buckets];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut seed = 42u64;
    for epoch in 0..12 {
        for i in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, (seed >> 33) as usize % (i + 1));
        }
        let mut loss = 0.0;
        let mut top = 0;
        for at in &order {
            let example = &examples[*at];
            let scores: Vec<f64> = example
                .candidates
                .iter()
                .map(|(p, f, _)| p + f.iter().map(|(b, v)| f64::from(w[*b as usize] * v)).sum::<f64>())
                .collect();
            let best = scores.iter().copied().fold(f64::MIN, f64::max);
            let e: Vec<f64> = scores.iter().map(|s| (s - best).exp()).collect();
            let all: f64 = e.iter().sum();
            let right: f64 = e.iter().zip(&example.candidates).filter(|(_, c)| c.2).map(|(e, _)| e).sum();
            loss -= (right / all).max(1e-12).ln();
            let first = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
            top += usize::from(example.candidates[first].2);
            let mut gradient: std::collections::HashMap<u32, f32> = std::collections::HashMap::new();
            for (e, (_, features, is_right)) in e.iter().zip(&example.candidates) {
                let d = e / all - if *is_right { e / right } else { 0.0 };
                if d.abs() > 1e-5 {
                    for (b, v) in features {
                        *gradient.entry(*b).or_default() += d as f32 * v;
                    }
                }
            }
            for (b, g) in gradient {
                let b = b as usize;
                g2[b] += g * g;
                let step = rate / g2[b].sqrt();
                let moved = w[b] - step * g;
                w[b] = moved.signum() * (moved.abs() - step * l1).max(0.0);
            }
        }
        if epoch % 4 == 3 {
            println!(
                "  epoch {epoch}: loss {:.3} right first {:.1} %",
                loss / examples.len() as f64,
                100.0 * top as f64 / examples.len() as f64
            );
        }
    }
    let mut weights = Weights::zero();
    for (b, v) in w.iter().enumerate().filter(|(_, v)| v.abs() > 1e-3) {
        weights.set(b as u32, *v);
    }
    weights
}
