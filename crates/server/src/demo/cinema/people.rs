use super::{Film, METADATA};
use crate::demo::dice::Dice;
use crate::demo::model::{DemoColumn, DemoTable, day, optional_text, text, ymd};
use datafyme_domain::Value;

const ACTORS: usize = 60;
const ROLES: usize = 150;

const FIRST: [&str; 20] = [
    "Mara", "Ivo", "Selene", "Tobias", "Ilka", "Ronan", "Priya", "Dezső", "Wren", "Casimir", "Noémi", "Hugo", "Anouk",
    "Bao", "Lachlan", "Yuki", "Odette", "Farid", "Greta", "Silas",
];
const LAST: [&str; 30] = [
    "Velling",
    "Okafor-Lind",
    "Harsányi",
    "Torrance",
    "Mirek",
    "Daxby",
    "Ferreol",
    "Quennell",
    "Ashdown",
    "Bellari",
    "Kovane",
    "Lisztes",
    "Norrby",
    "Pemble",
    "Rastin",
    "Saito-Lane",
    "Tilvane",
    "Umberfield",
    "Vasquelle",
    "Wexley",
    "Yardley",
    "Zellner",
    "Brandvold",
    "Cresting",
    "Dumore",
    "Elstow",
    "Fairlock",
    "Gyarmath",
    "Hexham",
    "Ingleton",
];
const BIRTHPLACES: [&str; 14] = [
    "United States",
    "Hungary",
    "United Kingdom",
    "Australia",
    "China",
    "France",
    "Japan",
    "Germany",
    "Ireland",
    "Canada",
    "Spain",
    "Brazil",
    "India",
    "Norway",
];
const TRAITS: [&str; 6] = [
    "Known for quiet, precise roles.",
    "Came to film from the circus.",
    "A stage actor who films between seasons.",
    "Also writes and directs.",
    "Discovered in a school play.",
    "Does all stunts in person.",
];

/// Actors and the roles they play. One pair of film and actor occurs twice: a double role.
pub(super) fn tables(dice: &mut Dice, films: &[Film]) -> Vec<DemoTable> {
    let actors: Vec<String> = (0..ACTORS).map(|_| dice.uuid()).collect();
    let actor_table = actor_table(dice, &actors);
    vec![actor_table, role_table(dice, films, &actors)]
}

fn actor_table(dice: &mut Dice, actors: &[String]) -> DemoTable {
    let columns = vec![
        DemoColumn::text("id"),
        DemoColumn::text("name"),
        DemoColumn::text("birthplace").nullable(),
        DemoColumn::text("birth_of_date").about("Date of birth, YYYY-MM-DD"),
        DemoColumn::text("description"),
    ];
    let rows = actors.iter().enumerate().map(|(i, id)| {
        // Every first name three times, never twice with one family name.
        let first = FIRST.get(i % FIRST.len()).copied().unwrap_or_default();
        let last = LAST.get((i * 7 + i / LAST.len()) % LAST.len()).copied().unwrap_or_default();
        let birthplace = BIRTHPLACES.get(dice.weighted(&[16, 9, 8, 6, 6, 5, 5, 4, 3, 3, 2, 2, 2, 1]));
        vec![
            text(id.as_str()),
            text(format!("{first} {last}")),
            optional_text(birthplace.filter(|_| i % 17 != 9).map(|b| (*b).to_owned())),
            text(day(ymd(1948, 3, 1), dice.below(20_000)).to_string()),
            text(dice.pick(&TRAITS)),
        ]
    });
    DemoTable::new(METADATA, "actors", columns).commented("Actors").filled(rows.collect())
}

fn role_table(dice: &mut Dice, films: &[Film], actors: &[String]) -> DemoTable {
    let columns = vec![
        DemoColumn::text("movie_id"),
        DemoColumn::text("actor_id"),
        DemoColumn::integer("running_time").about("Minutes of the whole film"),
        DemoColumn::integer("role_percent").about("Share of the film in which the actor is on screen, per cent"),
        DemoColumn::integer("role_time").about("Minutes on screen"),
        DemoColumn::integer("wage").about("Pay for the role, US dollars"),
    ];
    // The last four films have no cast on file; six actors have no role.
    let weights: Vec<usize> = (0..ACTORS).map(|a| if a % 10 == 7 { 0 } else { 1 + (a * 7) % 11 }).collect();
    let mut cast: Vec<(usize, usize)> = Vec::with_capacity(ROLES);
    while cast.len() + 1 < ROLES {
        let pair = (dice.below(films.len().saturating_sub(4)), dice.weighted(&weights));
        if !cast.contains(&pair) {
            cast.push(pair);
        }
    }
    cast.extend(cast.first().copied());
    cast.sort_unstable();
    let rows = (0i64..).zip(cast).filter_map(|(i, (film, actor))| {
        let (film, actor) = (films.get(film)?, actors.get(actor)?);
        let percent = dice.between(12, 89);
        // The row's number keeps wages apart from each other.
        let wage = 120_000 + film.budget / 100 + percent * dice.between(2_000, 9_000) + i;
        Some(vec![
            text(film.id.as_str()),
            text(actor.as_str()),
            Value::Int(film.running_time),
            Value::Int(percent),
            Value::Int(film.running_time * percent / 100),
            Value::Int(wage),
        ])
    });
    DemoTable::new(METADATA, "roles", columns)
        .commented("Who plays in which film, for how long and for how much")
        .filled(rows.collect())
}
