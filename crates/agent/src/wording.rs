//! Numbers, lists and names as people read them.

/// A number with grouped digits and no more decimals than it needs (two at most; four significant digits below 1).
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    if value == value.trunc() && value.abs() < 1e15 {
        return count(value);
    }
    let text = if value.abs() >= 1.0 {
        format!("{value:.2}")
    } else {
        let digits = usize::try_from((-value.abs().log10().floor()) as i64 + 3).unwrap_or(4).min(12);
        format!("{value:.digits$}")
    };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, broken) = text.split_once('.').unwrap_or((text, ""));
    let whole = grouped(whole);
    if broken.is_empty() { whole } else { format!("{whole}.{broken}") }
}

/// A whole number with grouped digits.
pub(crate) fn count(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// A share of 1 as per cent, one decimal at most; never rounded to 0 or 100 when it is neither.
pub(crate) fn percent(share: f64) -> String {
    let scaled = share * 100.0;
    let text = match scaled {
        s if s > 0.0 && s < 0.1 => "less than 0.1".to_owned(),
        s if s < 100.0 && s > 99.9 => "more than 99.9".to_owned(),
        s => format!("{s:.1}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    };
    format!("{text} %")
}

/// A decimal as Hungarians write it.
pub(crate) fn decimal_comma(text: &str) -> String {
    text.replace('.', ",")
}

/// The Hungarian article of a name: `az` before a vowel that is heard, `a` before all others.
pub(crate) fn article(name: &str) -> &'static str {
    let first = name.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_lowercase().next());
    if first.is_some_and(|c| "aáeéiíoóöőuúüű5".contains(c)) { "az" } else { "a" }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    format!("{sign}{out}")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let cases = [
            (1_234_567.0, "1,234,567"),
            (-1_000.0, "-1,000"),
            (0.0, "0"),
            (12.345, "12.35"),
            (1234.5, "1,234.5"),
            (0.012_345, "0.01235"),
            (999.999, "1,000"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(percent(0.104), "10.4 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.99999), "more than 99.9 %");
    }

    #[test]
    fn hungarian_names_have_the_article_that_is_heard() {
        for (name, with) in [("orders", "az"), ("Üzlet", "az"), ("customers", "a"), ("_id", "az"), ("", "a")] {
            assert_eq!(article(name), with, "{name}");
        }
        assert_eq!(decimal_comma("97.5 %"), "97,5 %");
    }

    #[test]
    fn lists_are_english() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
