//! Words of the language, not of any database: numbers, cues, synonyms, countries. Written for this project.

mod carriers;
pub(crate) use carriers::{asks_no_column, is_filler, is_light_verb, is_stop_word};
mod adjectives;
mod countries;
mod thesaurus;

pub(crate) use adjectives::{Adjective, adjective};
pub(crate) use countries::country_codes;
pub use thesaurus::synonyms;

/// Value of a spelled-out number.
pub(crate) fn number_word(word: &str) -> Option<f64> {
    const WORDS: &[&str] = &[
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen",
    ];
    if let Some(value) = WORDS.iter().position(|w| *w == word) {
        return u32::try_from(value).ok().map(f64::from);
    }
    match word {
        "once" => Some(1.0),
        "twice" => Some(2.0),
        "thrice" => Some(3.0),
        "twenty" => Some(20.0),
        "thirty" => Some(30.0),
        "fifty" => Some(50.0),
        "hundred" => Some(100.0),
        _ => None,
    }
}

/// Number of a month, by its name or its three letters.
pub(crate) fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let exact = MONTHS.iter().position(|m| *m == word);
    let short = || {
        (word.len() == 3 || word == "sept")
            .then(|| MONTHS.iter().position(|m| m.starts_with(word.get(..3).unwrap_or(word))))
            .flatten()
    };
    exact.or_else(short).and_then(|i| u32::try_from(i + 1).ok())
}

/// Abbreviations in names of columns and tables.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("num", "number"),
    ("nbr", "number"),
    ("nr", "number"),
    ("no", "number"),
    ("desc", "description"),
    ("descr", "description"),
    ("dob", "birth date"),
    ("amt", "amount"),
    ("qty", "quantity"),
    ("avg", "average"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("lat", "latitude"),
    ("long", "longitude"),
    ("lng", "longitude"),
    ("lon", "longitude"),
    ("tel", "phone"),
    ("pct", "percent"),
    ("dept", "department"),
    ("dep", "department"),
    ("emp", "employee"),
    ("mgr", "manager"),
    ("yr", "year"),
    ("hrs", "hours"),
    ("sal", "salary"),
    ("addr", "address"),
    ("cust", "customer"),
    ("stu", "student"),
    ("fac", "faculty"),
    ("prof", "professor"),
    ("inst", "institution"),
    ("crs", "course"),
    ("fname", "first name"),
    ("lname", "last name"),
    ("minit", "middle initial"),
    ("src", "source"),
    ("source", "source"),
    ("dst", "destination"),
    ("dest", "destination"),
    ("acc", "account"),
    ("acct", "account"),
    ("prod", "product"),
    ("cat", "category"),
    ("org", "organization"),
    ("loc", "location"),
    ("temp", "temperature"),
    ("tot", "total"),
    ("pop", "population"),
    ("pos", "position"),
    ("dob2", "birth date"),
    ("bal", "balance"),
    ("trans", "transaction"),
    ("ref", "reference"),
    ("usd", "dollars"),
    ("lbs", "weight"),
    ("mpg", "mpg"),
    ("hp", "horsepower"),
    ("vol", "volume"),
    ("img", "image"),
    ("pic", "picture"),
    ("msg", "message"),
    ("cnt", "count"),
    ("info", "information"),
    ("grp", "group"),
    ("lang", "language"),
    ("enr", "enrollment"),
    ("apt", "apartment"),
    ("bldg", "building"),
    ("std", "standard"),
];

/// Expansion of an abbreviation that stands in names of columns and tables.
#[must_use]
pub fn expand(word: &str) -> Option<&'static str> {
    ABBREVIATIONS.iter().find(|(short, _)| *short == word).map(|(_, long)| *long)
}
