use super::{Film, METADATA};
use crate::demo::dice::Dice;
use crate::demo::model::{DemoColumn, DemoTable, day, text, ymd};
use datafyme_domain::Value;

/// One country's cinemas.
pub(super) struct Country {
    pub(super) schema: &'static str,
    attendance: &'static str,
    box_office: &'static str,
    attendance_comment: &'static str,
    box_office_comment: &'static str,
    /// Visitors per point of a film's appeal.
    visitors: i64,
    /// Average ticket price in cents of a US dollar.
    ticket: i64,
    /// Days between the first release and the one here.
    lag: usize,
    /// One film in so many is not shown here; 0: all are.
    skips: usize,
}

pub(super) const COUNTRIES: [Country; 5] = [
    Country {
        schema: "movies_hu",
        attendance: "attendance_hu",
        box_office: "box_office_hu",
        attendance_comment: "Visitors in Hungary, per film",
        box_office_comment: "Box office in Hungary, per film",
        visitors: 11_000,
        ticket: 520,
        lag: 21,
        skips: 8,
    },
    Country {
        schema: "movies_us",
        attendance: "attendance_us",
        box_office: "box_office_us",
        attendance_comment: "Visitors in the United States, per film",
        box_office_comment: "Box office in the United States, per film",
        visitors: 330_000,
        ticket: 810,
        lag: 0,
        skips: 0,
    },
    Country {
        schema: "movies_uk",
        attendance: "attendance_uk",
        box_office: "box_office_uk",
        attendance_comment: "Visitors in the United Kingdom, per film",
        box_office_comment: "Box office in the United Kingdom, per film",
        visitors: 92_000,
        ticket: 790,
        lag: 10,
        skips: 15,
    },
    Country {
        schema: "movies_aus",
        attendance: "attendance_aus",
        box_office: "box_office_aus",
        attendance_comment: "Visitors in Australia, per film",
        box_office_comment: "Box office in Australia, per film",
        visitors: 57_000,
        ticket: 700,
        lag: 12,
        skips: 11,
    },
    Country {
        schema: "movies_chi",
        attendance: "attendance_chi",
        box_office: "box_office_chi",
        attendance_comment: "Visitors in China, per film",
        box_office_comment: "Box office in China, per film",
        visitors: 84_000,
        ticket: 560,
        lag: 14,
        skips: 6,
    },
];

pub(super) fn tables(films: &[Film]) -> Vec<DemoTable> {
    (20..)
        .zip(&COUNTRIES)
        .flat_map(|(stream, country)| country_tables(&mut Dice::new(stream), country, films))
        .collect()
}

fn country_tables(dice: &mut Dice, country: &Country, films: &[Film]) -> [DemoTable; 2] {
    let mut attendance = Vec::with_capacity(films.len());
    let mut box_office = Vec::with_capacity(films.len());
    for (i, film) in films.iter().enumerate() {
        if country.skips > 0 && i % country.skips == country.skips / 2 {
            continue;
        }
        let visitors = film.appeal * country.visitors * dice.between(62, 138) / 100 + dice.between(0, 999);
        let takings = visitors * country.ticket * dice.between(86, 116) / 10_000;
        let [g, pg, pg_13, r, nc_17] = audience(dice, film.age_limit).map(Value::Int);
        attendance.push(vec![text(film.id.as_str()), Value::Int(visitors), g, pg, pg_13, r, nc_17]);
        box_office.push(vec![
            text(film.id.as_str()),
            text(day(ymd(2024, 1, 1), film.released + country.lag).to_string()),
            Value::Int(takings),
        ]);
    }
    let attendance_table = DemoTable::new(country.schema, country.attendance, attendance_columns())
        .commented(country.attendance_comment)
        .filled(attendance);
    let box_office_table = DemoTable::new(country.schema, country.box_office, box_office_columns())
        .commented(country.box_office_comment)
        .filled(box_office);
    let declared = country.schema == "movies_hu";
    [
        if declared { attendance_table.referencing("movie_id", METADATA, "movies_metadata") } else { attendance_table },
        box_office_table,
    ]
}

/// Per cent of the visitors in each age group, summing to 100: most are of the film's own.
fn audience(dice: &mut Dice, age_limit: usize) -> [i64; 5] {
    let mut shares = [0; 5];
    let mut left = 100;
    for (group, share) in shares.iter_mut().enumerate() {
        if group != age_limit {
            *share = dice.between(3, 14);
            left -= *share;
        }
    }
    if let Some(own) = shares.get_mut(age_limit) {
        *own = left;
    }
    shares
}

fn attendance_columns() -> Vec<DemoColumn> {
    vec![
        DemoColumn::text("movie_id"),
        DemoColumn::integer("attendance").about("Visitors"),
        DemoColumn::integer("g_attendance").about("Per cent of the visitors in age group G"),
        DemoColumn::integer("pg_attendance").about("Per cent of the visitors in age group PG"),
        DemoColumn::integer("pg_13_attendance").about("Per cent of the visitors in age group PG-13"),
        DemoColumn::integer("r_attendance").about("Per cent of the visitors in age group R"),
        DemoColumn::integer("nc_17_attendance").about("Per cent of the visitors in age group NC-17"),
    ]
}

fn box_office_columns() -> Vec<DemoColumn> {
    vec![
        DemoColumn::text("movie_id"),
        DemoColumn::date("release_date").about("Release in this country"),
        DemoColumn::integer("box_office_hit").about("Takings, US dollars"),
    ]
}
