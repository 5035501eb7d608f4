//! Calendar periods in result columns: what `2024-03`, `2024-Q1` or a date truncated to its month stand for.
//! Shared by the rules that choose a chart and by those who draw it, so that both see the same axis.

use crate::Value;
use chrono::{Datelike, NaiveDate, NaiveTime};

/// Length of a calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday on.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

impl Period {
    /// English name: `month`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Running number of the period that `date` lies in: neighbours differ by one.
    #[must_use]
    pub fn ordinal(self, date: NaiveDate) -> i64 {
        let (year, month) = (i64::from(date.year()), i64::from(date.month0()));
        match self {
            Self::Day => i64::from(date.num_days_from_ce()),
            Self::Week => (i64::from(date.num_days_from_ce()) - 1).div_euclid(7),
            Self::Month => year * 12 + month,
            Self::Quarter => year * 4 + month / 3,
            Self::Year => year,
        }
    }

    /// First day of the period of that running number; absent beyond the calendar.
    #[must_use]
    pub fn start(self, ordinal: i64) -> Option<NaiveDate> {
        let month = |year: i64, month0: i64| {
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month0 + 1).ok()?, 1)
        };
        match self {
            Self::Day => NaiveDate::from_num_days_from_ce_opt(i32::try_from(ordinal).ok()?),
            Self::Week => NaiveDate::from_num_days_from_ce_opt(i32::try_from(ordinal * 7 + 1).ok()?),
            Self::Month => month(ordinal.div_euclid(12), ordinal.rem_euclid(12)),
            Self::Quarter => month(ordinal.div_euclid(4), ordinal.rem_euclid(4) * 3),
            Self::Year => month(ordinal, 0),
        }
    }
}

/// The periods of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    /// Their common length.
    pub period: Period,
    /// Running number per value, see [`Period::ordinal`]; absent for NULL.
    pub ordinals: Vec<Option<i64>>,
}

/// Reads a column as calendar periods, where every value but NULL is one: dates, timestamps at midnight, and the texts
/// `2024`, `2024-03`, `2024-03-05`, `2024-03-05 00:00:00`, `2024-W09`, `2024-53` (a week, where a number beyond twelve
/// occurs), `2024-Q1`, `Q1 2024`. Whole numbers from 1500 to 2200 are years. Dates that all start a longer period
/// stand for that one.
#[must_use]
pub fn detect<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> Option<Periods> {
    let weeks = values.clone().any(|value| match value {
        Value::Text(text) => year_and_number(text).is_some_and(|(_, number)| number == 0 || number > 12),
        _ => false,
    });
    let mut found: Vec<Option<(Period, NaiveDate)>> = Vec::new();
    for value in values {
        found.push(match value {
            Value::Null => None,
            other => Some(read(other, weeks)?),
        });
    }
    let mut known = found.iter().flatten();
    let first = known.next()?.0;
    if known.any(|(period, _)| *period != first) {
        return None;
    }
    let period = if first == Period::Day { coarsest(found.iter().flatten().map(|(_, date)| *date)) } else { first };
    let ordinals = found.iter().map(|v| v.map(|(_, date)| period.ordinal(date))).collect();
    Some(Periods { period, ordinals })
}

fn read(value: &Value, weeks: bool) -> Option<(Period, NaiveDate)> {
    match value {
        Value::Date(date) => Some((Period::Day, *date)),
        Value::Timestamp(moment) => (moment.time() == NaiveTime::MIN).then(|| (Period::Day, moment.date())),
        Value::TimestampTz(moment) => (moment.time() == NaiveTime::MIN).then(|| (Period::Day, moment.date_naive())),
        Value::Int(year) if (1500..=2200).contains(year) => Some((Period::Year, Period::Year.start(*year)?)),
        Value::Text(text) => read_text(text.trim(), weeks),
        _ => None,
    }
}

fn read_text(text: &str, weeks: bool) -> Option<(Period, NaiveDate)> {
    if !text.is_ascii() || text.len() > 29 {
        return None;
    }
    if text.len() >= 10
        && let Some(head) = text.get(..10)
        && let Ok(date) = NaiveDate::parse_from_str(head, "%Y-%m-%d")
    {
        let midnight = text.get(10..).is_some_and(|tail| tail.chars().all(|c| "T 0:.Z+".contains(c)));
        return midnight.then_some((Period::Day, date));
    }
    if let Some(year) = year_of(text) {
        return Some((Period::Year, Period::Year.start(i64::from(year))?));
    }
    if let Some((year, number)) = year_and_number(text) {
        return if weeks {
            let monday = NaiveDate::parse_from_str(&format!("{year}-{number:02}-1"), "%Y-%W-%u").ok();
            // Week 0 holds the days before the first Monday.
            Some((Period::Week, monday.or_else(|| NaiveDate::from_ymd_opt(year, 1, 1))?))
        } else {
            Some((Period::Month, NaiveDate::from_ymd_opt(year, number, 1)?))
        };
    }
    let upper = text.to_ascii_uppercase();
    if let Some((year, week)) = upper.split_once("-W") {
        let date = NaiveDate::from_isoywd_opt(year_of(year)?, week.parse().ok()?, chrono::Weekday::Mon)?;
        return Some((Period::Week, date));
    }
    let (before, after) = upper.split_once('Q')?;
    let (quarter, year) = match after.trim().split_once([' ', '-', '/']) {
        Some((quarter, year)) if before.is_empty() => (quarter, year),
        _ => (after, before),
    };
    let quarter: u32 = quarter.trim().parse().ok().filter(|q| (1..=4).contains(q))?;
    let year = year_of(year.trim_matches(|c: char| " -/".contains(c)))?;
    Some((Period::Quarter, NaiveDate::from_ymd_opt(year, quarter * 3 - 2, 1)?))
}

/// A year of four digits that can be one.
fn year_of(text: &str) -> Option<i32> {
    let year = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    year.filter(|year| text.len() == 4 && (1500..=2200).contains(year))
}

/// `2024-07` → (2024, 7).
fn year_and_number(text: &str) -> Option<(i32, u32)> {
    let (year, number) = text.trim().split_once(['-', '/'])?;
    let two_digits = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
    Some((year_of(year)?, number.parse().ok().filter(|n| two_digits && *n <= 53)?))
}

/// The longest period that all these days begin. A single day stays a day.
fn coarsest(days: impl Iterator<Item = NaiveDate>) -> Period {
    let mut days: Vec<NaiveDate> = days.collect();
    days.sort_unstable();
    days.dedup();
    if days.len() < 2 {
        return Period::Day;
    }
    let all = |begins: fn(&NaiveDate) -> bool| days.iter().all(begins);
    if all(|d| d.ordinal() == 1) {
        Period::Year
    } else if all(|d| d.day() == 1 && d.month0() % 3 == 0) {
        Period::Quarter
    } else if all(|d| d.day() == 1) {
        Period::Month
    } else if days.len() > 2 && all(|d| d.weekday() == chrono::Weekday::Mon) {
        Period::Week
    } else {
        Period::Day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Option<Periods> {
        let values: Vec<Value> = values.iter().map(|v| Value::Text((*v).to_owned())).collect();
        detect(values.iter())
    }

    #[test]
    fn spellings_of_periods_are_read() {
        let period = |values: &[&str]| texts(values).map(|p| p.period);
        assert_eq!(period(&["2024-01", "2024-03"]), Some(Period::Month));
        assert_eq!(period(&["2024-01", "2024-27"]), Some(Period::Week));
        assert_eq!(period(&["2024-W01", "2024-W52"]), Some(Period::Week));
        assert_eq!(period(&["2024", "2025"]), Some(Period::Year));
        assert_eq!(period(&["2024-Q1", "2024 Q2", "Q3 2024", "2024Q4"]), Some(Period::Quarter));
        assert_eq!(period(&["2024-01-05", "2024-02-09 00:00:00"]), Some(Period::Day));
        assert_eq!(period(&["2024-01-01", "2024-02-01"]), Some(Period::Month));
        assert_eq!(period(&["2024-01-05 10:30:00"]), None, "a moment is no period");
        assert_eq!(period(&["2024-01", "2024"]), None, "mixed lengths");
        assert_eq!(period(&["2024-01", "total"]), None);
        assert_eq!(period(&["Ünnep"]), None);
        assert_eq!(period(&["Q", "Q1", "FAQ 12"]), None);
        assert_eq!(detect([Value::Null].iter()), None);
        assert_eq!(detect([].iter()), None);
    }

    #[test]
    fn neighbouring_periods_have_neighbouring_numbers() {
        let ordinals = |values: &[&str]| {
            let ordinals = texts(values).unwrap().ordinals;
            ordinals[1].unwrap() - ordinals[0].unwrap()
        };
        assert_eq!(ordinals(&["2024-12", "2025-01"]), 1);
        assert_eq!(ordinals(&["2024-Q4", "2025-Q1"]), 1);
        assert_eq!(ordinals(&["2024-W52", "2025-W01"]), 1);
        assert_eq!(ordinals(&["2024-02-28", "2024-02-29"]), 1);
    }

    #[test]
    fn a_period_starts_where_its_number_says() {
        let date = NaiveDate::from_ymd_opt(2025, 8, 14).unwrap();
        for (period, start) in [
            (Period::Day, (2025, 8, 14)),
            (Period::Week, (2025, 8, 11)),
            (Period::Month, (2025, 8, 1)),
            (Period::Quarter, (2025, 7, 1)),
            (Period::Year, (2025, 1, 1)),
        ] {
            let expected = NaiveDate::from_ymd_opt(start.0, start.1, start.2);
            assert_eq!(period.start(period.ordinal(date)), expected, "{period:?}");
        }
    }

    #[test]
    fn whole_numbers_are_years_only_where_they_can_be() {
        let years = [Value::Int(2024), Value::Null, Value::Int(2025)];
        assert_eq!(detect(years.iter()).unwrap().ordinals, [Some(2024), None, Some(2025)]);
        assert_eq!(detect([Value::Int(17)].iter()), None);
    }
}
