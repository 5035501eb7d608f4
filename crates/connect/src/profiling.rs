//! Statistics of a column from its values, in one pass and bounded memory. Shared by all connectors.

mod text_dates;

use crate::ProfileBudget;
use datafyme_domain::{ColumnProfile, ColumnType, Texts, Value, ValueSketch, profile::ValueCount};
use std::{
    cmp::Ordering,
    collections::{BinaryHeap, HashMap, hash_map::Entry},
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
};
use text_dates::TextDates;

/// Distinct values counted per column; more are not told apart from repeated ones.
const MAX_DISTINCT: usize = 1_000_000;
/// Distinct values kept per column while reading, the first ones seen.
const MAX_KEPT: usize = 20_000;

/// Collects the statistics of one column.
#[derive(Debug)]
pub(crate) struct ColumnStatistics {
    name: String,
    column_type: ColumnType,
    rows: u64,
    non_null: u64,
    seen: HashMap<u64, Seen, BuildHasherDefault<HashIsKey>>,
    kept: Vec<Value>,
    /// The smallest hashes of distinct values, one more than are kept at the end: whether there are more shows.
    smallest: BinaryHeap<u32>,
    capped: bool,
    min: Value,
    max: Value,
    texts: u64,
    long_texts: u64,
    max_length: u64,
    dates: TextDates,
    numeric: bool,
}

#[derive(Debug)]
struct Seen {
    count: u64,
    /// Position in `kept`, for values short enough to keep.
    kept: Option<u32>,
}

impl ColumnStatistics {
    pub(crate) fn new(name: &str, column_type: ColumnType) -> Self {
        Self {
            name: name.to_owned(),
            column_type,
            rows: 0,
            non_null: 0,
            seen: HashMap::default(),
            kept: Vec::new(),
            smallest: BinaryHeap::new(),
            capped: false,
            min: Value::Null,
            max: Value::Null,
            texts: 0,
            long_texts: 0,
            max_length: 0,
            dates: TextDates::default(),
            numeric: true,
        }
    }

    /// Takes the next row's value into account.
    pub(crate) fn add(&mut self, value: Value) {
        self.rows += 1;
        if value.is_null() {
            return;
        }
        self.non_null += 1;
        let room = self.seen.len() < MAX_DISTINCT;
        let (is_text, is_long) = match &value {
            Value::Text(text) => (true, self.note_length(text)),
            Value::Bytes(_) | Value::Json(_) => (false, true),
            _ => (false, false),
        };
        self.texts += u64::from(is_text);
        self.long_texts += u64::from(is_text && is_long);
        match self.seen.entry(hash_of(&value)) {
            Entry::Occupied(mut seen) => {
                seen.get_mut().count += 1;
                return;
            }
            Entry::Vacant(place) if room => {
                let keep = !is_long && self.kept.len() < MAX_KEPT;
                let kept = u32::try_from(self.kept.len()).ok().filter(|_| keep);
                place.insert(Seen { count: 1, kept });
            }
            Entry::Vacant(_) => self.capped = true,
        }
        if let Value::Text(text) = &value {
            self.dates.look_at(text);
            self.numeric = self.numeric && (text.trim().is_empty() || reads_as_number(text));
        }
        self.note_extremes(&value);
        self.note_hash(&value, is_long);
        if !is_long && self.kept.len() < MAX_KEPT {
            self.kept.push(value);
        }
    }

    /// Whether the text is too long to keep.
    fn note_length(&mut self, text: &str) -> bool {
        let length = if text.is_ascii() { text.len() } else { text.chars().count() };
        self.max_length = self.max_length.max(length as u64);
        length > ColumnProfile::MAX_VALUE_CHARS
    }

    fn note_hash(&mut self, value: &Value, is_long: bool) {
        if is_long {
            return;
        }
        if let Some(hash) = ValueSketch::hash(value) {
            let full = self.smallest.len() > ValueSketch::KEY_SIZE;
            if full && self.smallest.peek().is_some_and(|largest| hash >= *largest) {
                return;
            }
            self.smallest.push(hash);
            if full {
                self.smallest.pop();
            }
        }
    }

    fn note_extremes(&mut self, value: &Value) {
        let is_nan = value.as_f64().is_some_and(f64::is_nan);
        if is_nan || matches!(value, Value::Bytes(_) | Value::Json(_)) {
            return;
        }
        let limit = |v: &Value| match v {
            Value::Text(text) => Value::Text(text.chars().take(ColumnProfile::MAX_VALUE_CHARS).collect()),
            other => other.clone(),
        };
        if self.min.is_null() || order(value, &self.min) == Ordering::Less {
            self.min = limit(value);
        }
        if self.max.is_null() || order(value, &self.max) == Ordering::Greater {
            self.max = limit(value);
        }
    }

    /// The profile over all rows added.
    pub(crate) fn finish(self, budget: &ProfileBudget) -> ColumnProfile {
        let mut counted: Vec<(u64, Value)> = Vec::with_capacity(self.kept.len());
        let mut counts: Vec<u64> = vec![0; self.kept.len()];
        for seen in self.seen.values() {
            if let Some(place) = seen.kept.and_then(|at| counts.get_mut(at as usize)) {
                *place = seen.count;
            }
        }
        counted.extend(counts.into_iter().zip(self.kept));
        // Stable: values of equal frequency stay in the order in which the table has them.
        counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let mostly_long = self.long_texts * 2 > self.non_null;
        let is_text = self.texts > 0;
        let real_texts = self.dates.looked_at() > 0;
        let top_values = counted
            .iter()
            .take(if mostly_long { 0 } else { budget.top_values })
            .map(|(count, value)| ValueCount { value: value.clone(), count: *count })
            .collect();
        let wanted = budget.values.min(ColumnProfile::MAX_VALUES);
        let values: Texts = match self.column_type {
            ColumnType::Json | ColumnType::Binary => Texts::default(),
            _ => counted
                .into_iter()
                .filter_map(|(_, value)| match value {
                    Value::Text(text) if !text.trim().is_empty() => Some(text),
                    _ => None,
                })
                .take(wanted)
                .collect(),
        };
        let mut profile = ColumnProfile {
            column: self.name,
            non_null: self.non_null,
            null_share: share(self.rows - self.non_null, self.rows),
            distinct: self.seen.len() as u64,
            distinct_capped: self.capped,
            min: self.min,
            max: self.max,
            top_values,
            text_date_format: (self.texts == self.non_null && real_texts)
                .then(|| self.dates.format())
                .flatten()
                .map(str::to_owned),
            text_is_numeric: self.texts == self.non_null && real_texts && self.numeric,
            max_length: is_text.then_some(self.max_length),
            values,
            sketch: None,
        };
        if !mostly_long && self.long_texts == 0 {
            profile.sketch = sketch(&profile, self.column_type, self.smallest.into_vec());
        }
        profile
    }
}

/// Lets the extremes of a profile take in another value of the column, unless it is of another type.
pub(crate) fn widen(profile: &mut ColumnProfile, value: &Value) {
    let comparable = |known: &Value| {
        std::mem::discriminant(known) == std::mem::discriminant(value)
            || known.as_f64().is_some() && value.as_f64().is_some()
    };
    if value.as_f64().is_some_and(f64::is_nan) {
        return;
    }
    if comparable(&profile.min) && order(value, &profile.min) == Ordering::Less {
        profile.min = value.clone();
    }
    if comparable(&profile.max) && order(value, &profile.max) == Ordering::Greater {
        profile.max = value.clone();
    }
}

/// The sketch of a column that may be part of a key and whose values are not known otherwise.
fn sketch(profile: &ColumnProfile, column_type: ColumnType, smallest: Vec<u32>) -> Option<ValueSketch> {
    let joinable = match column_type {
        ColumnType::Integer | ColumnType::Text | ColumnType::Date | ColumnType::Other => true,
        ColumnType::Decimal | ColumnType::Float => {
            [&profile.min, &profile.max].into_iter().all(|v| v.as_f64().is_some_and(|n| n.fract() == 0.0))
        }
        _ => false,
    };
    let known = profile.is_dense() || !profile.values.is_empty() && profile.values.len() as u64 == profile.distinct;
    let size = if profile.distinct >= profile.non_null { ValueSketch::KEY_SIZE } else { ValueSketch::SIZE };
    (joinable && !known && !smallest.is_empty()).then(|| ValueSketch::smallest(smallest, size))
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Digits with an optional sign and decimal point. A leading zero makes it a code, such as a postal code.
fn reads_as_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_code = whole.len() > 1 && whole.starts_with('0');
    !whole.is_empty()
        && !fraction.is_empty()
        && !is_code
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
}

/// Numbers before everything else, then by text; values of one type in their own order.
fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::TimestampTz(a), Value::TimestampTz(b)) => a.cmp(b),
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.to_string().cmp(&b.to_string()),
        },
    }
}

/// Equal values of one column hash equally, whichever storage class they have; 64 bits make a collision among a
/// million values improbable (3 in 10⁸).
fn hash_of(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value {
        Value::Text(v) | Value::Decimal(v) => v.hash(&mut hasher),
        Value::Json(v) => v.0.hash(&mut hasher),
        Value::Bytes(v) => v.hash(&mut hasher),
        Value::Int(v) => v.hash(&mut hasher),
        Value::Float(v) if v.fract() == 0.0 && v.abs() < 9e15 => (*v as i64).hash(&mut hasher),
        Value::Float(v) => v.to_bits().hash(&mut hasher),
        Value::Bool(v) => v.hash(&mut hasher),
        Value::Date(v) => v.hash(&mut hasher),
        Value::Time(v) => v.hash(&mut hasher),
        Value::Timestamp(v) => v.hash(&mut hasher),
        Value::TimestampTz(v) => v.hash(&mut hasher),
        Value::Null => {}
    }
    hasher.finish()
}

/// The keys are hashes already.
#[derive(Debug, Default)]
struct HashIsKey(u64);

impl Hasher for HashIsKey {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests;
