//! For measuring and training only: what the search found, with its features.

use crate::{
    CatalogIndex, Question, Trial, answer, candidates,
    choose::{self, Grounds, Strict},
    decide,
    reading::Reading,
};

pub use crate::rank::Weights;

/// A candidate as the ranker sees it.
#[derive(Debug, Clone)]
pub struct RankedCandidate {
    /// Its SQL.
    pub sql: String,
    /// Prior without any learned weight.
    pub prior: f64,
    /// Hashed features and values.
    pub features: Vec<(u32, f32)>,
    /// Final score.
    pub score: f64,
    /// Likelihood of its result.
    pub mass: f64,
    /// Tokens that it leaves unexplained.
    pub unexplained: usize,
}

/// All tried candidates of a question, best first.
#[must_use]
pub fn candidates(
    index: &CatalogIndex,
    question: &Question<'_>,
    trial: &dyn Trial,
    weights: &Weights,
    style: bool,
) -> Vec<RankedCandidate> {
    let reading = Reading::new(index, question.text, question.today);
    let found = candidates::generate(index, &reading, weights, style);
    decide::settle(&reading, found, trial, weights)
        .into_iter()
        .map(|t| {
            let mut features = t.candidate.features;
            let learned = weights.dot(&features) + weights.dot(&t.features);
            features.extend(t.features);
            RankedCandidate {
                sql: t.candidate.sql,
                prior: t.score - learned,
                features,
                score: t.score,
                mass: t.mass,
                unexplained: t.candidate.unexplained.len(),
            }
        })
        .collect()
}

/// What stands behind the choice between the two readers.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The strict reading, if there is one: SQL, certainty.
    pub strict: Option<(String, f64)>,
    /// SQL of the best reading of the search.
    pub search: Option<String>,
    /// How sure the search is.
    pub confidence: f64,
    /// Score between the best reading and the one that agrees with the strict one.
    pub gap: Option<f64>,
    /// The strict reading has a form that it builds with more care.
    pub special: bool,
    /// The strict reading shows more than was asked for.
    pub too_much: bool,
    /// The strict reading continues earlier questions.
    pub follows: bool,
    /// The strict reading is the one taken.
    pub takes_strict: bool,
}

/// Both readings of a question, and the choice between them.
#[must_use]
pub fn choice(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Choice {
    let reading = Reading::new(index, question.text, question.today);
    let tried = answer::readings(index, question, &reading, trial);
    let best = tried.first().filter(|t| t.state != decide::State::Failed);
    let mut choice = Choice {
        search: best.map(|t| t.candidate.sql.clone()),
        confidence: best.map_or(0.0, |t| t.confidence(&reading)),
        ..Choice::default()
    };
    if let Some(strict) = Strict::read(index, question, trial) {
        if let Some(grounds) = Grounds::of(&strict, &reading, &tried) {
            (choice.gap, choice.special, choice.too_much) = (grounds.gap, grounds.special, grounds.too_much);
        }
        choice.follows = strict.follows;
        choice.takes_strict = strict.follows || choose::confidence(&strict, &reading, &tried).is_some();
        choice.strict = Some((strict.sql, strict.certainty));
    }
    choice
}

/// How a question is read, for people.
#[must_use]
pub fn describe(index: &CatalogIndex, question: &Question<'_>) -> String {
    let reading = Reading::new(index, question.text, question.today);
    let mut text = String::new();
    for value in &reading.values {
        let hits: Vec<String> =
            value.hits.iter().take(5).map(|h| format!("{}={}", index.column(h.0).name, h.1)).collect();
        text.push_str(&format!("  value {:?} {:?} {}\n", value.text, value.kind, hits.join(", ")));
    }
    for mention in &reading.mentions {
        let words: Vec<&str> = reading.words(mention.start, mention.end).collect();
        let options: Vec<String> = mention
            .options
            .iter()
            .take(5)
            .map(|o| {
                let name = match o.named {
                    crate::catalog_index::Named::Table(t) => format!("[{}]", index.table(t).label),
                    crate::catalog_index::Named::Column(c) => {
                        format!("{}.{}", index.table(index.table_of(c)).label, index.column(c).name)
                    }
                };
                format!("{name} {:.2}", o.score)
            })
            .collect();
        text.push_str(&format!("  mention {:?}: {}\n", words.join(" "), options.join(", ")));
    }
    text
}
