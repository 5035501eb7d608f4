//! Columns that look secret or personal: no value of them is kept, so that none is ever searched, shown to a model or
//! written into documentation.

use datafyme_domain::{ColumnProfile, TableProfile, Texts, Value, names::identifier_words};

/// Words of names, in their order, that stand for what nobody else should see.
const NAMES: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["pwd"],
    &["passphrase"],
    &["passcode"],
    &["secret"],
    &["token"],
    &["apikey"],
    &["api", "key"],
    &["private", "key"],
    &["access", "key"],
    &["hash"],
    &["salt"],
    &["pin"],
    &["pin", "code"],
    &["otp"],
    &["cvv"],
    &["cvc"],
    &["jelszo"],
    &["email"],
    &["e", "mail"],
    &["mail", "address"],
    &["phone"],
    &["telephone"],
    &["telefon"],
    &["telefonszam"],
    &["mobile"],
    &["cellphone"],
    &["fax"],
    &["msisdn"],
    &["ssn"],
    &["social", "security"],
    &["passport"],
    &["national", "id"],
    &["personal", "id"],
    &["tax", "id"],
    &["tax", "number"],
    &["driver", "license"],
    &["driving", "license"],
    &["szemelyi"],
    &["adoszam"],
    &["taj"],
    &["iban"],
    &["card", "number"],
    &["card", "no"],
    &["credit", "card"],
    &["account", "number"],
    &["bank", "account"],
];
/// Share of the values that must look like it for a column to count as one of addresses or keys.
const MOSTLY: usize = 2;
/// Shortest run of letters and digits without a word in it that is taken for a key or a digest.
const DIGEST: usize = 32;

/// Takes the values out of columns that look secret or personal. Counts and shares stay.
pub(super) fn take_out(profile: &mut TableProfile) {
    for column in profile.columns.iter_mut().filter(|c| is_sensitive(c)) {
        column.values.clear();
        column.top_values.clear();
        (column.min, column.max) = (Value::Null, Value::Null);
    }
}

fn is_sensitive(column: &ColumnProfile) -> bool {
    let words = identifier_words(&column.column);
    let named = |name: &&[&str]| words.windows(name.len()).any(|w| w.iter().zip(*name).all(|(a, b)| a == b));
    // `is_mobile`, `has_phone`, `password_count`: about it, and not it.
    let is_about = matches!(words.first().map(String::as_str), Some("is" | "has" | "num" | "number" | "count"))
        || matches!(words.last().map(String::as_str), Some("count" | "type" | "kind" | "code" | "status" | "verified"))
            && !words.iter().any(|w| w == "pin");
    (NAMES.iter().any(named) && !is_about) || holds_secrets(&column.values)
}

fn holds_secrets(values: &Texts) -> bool {
    let alike = values.iter().filter(|v| is_address(v) || is_digest(v)).count();
    !values.is_empty() && alike * MOSTLY > values.len()
}

fn is_address(value: &str) -> bool {
    let parts = value.trim().split_once('@');
    parts
        .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !value.trim().contains(char::is_whitespace))
}

/// Hexadecimal digits alone, or letters of both cases mixed with digits, without a break.
fn is_digest(value: &str) -> bool {
    let is_long = value.len() >= DIGEST && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=_-$.".contains(&b));
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    let is_hexadecimal = value.bytes().all(|b| b.is_ascii_hexdigit());
    is_long
        && has(u8::is_ascii_digit)
        && (is_hexadecimal || (has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::profile::ValueCount;

    fn kept(name: &str, values: &[&str]) -> bool {
        let column = ColumnProfile {
            column: name.to_owned(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            top_values: vec![ValueCount { value: Value::Text("x".to_owned()), count: 1 }],
            min: Value::Text("x".to_owned()),
            distinct: 7,
            ..ColumnProfile::default()
        };
        let mut profile = TableProfile { columns: vec![column], ..TableProfile::default() };
        take_out(&mut profile);
        let column = &profile.columns[0];
        assert_eq!(column.distinct, 7);
        let left = [!column.values.is_empty(), !column.top_values.is_empty(), !column.min.is_null()];
        assert!(left.iter().all(|l| *l == left[0]), "all or nothing: {left:?}");
        left[0]
    }

    #[test]
    fn secrets_and_personal_data_are_known_by_their_names() {
        for name in ["password", "PasswordHash", "api_key", "user_token", "Email", "e_mail_address", "phoneNumber"]
            .into_iter()
            .chain(["home_phone", "ssn", "passport_no", "credit_card", "card_number", "IBAN", "pin", "pin_code"])
        {
            assert!(!kept(name, &["a", "b"]), "{name}");
        }
        for name in
            ["city", "status", "is_mobile", "phone_type", "email_verified", "spinning", "first_name", "mailshot"]
        {
            assert!(kept(name, &["a", "b"]), "{name}");
        }
    }

    #[test]
    fn secrets_and_addresses_are_known_by_their_looks() {
        assert!(!kept("contact", &["ann@example.com", "bob@example.org", "none"]));
        assert!(!kept("k", &["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]));
        assert!(kept("contact", &["Ann", "Bob @ home", "x@example.com"]));
        assert!(kept("note", &["a long text of many words that is no key at all", "2024"]));
    }
}
