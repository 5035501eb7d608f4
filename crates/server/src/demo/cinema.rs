//! A film catalogue and how each film did in five countries: six schemas in PostgreSQL, the same thirteen tables side
//! by side in SQLite. Only one key across schemas is declared. Attendance drives box office, and a film's appeal
//! drives both, so that they correlate. All films and people are invented.

mod countries;
mod films;
mod people;

use super::dice::Dice;
use super::model::{Dataset, DemoView};

const METADATA: &str = "movies_metadata";

/// A film, as the generator sees it.
struct Film {
    id: String,
    title: &'static str,
    genre: &'static str,
    /// Day of the release since the first of January 2024.
    released: usize,
    running_time: i64,
    /// Index into the age limits.
    age_limit: usize,
    /// How much the public likes it, 4 to 100.
    appeal: i64,
    budget: i64,
}

/// The dataset.
#[must_use]
pub fn dataset() -> Dataset {
    let films = films::draw(&mut Dice::new(11));
    let mut tables = vec![films::table(&mut Dice::new(12), &films)];
    tables.extend(people::tables(&mut Dice::new(13), &films));
    tables.extend(countries::tables(&films));
    let mut schemas = vec![METADATA];
    schemas.extend(countries::COUNTRIES.iter().map(|c| c.schema));
    Dataset { name: "cinema", schemas, tables, views: Vec::<DemoView>::new() }
}
