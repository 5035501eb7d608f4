//! A span of time as people write it: `90s`, `30m`, `6h`, `1d`, or `never`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// How often something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Interval(u32);

/// Units, largest first, with their seconds.
const UNITS: [(char, u32); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Interval {
    /// Not at all.
    pub const NEVER: Self = Self(0);

    /// Every so many hours.
    #[must_use]
    pub const fn hours(hours: u16) -> Self {
        Self(hours as u32 * 3_600)
    }

    /// Every so many seconds; 0 never.
    #[must_use]
    pub const fn of_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// In seconds; 0 never.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "never" {
            return Ok(Self::NEVER);
        }
        let wrong = || format!("`{text}` is no interval: write 30m, 6h, 1d or never");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        let count: u32 = text.strip_suffix(unit).and_then(|n| n.parse().ok()).ok_or_else(wrong)?;
        match count.checked_mul(seconds) {
            Some(0) | None => Err(wrong()),
            Some(seconds) => Ok(Self(seconds)),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.into_iter().find(|(_, seconds)| self.0 > 0 && self.0.is_multiple_of(*seconds)) {
            Some((unit, seconds)) => write!(f, "{}{unit}", self.0 / seconds),
            None => f.write_str("never"),
        }
    }
}

impl TryFrom<String> for Interval {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.to_string()
    }
}

impl JsonSchema for Interval {
    fn schema_name() -> Cow<'static, str> {
        "Interval".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(never|[1-9][0-9]*[smhd])$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_reads_back_as_it_is_written() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("6h", 21_600), ("1d", 86_400), ("never", 0)] {
            let interval: Interval = text.parse().unwrap();
            assert_eq!((interval.seconds(), interval.to_string().as_str()), (seconds, text));
        }
        assert_eq!("60m".parse::<Interval>().unwrap().to_string(), "1h");
    }

    #[test]
    fn what_is_no_interval_is_refused_with_examples() {
        for text in ["", "6", "h", "0h", "-1h", "1.5h", "6 h", "every day", "99999999d", "é"] {
            let refused = text.parse::<Interval>().unwrap_err();
            assert!(refused.contains("30m, 6h, 1d or never"), "{text}: {refused}");
        }
    }
}
