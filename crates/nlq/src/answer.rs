//! The whole way from words to SQL.

use crate::{
    Alternative, CatalogIndex, Context, Intent, Interpretation, Question, Trial, TrialOutcome,
    candidates::{self, Candidate},
    choose::{self, Strict},
    classify,
    decide::{self, State, Tried},
    draft::lift,
    followup, grammar,
    intent::named_chart,
    learned::Model,
    linking::links,
    rank::Weights,
    ranking,
    reading::Reading,
    remembering::Remembering,
    suggest::suggestions,
};

/// Reads `question`, tries its readings through `trial` and gives the best one, or declines.
#[must_use]
pub fn answer(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Interpretation {
    let spoken = Spoken::of(index, question);
    let trial = Remembering::new(trial);
    match spoken.is_foreign() {
        true => unlinked(english(index, &spoken.question(question), &trial)),
        false => english(index, question, &trial),
    }
}

/// Without links: they would point into the English words.
fn unlinked(read: Interpretation) -> Interpretation {
    match read {
        Interpretation::Understood { plan, sql, confidence, alternatives, chart_hint, notes, .. } => {
            Interpretation::Understood { plan, sql, confidence, alternatives, links: Vec::new(), chart_hint, notes }
        }
        declined @ Interpretation::Declined { .. } => declined,
    }
}

/// A question and those before it in English words, where they are in Hungarian.
pub(crate) struct Spoken {
    text: Option<String>,
    context: Option<Context>,
}

impl Spoken {
    pub(crate) fn of(index: &CatalogIndex, question: &Question<'_>) -> Self {
        let before = question.context.and_then(|context| {
            let lines: Vec<Option<String>> = context.question.split('\n').map(|l| index.in_english(l)).collect();
            lines.iter().any(Option::is_some).then(|| {
                let own = context.question.split('\n');
                let lines: Vec<String> =
                    lines.iter().zip(own).map(|(l, own)| l.clone().unwrap_or_else(|| own.to_owned())).collect();
                Context { question: lines.join("\n"), plan: context.plan.clone() }
            })
        });
        Self { text: index.in_english(question.text), context: before }
    }

    pub(crate) const fn is_foreign(&self) -> bool {
        self.text.is_some() || self.context.is_some()
    }

    pub(crate) fn question<'a>(&'a self, own: &Question<'a>) -> Question<'a> {
        Question {
            text: self.text.as_deref().unwrap_or(own.text),
            today: own.today,
            context: self.context.as_ref().or(own.context),
        }
    }
}

fn english(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Interpretation {
    if let Some(changed) = changed(index, question, trial) {
        return changed;
    }
    if let Intent::Unsupported { reason } = classify(index, question) {
        return declined(reason, index, None);
    }
    let reading = Reading::new(index, question.text, question.today);
    let asked = Asked { index, reading: &reading, text: question.text };
    let strict = Strict::read(index, question, trial);
    if let Some(strict) = strict.as_ref().filter(|s| s.follows) {
        return asked.strictly(strict, strict.certainty, &[]);
    }
    let tried = readings(index, question, &reading, trial, strict.as_ref());
    if let Some(strict) = &strict
        && let Some((_, confidence)) = choose::stands(strict, &reading, &tried)
    {
        return asked.strictly(strict, confidence, &tried);
    }
    let Some(best) = tried.first().filter(|t| t.state != State::Failed) else {
        return declined("No table or column of this data source matches the question.".to_owned(), index, None);
    };
    match doubt(&reading, best) {
        Some(reason) => declined(reason, index, Some(alternative(&reading, best))),
        None => asked.searched(best, &tried),
    }
}

/// How sure a change is that was said in so many words.
const PLAIN: f64 = 0.9;

/// The last plan, changed as the message says in so many words.
fn changed(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Option<Interpretation> {
    let plan = followup::edited(index, question.text, question.context?)?;
    let sql = plan.to_sql(index.dialect);
    if matches!(trial.run(&sql), TrialOutcome::Failed(_)) {
        return None;
    }
    Some(Interpretation::Understood {
        plan,
        sql,
        confidence: PLAIN,
        alternatives: Vec::new(),
        links: Vec::new(),
        chart_hint: None,
        notes: Vec::new(),
    })
}

/// The tried readings of the search, best first.
pub(crate) fn readings(
    index: &CatalogIndex,
    question: &Question<'_>,
    reading: &Reading,
    trial: &dyn Trial,
    strict: Option<&Strict>,
) -> Vec<Tried> {
    let weights = Weights::trained();
    let likelihood = followup::likelihood(reading);
    // As a change of the last question where it looks like that, else alone.
    if let Some(last) = question.context.filter(|_| likelihood >= 0.5).and_then(|c| lift(index, &c.plan)) {
        let tried = decide::settle(reading, candidates::follow(index, reading, &last, weights), trial, weights);
        let usable = |t: &Tried| t.state != State::Failed && (likelihood > 0.8 || t.candidate.unexplained.is_empty());
        if tried.first().is_some_and(usable) {
            return tried;
        }
    }
    let found = searched(index, reading, strict, weights);
    ranking::rank(index, reading, found, trial, strict, Model::trained())
}

/// The candidates of the search and the strict reading, best first.
pub(crate) fn searched(
    index: &CatalogIndex,
    reading: &Reading,
    strict: Option<&Strict>,
    weights: &Weights,
) -> Vec<Candidate> {
    let mut found = candidates::generate(index, reading, weights);
    if let Some(strict) = strict.filter(|s| !found.iter().any(|c| c.sql == s.sql)) {
        let best = found.first().map_or(0.0, |c| c.score);
        let candidate = strict.candidate(best);
        let place = found.partition_point(|c| c.score >= candidate.score);
        found.insert(place, candidate);
    }
    found
}

/// A question whose answer is being put together.
struct Asked<'a> {
    index: &'a CatalogIndex,
    reading: &'a Reading,
    text: &'a str,
}

impl Asked<'_> {
    fn strictly(&self, strict: &Strict, confidence: f64, tried: &[Tried]) -> Interpretation {
        let shown = Alternative { plan: strict.plan.clone(), sql: strict.sql.clone(), confidence };
        self.understood(shown, strict.notes.clone(), rivals(self.reading, tried, strict.state))
    }

    fn searched(&self, best: &Tried, tried: &[Tried]) -> Interpretation {
        self.understood(
            alternative(self.reading, best),
            notes(self.reading, best),
            rivals(self.reading, tried, best.state),
        )
    }

    fn understood(&self, shown: Alternative, notes: Vec<String>, alternatives: Vec<Alternative>) -> Interpretation {
        let words: Vec<&str> = self.reading.words(0, self.reading.tokens.len()).collect();
        Interpretation::Understood {
            plan: shown.plan,
            sql: shown.sql,
            confidence: shown.confidence,
            alternatives,
            links: links(self.index, self.reading, self.text),
            chart_hint: named_chart(&words),
            notes,
        }
    }
}

/// Below this a reading is not shown as an answer: a wrong number told with confidence is worse than none. From here on nine
/// in ten are right on databases that were not trained on (docs/nlq.md).
const UNSURE: f64 = 0.75;

/// Why the best reading should not be shown as an answer.
fn doubt(reading: &Reading, best: &Tried) -> Option<String> {
    let meaningful = reading.mentions.iter().any(|m| m.options.first().is_some_and(|o| o.score >= 0.6))
        || reading.values.iter().any(|v| !v.hits.is_empty());
    if !meaningful && !best.candidate.edited {
        return Some("Nothing in the question names a table, a column or a value of this data source.".to_owned());
    }
    let unexplained = &best.candidate.unexplained;
    let words: Vec<&str> = unexplained.iter().map(|t| reading.lower(*t)).collect();
    let content = reading.tokens.iter().filter(|t| t.is_word() && !crate::lexicon::is_filler(&t.lower)).count();
    if words.len() >= 3 && words.len() * 2 > content {
        return Some(format!("I could not place \u{201c}{}\u{201d} in this data source.", words.join(" ")));
    }
    let confidence = best.confidence(reading);
    if confidence < UNSURE {
        return Some(format!(
            "I am not sure enough that I understand the question ({:.0} % sure). Name the table and the columns that it is about.",
            100.0 * confidence
        ));
    }
    None
}

/// What the reader should know.
fn notes(reading: &Reading, best: &Tried) -> Vec<String> {
    let mut notes = best.candidate.draft.notes.clone();
    if reading.dates.iter().any(|d| d.guessed_year) {
        notes.push("No year was given: the latest one that has begun is meant.".to_owned());
    }
    let unused: Vec<&str> = best.candidate.unexplained.iter().map(|t| reading.lower(*t)).collect();
    if !unused.is_empty() {
        notes.push(format!("Not used: {}.", unused.join(", ")));
    }
    notes
}

/// The questions that a message has to be read with, joined by line breaks: what a [`crate::Context`] remembers.
#[must_use]
pub fn trail(context: Option<&Context>, text: &str) -> String {
    let english = crate::hungarian::to_english(text, &|_| false);
    match context.filter(|_| grammar::is_follow_up(english.as_deref().unwrap_or(text))) {
        Some(context) => format!("{}\n{text}", context.question),
        None => text.to_owned(),
    }
}

fn declined(reason: String, index: &CatalogIndex, guess: Option<Alternative>) -> Interpretation {
    Interpretation::Declined { reason, suggestions: suggestions(index), guess }
}

/// Readings with another result than the one that is shown.
fn rivals(reading: &Reading, tried: &[Tried], shown: State) -> Vec<Alternative> {
    let mut seen = vec![shown];
    let mut found = Vec::new();
    for one in tried {
        if found.len() >= 3 || one.state == State::Failed || seen.contains(&one.state) {
            continue;
        }
        seen.push(one.state);
        found.push(alternative(reading, one));
    }
    found
}

fn alternative(reading: &Reading, tried: &Tried) -> Alternative {
    Alternative {
        plan: tried.candidate.plan.clone(),
        sql: tried.candidate.sql.clone(),
        confidence: tried.confidence(reading),
    }
}
