//! For measuring and training only: what the search found, with its features.

use crate::{
    CatalogIndex, Question, Trial, answer,
    choose::{self, Strict},
    decide::{self, State},
    learned, ranking,
    reading::Reading,
};

pub use crate::{
    learned::{CLAUSES, Groups, Grown, Model, Softmax, Trees},
    rank::Weights,
};

/// A question with its candidates, as the models see them.
#[derive(Debug, Clone, Default)]
pub struct Examined {
    /// Best first, by the search.
    pub candidates: Vec<ExaminedCandidate>,
    /// Hashed words of the question, for the clause models.
    pub words: Vec<u32>,
    /// Groups of the dense features.
    pub groups: Groups,
}

/// A candidate, as the models see it.
#[derive(Debug, Clone, Default)]
pub struct ExaminedCandidate {
    /// Its SQL.
    pub sql: String,
    /// Score by the search with its trial, and that without any learned weight.
    pub score: f64,
    /// See `score`.
    pub prior: f64,
    /// Hashed features and values, for the weights of the search.
    pub sparse: Vec<(u32, f32)>,
    /// Dense features that need no trial, for both steps of the ranking.
    pub dense: Vec<f32>,
    /// What the trial showed, for the second step.
    pub shown: Vec<f32>,
    /// Shape of each clause.
    pub shapes: [String; CLAUSES],
    /// Equal where results are.
    pub result: u64,
    /// Number of rows that its trial saw.
    pub rows: usize,
    /// All of its rows were seen.
    pub whole: bool,
}

/// The candidates of a question, the strict reading among them, by given weights.
#[must_use]
pub fn examine(
    index: &CatalogIndex,
    question: &Question<'_>,
    trial: &dyn Trial,
    weights: &Weights,
    model: &Model,
) -> Examined {
    let reading = Reading::new(index, question.text, question.today);
    let strict = Strict::read(index, question, trial);
    let found = answer::searched(index, &reading, strict.as_ref(), weights);
    let mut tried = decide::settle(&reading, found, trial, weights);
    tried.sort_by(|a, b| b.candidate.score.total_cmp(&a.candidate.score));
    let rows = ranking::described(index, &reading, &tried, strict.as_ref(), model);
    let mut examined = Examined { words: learned::Sight::new(index, &reading).words, ..Examined::default() };
    for (position, (one, row)) in tried.into_iter().zip(rows).enumerate() {
        let shapes = learned::clause_shapes(index, &one.candidate.draft);
        let shown = learned::shown(index, &one, strict.as_ref());
        let mut sparse = one.candidate.features;
        let learned = weights.dot(&sparse) + weights.dot(&one.features);
        sparse.extend(one.features);
        examined.groups = row.groups;
        examined.candidates.push(ExaminedCandidate {
            sql: one.candidate.sql,
            score: one.score,
            prior: one.score - learned,
            sparse,
            dense: row.values,
            shown: shown.to_vec(),
            shapes,
            result: decide::number_of(one.state, position),
            rows: one.seen.rows,
            whole: matches!(one.state, State::Result(_) | State::Empty) && one.seen.rows < 200,
        });
    }
    examined
}

/// Hashed words of a question, for the clause models.
#[must_use]
pub fn words(index: &CatalogIndex, question: &Question<'_>) -> Vec<u32> {
    learned::Sight::new(index, &Reading::new(index, question.text, question.today)).words
}

/// Positions of the candidates that are tried, likeliest first, by scores of the first step.
#[must_use]
pub fn shortlist(scores: &[f32]) -> Vec<usize> {
    ranking::shortlist(scores)
}

/// How each of the candidates that were tried stands among them.
#[must_use]
pub fn support(scores: &[f32], results: &[u64]) -> Vec<Vec<f32>> {
    learned::support(scores, results).into_iter().map(|row| row.to_vec()).collect()
}

/// What the confidence in the best candidate is read off; see the trainer.
#[must_use]
pub fn doubts(scores: &[f32], results: &[u64], features: &[f32], best: usize) -> Vec<f32> {
    learned::doubts(scores, results, features, best)
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
    /// The strict reading continues earlier questions.
    pub follows: bool,
    /// Why the strict reading is the one taken, if it is, and how sure that is.
    pub ground: Option<(String, f64)>,
}

/// Both readings of a question, and the choice between them.
#[must_use]
pub fn choice(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Choice {
    let reading = Reading::new(index, question.text, question.today);
    let strict = Strict::read(index, question, trial);
    let tried = answer::readings(index, question, &reading, trial, strict.as_ref());
    let best = tried.first().filter(|t| t.state != State::Failed);
    let mut choice = Choice {
        search: best.map(|t| t.candidate.sql.clone()),
        confidence: best.map_or(0.0, |t| t.confidence(&reading)),
        ..Choice::default()
    };
    if let Some(strict) = strict {
        choice.follows = strict.follows;
        let stands = choose::stands(&strict, &reading, &tried).map(|(g, sure)| (format!("{g:?}"), sure));
        choice.ground = if strict.follows { Some(("Follows".to_owned(), strict.certainty)) } else { stands };
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
