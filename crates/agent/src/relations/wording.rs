//! The reasons of a relation in words: the only place that makes them.

use crate::wording::{article, decimal_comma};
use datafyme_domain::{EvidenceBasis, Relation, RelationReason, TableRef, ToldReasons};
use datafyme_nlq::Language;
use serde::Serialize;

/// A relation as it is told to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ToldRelation {
    /// The relation.
    #[serde(flatten)]
    pub relation: Relation,
    /// Its reasons in words, strongest first, in the language that was asked for: those of `evidence`, one by one.
    pub reasons: Vec<String>,
}

impl ToldRelation {
    /// Told in a language; in English where there are no words in it.
    #[must_use]
    pub fn new(relation: Relation, language: Language) -> Self {
        Self { reasons: reasons(&relation, language), relation }
    }
}

/// The reasons in words, strongest first. Words of earlier versions and of a model stay in the language that they are in.
#[must_use]
pub fn reasons(relation: &Relation, language: Language) -> Vec<String> {
    let tell = match language {
        Language::Hu => hungarian,
        Language::En | Language::Other => english,
    };
    relation.evidence.reasons.iter().map(|reason| tell(relation, reason)).collect()
}

/// The reasons of relations in every language that there are words in: for what is kept, and read by who knows whom.
#[must_use]
pub fn in_all_languages(relations: &[Relation]) -> Vec<ToldReasons> {
    if relations.is_empty() {
        return Vec::new();
    }
    let told = |code: &str, language| ToldReasons {
        language: code.to_owned(),
        reasons: relations.iter().map(|relation| reasons(relation, language)).collect(),
    };
    vec![told("en", Language::En), told("hu", Language::Hu)]
}

fn english(relation: &Relation, reason: &RelationReason) -> String {
    let (child, parent) = (columns(relation, " and "), parent_key(relation));
    match reason {
        RelationReason::Declared => "declared as a foreign key in the database".to_owned(),
        RelationReason::AddedByPerson => "added by a person".to_owned(),
        RelationReason::RowsMatched => {
            let Matched { rows, orphans, sampled, percent } = Matched::of(relation);
            let (table, looked_at) = (&relation.from_table, if sampled { " looked at" } else { "" });
            if orphans == 0 {
                format!("all {rows} rows of {table}{looked_at} with a {child} have a match in {parent}")
            } else {
                format!(
                    "{percent:.1} % of the rows of {table}{looked_at} with a {child} have a match in {parent}; {orphans} have none"
                )
            }
        }
        RelationReason::ValuesEstimated => {
            let percent = 100.0 * relation.evidence.containment.unwrap_or(0.0);
            format!("about {percent:.0} % of the values of {child} are in {parent}, by samples of both")
        }
        RelationReason::NotCompared => format!("no values of {child} and {parent} could be compared"),
        RelationReason::FewerMatches => {
            let (now, before) = drift(relation);
            format!("fewer values have a match than before: {now:.1} % instead of {before:.1} %")
        }
        RelationReason::NameFits => format!("the name {child} names {parent}"),
        RelationReason::NameAlike => format!("the name {child} resembles the name of {parent}"),
        RelationReason::NamedLikeKey => format!("the columns are named like {parent}, a primary key"),
        RelationReason::TypeNamesParent => format!("{} names the table {}", condition(relation), relation.to_table),
        RelationReason::PrimaryKey => format!("{parent} is a primary key"),
        RelationReason::UniqueInData => format!("{parent} is unique in the data"),
        RelationReason::SameType { declared_type } => format!("both are {declared_type}"),
        RelationReason::ToBeConfirmed => {
            "within one table such values may be there by chance: it is used once a person has confirmed it".to_owned()
        }
        RelationReason::ModelOpinion { likely, reason } => {
            let opinion = if *likely { "likely" } else { "unlikely" };
            format!("a language model holds it for {opinion}: {reason}")
        }
        RelationReason::Text { text } => text.clone(),
    }
}

fn hungarian(relation: &Relation, reason: &RelationReason) -> String {
    let (child, parent) = (columns(relation, " és "), parent_key(relation));
    let the = |name: &str| format!("{} {name}", article(name));
    match reason {
        RelationReason::Declared => "az adatbázisban idegen kulcsként van megadva".to_owned(),
        RelationReason::AddedByPerson => "egy ember vette fel".to_owned(),
        RelationReason::RowsMatched => {
            let Matched { rows, orphans, sampled, percent } = Matched::of(relation);
            let table = the(&relation.from_table.to_string());
            let looked_at = if sampled { " megnézett" } else { "" };
            if orphans == 0 {
                format!(
                    "{table} tábla{looked_at} sorai közül mind a(z) {rows}, amelyben van {child}, párra talál itt: {parent}"
                )
            } else {
                let percent = decimal_comma(&format!("{percent:.1}"));
                format!(
                    "{table} tábla azon{looked_at} sorainak {percent} %-a, amelyekben van {child}, párra talál itt: {parent}; {orphans} sornak nincs párja"
                )
            }
        }
        RelationReason::ValuesEstimated => {
            let percent = 100.0 * relation.evidence.containment.unwrap_or(0.0);
            format!("{} értékeinek kb. {percent:.0} %-a megvan itt: {parent}, mindkettő mintái alapján", the(&child))
        }
        RelationReason::NotCompared => format!("{child} és {parent} értékeit nem lehetett összevetni"),
        RelationReason::FewerMatches => {
            let (now, before) = drift(relation);
            let told = |percent: f64| decimal_comma(&format!("{percent:.1} %"));
            format!("kevesebb értéknek van párja, mint korábban: {} helyett {}", told(before), told(now))
        }
        RelationReason::NameFits => format!("{} név ezt nevezi meg: {parent}", the(&child)),
        RelationReason::NameAlike => format!("{} név hasonlít ennek a nevére: {parent}", the(&child)),
        RelationReason::NamedLikeKey => format!("az oszlopok neve olyan, mint ezé az elsődleges kulcsé: {parent}"),
        RelationReason::TypeNamesParent => {
            format!("{} ezt a táblát nevezi meg: {}", condition(relation), relation.to_table)
        }
        RelationReason::PrimaryKey => format!("{parent} elsődleges kulcs"),
        RelationReason::UniqueInData => format!("{parent} az adatokban egyedi"),
        RelationReason::SameType { declared_type } => format!("mindkettő típusa {declared_type}"),
        RelationReason::ToBeConfirmed => {
            "egy táblán belül az ilyen értékek véletlenül is egyezhetnek: akkor számít, ha egy ember megerősítette"
                .to_owned()
        }
        RelationReason::ModelOpinion { likely, reason } => {
            let opinion = if *likely { "valószínűnek" } else { "valószínűtlennek" };
            format!("egy nyelvi modell {opinion} tartja: {reason}")
        }
        RelationReason::Text { text } => text.clone(),
    }
}

/// How many rows of the child found their parent.
struct Matched {
    rows: u64,
    orphans: u64,
    /// Whether not all rows were looked at.
    sampled: bool,
    /// Of the rows, those that found theirs.
    percent: f64,
}

impl Matched {
    fn of(relation: &Relation) -> Self {
        let evidence = &relation.evidence;
        let (rows, orphans) = (evidence.child_rows.unwrap_or(0), evidence.orphan_rows.unwrap_or(0));
        let percent = 100.0 * rows.saturating_sub(orphans) as f64 / rows.max(1) as f64;
        Self { rows, orphans, sampled: evidence.basis == EvidenceBasis::SampledRows, percent }
    }
}

/// Per cent of the values with a match, now and before.
fn drift(relation: &Relation) -> (f64, f64) {
    let percent = |share: Option<f64>| 100.0 * share.unwrap_or(0.0);
    (percent(relation.evidence.containment), percent(relation.evidence.containment_before))
}

/// The child's columns.
fn columns(relation: &Relation, and: &str) -> String {
    relation.from_columns.join(and)
}

/// `customers.id`, `order_lines.(order_id, line)`.
fn parent_key(relation: &Relation) -> String {
    let key = |table: &TableRef, columns: &[String]| match columns {
        [one] => format!("{table}.{one}"),
        several => format!("{table}.({})", several.join(", ")),
    };
    key(&relation.to_table, &relation.to_columns)
}

fn condition(relation: &Relation) -> String {
    relation.condition.as_ref().map_or_else(String::new, |c| format!("{} = {}", c.column, c.value))
}

#[cfg(test)]
mod tests;
