use super::{Film, METADATA};
use crate::demo::dice::Dice;
use crate::demo::model::{DemoColumn, DemoTable, day, hundredths, text, ymd};
use datafyme_domain::Value;

pub(super) const AGE_LIMITS: [&str; 5] = ["G", "PG", "PG-13", "R", "NC-17"];

/// (title, genre)
const FILMS: [(&str, &str); 60] = [
    ("The Salt Orchard", "Drama"),
    ("Nine Paper Lanterns", "Drama"),
    ("Copper Rain", "Thriller"),
    ("A Winter for Two Foxes", "Family"),
    ("The Cartographer's Debt", "Adventure"),
    ("Harbour of Small Lies", "Crime"),
    ("Moth Season", "Horror"),
    ("Last Ferry to Ellery", "Romance"),
    ("Velvet Static", "Science Fiction"),
    ("The Borrowed Sky", "Family"),
    ("Glass Meridian", "Science Fiction"),
    ("Who Fed the Lighthouse?", "Comedy"),
    ("Ash and Apricots", "Romance"),
    ("The Seventh Locksmith", "Crime"),
    ("Under the Quiet Engine", "Science Fiction"),
    ("Paprika and Thunder", "Comedy"),
    ("A Map of Empty Rooms", "Horror"),
    ("The Clockmender's Daughter", "Drama"),
    ("Redwood Protocol", "Action"),
    ("Twelve Minutes North", "Thriller"),
    ("The Reluctant Astronaut's Wife", "Comedy"),
    ("Iron Meadow", "Action"),
    ("Songs for a Borrowed Car", "Comedy"),
    ("The Tin Menagerie", "Family"),
    ("Silt", "Horror"),
    ("An Honest Counterfeit", "Crime"),
    ("Beneath Verrault", "Adventure"),
    ("The Long Left Turn", "Comedy"),
    ("Saffron Highway", "Adventure"),
    ("Echo Tax", "Thriller"),
    ("Marigold Zero", "Science Fiction"),
    ("The Orchid Wardens", "Adventure"),
    ("Sister of Smoke", "Horror"),
    ("Three Weddings in March", "Romance"),
    ("Kite String Theory", "Family"),
    ("The Ninth Parallel Bar", "Drama"),
    ("Cold Brass", "Action"),
    ("Letters to the Night Tram", "Romance"),
    ("The Pebble Conspiracy", "Comedy"),
    ("Stormglass", "Action"),
    ("Lullaby for a Submarine", "Drama"),
    ("The Understudy's Alibi", "Crime"),
    ("Far Side of Tuesday", "Science Fiction"),
    ("Wolves of Calder Bay", "Thriller"),
    ("The Biscuit Regatta", "Family"),
    ("Sable Crown", "Adventure"),
    ("Ghostlight Motel", "Horror"),
    ("A Fine Day for Forgery", "Crime"),
    ("Runway of Dust", "Action"),
    ("The Beekeeper's Summer", "Drama"),
    ("Polar Waltz", "Romance"),
    ("Night Shift at the Aquarium", "Comedy"),
    ("The Vanishing Ledger", "Thriller"),
    ("Emberline", "Action"),
    ("Grandmother's Rocket", "Family"),
    ("Hollow Bell", "Horror"),
    ("The Distance Between Trees", "Drama"),
    ("Quartz Republic", "Science Fiction"),
    ("Two Left Gloves", "Comedy"),
    ("Dragonfly Accord", "Action"),
];

const DESCRIPTIONS: [&str; 8] = [
    "A stranger returns to a town that has forgotten the reason for its own silence.",
    "Two rivals must share one night, one car and one very bad idea.",
    "What begins as a favour ends as the largest secret of the coast.",
    "A family crosses a continent with a promise nobody can remember making.",
    "The machine works. That is the problem.",
    "One summer, one letter, and everyone who read it.",
    "An old debt, a new name and twelve hours to choose between them.",
    "Nobody believes the child, until the lights go out.",
];

pub(super) fn draw(dice: &mut Dice) -> Vec<Film> {
    const COUNTS: [usize; 12] = [4, 4, 5, 5, 7, 9, 10, 6, 4, 6, 8, 12];
    FILMS
        .iter()
        .map(|(title, genre)| {
            let month = dice.weighted(&COUNTS) + 12 * dice.below(2);
            let (age_weights, blockbuster) = match *genre {
                "Family" => ([60, 35, 5, 0, 0], 14),
                "Horror" | "Thriller" => ([0, 2, 28, 45, 25], 0),
                "Action" | "Science Fiction" | "Adventure" => ([4, 20, 50, 24, 2], 24),
                _ => ([8, 24, 34, 24, 10], 0),
            };
            let appeal =
                (dice.between(4, 80) * dice.between(30, 100) / 100 + dice.below(blockbuster + 1) as i64).clamp(4, 100);
            Film {
                id: dice.uuid(),
                title,
                genre,
                released: month * 30 + dice.below(30),
                running_time: dice.between(81, 128) + dice.between(0, 45) * i64::from(blockbuster > 0),
                age_limit: dice.weighted(&age_weights),
                appeal,
                budget: (2_300_000 + appeal * dice.between(350_000, 900_000)) / 10_000 * 10_000,
            }
        })
        .collect()
}

pub(super) fn table(dice: &mut Dice, films: &[Film]) -> DemoTable {
    let columns = vec![
        DemoColumn::text("movie_id"),
        DemoColumn::text("title"),
        DemoColumn::text("genre"),
        DemoColumn::text("description").about("May be empty"),
        DemoColumn::text("release_date").about("First release, YYYY-MM-DD HH:MM:SS"),
        DemoColumn::integer("running_time").about("Minutes"),
        DemoColumn::integer("production_budget").about("US dollars"),
        DemoColumn::text("age_limit").about("G, PG, PG-13, R or NC-17"),
        DemoColumn::decimal("imdb_rating").nullable().about("Rating from 1 to 10; NULL when too few people voted"),
        DemoColumn::text("country_of_origin").about("ISO 3166 two-letter code"),
    ];
    let rows = (0i64..).zip(films).map(|(i, film)| {
        let origin = dice.weighted(&[36, 14, 9, 8, 8, 7, 7, 11]);
        let origins = ["US", "GB", "HU", "JP", "CN", "AU", "DE", "FR"];
        // Liked films rate higher; the film's own number keeps ratings apart.
        let rating = 400 + film.appeal * 4 + dice.between(0, 13) * 10 + i % 10;
        let hour = dice.between(0, 3) + 17;
        vec![
            text(film.id.as_str()),
            text(film.title),
            text(film.genre),
            text(if dice.chance(25) { "" } else { dice.pick(&DESCRIPTIONS) }),
            text(format!("{} {hour}:00:00", day(ymd(2024, 1, 1), film.released))),
            Value::Int(film.running_time),
            Value::Int(film.budget),
            text(AGE_LIMITS.get(film.age_limit).copied().unwrap_or_default()),
            if i % 19 == 11 { Value::Null } else { hundredths(rating) },
            text(origins.get(origin).copied().unwrap_or_default()),
        ]
    });
    DemoTable::new(METADATA, "movies_metadata", columns).commented("Films").keyed("movie_id").filled(rows.collect())
}
