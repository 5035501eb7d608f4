//! Which date pattern all texts of a column follow.

use chrono::{NaiveDate, NaiveTime};

/// A pattern, and whether a text follows it.
type Format = (&'static str, fn(&str) -> bool);

/// In order of preference: the first pattern that all texts follow is the column's.
const FORMATS: &[Format] = &[
    ("%Y-%m-%d", |t| year_first(t, '-')),
    ("%Y-%m-%d %H:%M:%S", |t| date_and_time(t, ' ')),
    ("%Y-%m-%dT%H:%M:%S", |t| date_and_time(t, 'T')),
    ("%Y/%m/%d", |t| year_first(t, '/')),
    ("%d/%m/%Y", |t| year_last(t, '/', false)),
    ("%m/%d/%Y", |t| year_last(t, '/', true)),
    ("%d.%m.%Y", |t| year_last(t, '.', false)),
    ("%Y%m%d", compact),
    ("%Y-%m", year_and_month),
];
/// Distinct texts looked at; a pattern that holds for so many holds.
const ENOUGH: u32 = 5_000;

/// The patterns that are still possible, one bit each.
#[derive(Debug)]
pub(super) struct TextDates {
    possible: u16,
    looked_at: u32,
}

impl Default for TextDates {
    fn default() -> Self {
        Self { possible: u16::MAX, looked_at: 0 }
    }
}

impl TextDates {
    /// Rules out the patterns that `text` does not follow. Blank texts say nothing.
    pub(super) fn look_at(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() || self.looked_at >= ENOUGH {
            return;
        }
        self.looked_at += 1;
        for (bit, (_, follows)) in FORMATS.iter().enumerate() {
            if self.possible & (1 << bit) != 0 && !follows(text) {
                self.possible &= !(1 << bit);
            }
        }
    }

    /// Texts that were not blank.
    pub(super) const fn looked_at(&self) -> u32 {
        self.looked_at
    }

    pub(super) fn format(&self) -> Option<&'static str> {
        let mut formats = FORMATS.iter().enumerate();
        let first = formats.find(|(bit, _)| self.possible & (1 << bit) != 0);
        first.filter(|_| self.looked_at > 0).map(|(_, (format, _))| *format)
    }
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let year = i32::try_from(year).unwrap_or_default();
    (1000..3000).contains(&year) && NaiveDate::from_ymd_opt(year, month, day).is_some()
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

/// Zero-padded, as the databases' own date functions need it.
fn year_first(text: &str, separator: char) -> bool {
    let day =
        three(text, separator).and_then(|[y, m, d]| Some((number(y, 4..=4)?, number(m, 2..=2)?, number(d, 2..=2)?)));
    day.is_some_and(|(y, m, d)| is_day(y, m, d))
}

fn year_last(text: &str, separator: char, month_first: bool) -> bool {
    let parts =
        three(text, separator).and_then(|[a, b, y]| Some((number(a, 1..=2)?, number(b, 1..=2)?, number(y, 4..=4)?)));
    parts.is_some_and(|(a, b, y)| if month_first { is_day(y, a, b) } else { is_day(y, b, a) })
}

fn date_and_time(text: &str, separator: char) -> bool {
    let Some((date, time)) = text.split_once(separator) else {
        return false;
    };
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00")).unwrap_or(time);
    year_first(date, '-') && time.len() >= 8 && NaiveTime::parse_from_str(time, "%H:%M:%S%.f").is_ok()
}

/// Eight digits are a day only in years that data is usually about.
fn compact(text: &str) -> bool {
    let (Some(y), Some(m), Some(d)) = (text.get(..4), text.get(4..6), text.get(6..)) else {
        return false;
    };
    match (number(y, 4..=4), number(m, 2..=2), number(d, 2..=2)) {
        (Some(y), Some(m), Some(d)) => (1800..=2100).contains(&y) && is_day(y, m, d),
        _ => false,
    }
}

fn year_and_month(text: &str) -> bool {
    text.len() == 7 && year_first(&format!("{text}-01"), '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format_of(texts: &[&str]) -> Option<&'static str> {
        let mut dates = TextDates::default();
        texts.iter().for_each(|t| dates.look_at(t));
        dates.format()
    }

    #[test]
    fn a_pattern_holds_only_when_every_text_follows_it() {
        for (texts, expected) in [
            (&["2024-01-31", "1999-12-01"][..], Some("%Y-%m-%d")),
            (&["2024-01-31", "", " "], Some("%Y-%m-%d")),
            (&["2024-01-31", "2024-02-30"], None),
            (&["2024-01-31", "soon"], None),
            (&["2024-01-31 10:00:00", "2024-01-31 10:00:00.125"], Some("%Y-%m-%d %H:%M:%S")),
            (&["2024-01-31T10:00:00Z"], Some("%Y-%m-%dT%H:%M:%S")),
            (&["2024/01/31"], Some("%Y/%m/%d")),
            (&["31/01/2024", "1/2/2024"], Some("%d/%m/%Y")),
            (&["01/31/2024", "1/2/2024"], Some("%m/%d/%Y")),
            (&["31.01.2024"], Some("%d.%m.%Y")),
            (&["20240131"], Some("%Y%m%d")),
            (&["12345678"], None),
            (&["2024-01", "2023-12"], Some("%Y-%m")),
            (&["2024", "2023"], None),
            (&["", " "], None),
            (&[], None),
        ] {
            assert_eq!(format_of(texts), expected, "{texts:?}");
        }
    }
}
