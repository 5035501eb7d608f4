//! Days and periods that a question names.

use crate::{lexicon, plan::Grain, tokens::Token};
use chrono::{Datelike, Days, Months, NaiveDate};

/// A day or period in a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DateSpan {
    /// Tokens, from the first to before the last; words such as "in" and "after" are part of it.
    pub start: usize,
    pub end: usize,
    /// First day meant; absent for "before …".
    pub from: Option<NaiveDate>,
    /// Last day meant; absent for "since …".
    pub to: Option<NaiveDate>,
    /// The size of what was named: a day, a month, a year.
    pub grain: Grain,
    /// A bare number that may as well be a count: `2024`.
    pub weak: bool,
    /// Month named without a year: taken as the latest one that is not after today.
    pub guessed_year: bool,
}

/// A point or period read at one place.
#[derive(Clone, Copy)]
struct Piece {
    end: usize,
    from: NaiveDate,
    to: NaiveDate,
    grain: Grain,
    weak: bool,
    guessed_year: bool,
}

/// All days and periods that `tokens` name, left to right, not overlapping.
pub(crate) fn find(tokens: &[Token], today: NaiveDate) -> Vec<DateSpan> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match span_at(tokens, at, today) {
            Some(span) => {
                at = span.end;
                spans.push(span);
            }
            None => at += 1,
        }
    }
    spans
}

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |t| t.lower.as_str())
}

fn before(tokens: &[Token], at: usize, back: usize) -> &str {
    at.checked_sub(back).map_or("", |p| word(tokens, p))
}

fn span_at(tokens: &[Token], at: usize, today: NaiveDate) -> Option<DateSpan> {
    let previous = before(tokens, at, 1);
    if let Some(span) = days_of_one_month(tokens, at, today) {
        return Some(span);
    }
    let first = piece(tokens, at, today)?;
    let linked = matches!(word(tokens, first.end), "and" | "to" | "until" | "till" | "through" | "-" | "–");
    if linked
        && matches!(previous, "between" | "from")
        && let Some(mut second) = piece(tokens, first.end + 1, today)
    {
        let mut first = first;
        // "between May and July 2024": the year belongs to both.
        if first.guessed_year && !second.guessed_year {
            first = with_year(first, second.to.year());
        }
        if first.from > second.to {
            second = with_year(second, second.to.year() + 1);
        }
        return Some(DateSpan {
            start: at - 1,
            end: second.end,
            from: Some(first.from),
            to: Some(second.to),
            grain: second.grain,
            weak: first.weak && second.weak,
            guessed_year: second.guessed_year,
        });
    }
    Some(with_cue(tokens, at, first))
}

/// "from 1 to 7 December 2025"
fn days_of_one_month(tokens: &[Token], at: usize, today: NaiveDate) -> Option<DateSpan> {
    let first = day_number(tokens, at)?;
    let linked = matches!(word(tokens, at + 1), "and" | "to" | "until" | "-" | "–");
    if !linked || !matches!(before(tokens, at, 1), "between" | "from") {
        return None;
    }
    day_number(tokens, at + 2)?;
    let last = month_phrase(tokens, at + 2, today)?;
    Some(DateSpan {
        start: at - 1,
        end: last.end,
        from: Some(last.from.with_day(first)?),
        to: Some(last.to),
        grain: Grain::Day,
        weak: false,
        guessed_year: last.guessed_year,
    })
}

fn with_year(piece: Piece, year: i32) -> Piece {
    let shift = |d: NaiveDate| d.with_year(year).unwrap_or(d);
    Piece { from: shift(piece.from), to: shift(piece.to), ..piece }
}

fn with_cue(tokens: &[Token], at: usize, piece: Piece) -> DateSpan {
    let (previous, earlier) = (before(tokens, at, 1), before(tokens, at, 2));
    let mut start = at;
    let (mut from, mut to) = (Some(piece.from), Some(piece.to));
    let next = word(tokens, piece.end);
    let mut end = piece.end;
    match (earlier, previous) {
        ("on" | "in", "or") => {}
        ("later" | "newer" | "more" | "greater", "than") | (_, "after") => {
            start = at - if previous == "than" { 2 } else { 1 };
            from = piece.to.succ_opt();
            to = None;
        }
        ("earlier" | "older" | "less" | "fewer", "than") | (_, "before") => {
            start = at - if previous == "than" { 2 } else { 1 };
            to = piece.from.pred_opt();
            from = None;
        }
        (_, "since" | "starting" | "from") => {
            start = at - 1;
            to = None;
        }
        (_, "until" | "till" | "through" | "by") if previous != "by" || piece.grain == Grain::Day => {
            start = at - 1;
            from = None;
        }
        (_, "in" | "on" | "during" | "for" | "of" | "at") => start = at - 1,
        (_, "year" | "month") if matches!(earlier, "in" | "the" | "of" | "during") => start = at - 2,
        _ => {}
    }
    if next == "or" && matches!(word(tokens, piece.end + 1), "later" | "after" | "newer") {
        to = None;
        end += 2;
    } else if next == "or" && matches!(word(tokens, piece.end + 1), "earlier" | "before" | "older") {
        from = None;
        end += 2;
    }
    DateSpan { start, end, from, to, grain: piece.grain, weak: piece.weak, guessed_year: piece.guessed_year }
}

fn piece(tokens: &[Token], at: usize, today: NaiveDate) -> Option<Piece> {
    iso(tokens, at)
        .or_else(|| relative(tokens, at, today))
        .or_else(|| quarter(tokens, at, today))
        .or_else(|| month_phrase(tokens, at, today))
        .or_else(|| year_alone(tokens, at))
}

fn make(end: usize, from: NaiveDate, to: NaiveDate, grain: Grain) -> Piece {
    Piece { end, from, to, grain, weak: false, guessed_year: false }
}

fn iso(tokens: &[Token], at: usize) -> Option<Piece> {
    let token = tokens.get(at)?;
    let text = token.text.trim();
    let day = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    // A quoted timestamp is compared as it is written.
    (text.len() == 10 || token.kind == crate::tokens::TokenKind::IsoDate).then(|| make(at + 1, day, day, Grain::Day))
}

fn month_bounds(year: i32, month: u32) -> Option<(NaiveDate, NaiveDate)> {
    let from = NaiveDate::from_ymd_opt(year, month, 1)?;
    let to = from.checked_add_months(Months::new(1))?.pred_opt()?;
    Some((from, to))
}

fn year_bounds(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?))
}

fn year_number(tokens: &[Token], at: usize) -> Option<i32> {
    let token = tokens.get(at)?;
    let value = token.number()?;
    let plain = token.text.len() == 4 && !token.text.contains(['.', ',']);
    (plain && (1000.0..2200.0).contains(&value)).then_some(value as i32)
}

fn day_number(tokens: &[Token], at: usize) -> Option<u32> {
    let token = tokens.get(at)?;
    let digits: String = token.lower.chars().take_while(char::is_ascii_digit).collect();
    let rest = token.lower.get(digits.len()..)?;
    let day: u32 = digits.parse().ok()?;
    (matches!(rest, "" | "st" | "nd" | "rd" | "th") && (1..=31).contains(&day)).then_some(day)
}

fn month_phrase(tokens: &[Token], at: usize, today: NaiveDate) -> Option<Piece> {
    // 5 March 2024, 5th of March
    if let Some(day) = day_number(tokens, at) {
        let month_at = if word(tokens, at + 1) == "of" { at + 2 } else { at + 1 };
        if let Some(month) = lexicon::month(word(tokens, month_at)) {
            return dated(tokens, month_at + 1, day, month, today);
        }
    }
    let month = lexicon::month(word(tokens, at))?;
    let name = word(tokens, at);
    let previous = before(tokens, at, 1);
    let year_follows = year_number(tokens, at + 1).is_some()
        || (word(tokens, at + 1) == "of" && year_number(tokens, at + 2).is_some());
    let calendar = matches!(
        previous,
        "in" | "during"
            | "since"
            | "after"
            | "before"
            | "until"
            | "between"
            | "from"
            | "to"
            | "and"
            | "of"
            | "for"
            | "by"
            | "last"
            | "this"
    );
    if matches!(name, "may" | "march" | "mar" | "dec" | "sep" | "jan" | "jun" | "apr")
        && !year_follows
        && !calendar
        && day_number(tokens, at + 1).is_none()
    {
        return None;
    }
    // March 5, 2024
    if let Some(day) = day_number(tokens, at + 1)
        && year_number(tokens, at + 1).is_none()
    {
        return dated(tokens, at + 2, day, month, today);
    }
    let year_at = if matches!(word(tokens, at + 1), "of" | ",") { at + 2 } else { at + 1 };
    if let Some(year) = year_number(tokens, year_at) {
        let (from, to) = month_bounds(year, month)?;
        return Some(make(year_at + 1, from, to, Grain::Month));
    }
    let year = if month > today.month() { today.year() - 1 } else { today.year() };
    let (from, to) = month_bounds(year, month)?;
    Some(Piece { guessed_year: true, ..make(at + 1, from, to, Grain::Month) })
}

fn dated(tokens: &[Token], after: usize, day: u32, month: u32, today: NaiveDate) -> Option<Piece> {
    let year_at = if word(tokens, after) == "," { after + 1 } else { after };
    match year_number(tokens, year_at) {
        Some(year) => {
            let date = NaiveDate::from_ymd_opt(year, month, day)?;
            Some(make(year_at + 1, date, date, Grain::Day))
        }
        None => {
            let this_year = NaiveDate::from_ymd_opt(today.year(), month, day)?;
            let date = if this_year > today { this_year.with_year(today.year() - 1)? } else { this_year };
            Some(Piece { guessed_year: true, ..make(after, date, date, Grain::Day) })
        }
    }
}

fn quarter(tokens: &[Token], at: usize, today: NaiveDate) -> Option<Piece> {
    let (number, mut end) = match (word(tokens, at), word(tokens, at + 1)) {
        ("q1", _) => (1, at + 1),
        ("q2", _) => (2, at + 1),
        ("q3", _) => (3, at + 1),
        ("q4", _) => (4, at + 1),
        ("first", "quarter") => (1, at + 2),
        ("second", "quarter") => (2, at + 2),
        ("third", "quarter") => (3, at + 2),
        ("fourth", "quarter") => (4, at + 2),
        _ => return None,
    };
    if matches!(word(tokens, end), "of" | "in") {
        end += 1;
    }
    let year = year_number(tokens, end);
    let from_year = year.unwrap_or(today.year());
    let (from, _) = month_bounds(from_year, number * 3 - 2)?;
    let (_, to) = month_bounds(from_year, number * 3)?;
    let end = if year.is_some() { end + 1 } else { end };
    Some(Piece { guessed_year: year.is_none(), ..make(end, from, to, Grain::Quarter) })
}

fn year_alone(tokens: &[Token], at: usize) -> Option<Piece> {
    let (start, number_at) = if word(tokens, at) == "year" { (at, at + 1) } else { (at, at) };
    let year = year_number(tokens, number_at)?;
    let (from, to) = year_bounds(year)?;
    let calendar = matches!(
        before(tokens, start, 1),
        "in" | "during" | "since" | "of" | "for" | "year" | "between" | "from" | "and" | "before" | "after" | "until"
    );
    Some(Piece { weak: !calendar && start == number_at, ..make(number_at + 1, from, to, Grain::Year) })
}

fn grain_of(word: &str) -> Option<Grain> {
    Some(match word {
        "day" | "days" => Grain::Day,
        "week" | "weeks" => Grain::Week,
        "month" | "months" => Grain::Month,
        "quarter" | "quarters" => Grain::Quarter,
        "year" | "years" => Grain::Year,
        _ => return None,
    })
}

/// The period of `grain` that holds `day`.
fn period_of(day: NaiveDate, grain: Grain) -> Option<(NaiveDate, NaiveDate)> {
    match grain {
        Grain::Day => Some((day, day)),
        Grain::Week => {
            let from = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
            Some((from, from.checked_add_days(Days::new(6))?))
        }
        Grain::Month => month_bounds(day.year(), day.month()),
        Grain::Quarter => {
            let first = (day.month0() / 3) * 3 + 1;
            Some((month_bounds(day.year(), first)?.0, month_bounds(day.year(), first + 2)?.1))
        }
        Grain::Year => year_bounds(day.year()),
    }
}

fn back(day: NaiveDate, grain: Grain, count: u32) -> Option<NaiveDate> {
    match grain {
        Grain::Day => day.checked_sub_days(Days::new(u64::from(count))),
        Grain::Week => day.checked_sub_days(Days::new(u64::from(count) * 7)),
        Grain::Month => day.checked_sub_months(Months::new(count)),
        Grain::Quarter => day.checked_sub_months(Months::new(count * 3)),
        Grain::Year => day.checked_sub_months(Months::new(count * 12)),
    }
}

fn relative(tokens: &[Token], at: usize, today: NaiveDate) -> Option<Piece> {
    match word(tokens, at) {
        "today" => return Some(make(at + 1, today, today, Grain::Day)),
        "yesterday" => {
            let day = today.pred_opt()?;
            return Some(make(at + 1, day, day, Grain::Day));
        }
        "last" | "past" | "previous" | "this" | "current" => {}
        _ => return None,
    }
    let this = matches!(word(tokens, at), "this" | "current");
    if let Some(grain) = grain_of(word(tokens, at + 1)) {
        let anchor = if this { today } else { back(today, grain, 1)? };
        let (from, to) = period_of(anchor, grain)?;
        return Some(make(at + 2, from, to, grain));
    }
    let count = tokens.get(at + 1)?.number()?;
    let grain = grain_of(word(tokens, at + 2))?;
    if this || !(1.0..=1000.0).contains(&count) {
        return None;
    }
    // "the last 30 days" ends today; "the last 3 months" likewise, counted back from today.
    let from = back(today, grain, count as u32)?.succ_opt()?;
    Some(make(at + 3, from, today, Grain::Day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenize;

    fn day(text: &str) -> Option<NaiveDate> {
        (!text.is_empty()).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap())
    }

    #[test]
    fn periods_are_read() {
        let today = day("2026-11-22").unwrap();
        let cases = [
            ("orders in 2024", "2024-01-01", "2024-12-31"),
            ("orders in March 2024", "2024-03-01", "2024-03-31"),
            ("orders after 2024-03-01", "2024-03-02", ""),
            ("orders before March 5, 2024", "", "2024-03-04"),
            ("orders since May 2024", "2024-05-01", ""),
            ("orders between May and July 2024", "2024-05-01", "2024-07-31"),
            ("orders from 2024-01-05 to 2024-02-05", "2024-01-05", "2024-02-05"),
            ("orders last month", "2026-10-01", "2026-10-31"),
            ("orders this year", "2026-01-01", "2026-12-31"),
            ("orders of the last 30 days", "2026-10-24", "2026-11-22"),
            ("orders in Q2 2024", "2024-04-01", "2024-06-30"),
            ("orders in the first quarter of 2024", "2024-01-01", "2024-03-31"),
            ("orders last week", "2026-11-09", "2026-11-15"),
            ("orders on 5th of March 2024", "2024-03-05", "2024-03-05"),
            ("orders in December", "2025-12-01", "2025-12-31"),
            ("orders yesterday", "2026-11-21", "2026-11-21"),
        ];
        for (text, from, to) in cases {
            let spans = find(&tokenize(text), today);
            assert_eq!(spans.len(), 1, "{text}");
            assert_eq!((spans[0].from, spans[0].to), (day(from), day(to)), "{text}");
        }
    }

    #[test]
    fn verbs_are_not_months() {
        let today = day("2026-11-22").unwrap();
        assert!(find(&tokenize("which orders may be late"), today).is_empty());
    }
}
