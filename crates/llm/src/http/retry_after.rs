//! How long a provider asks to wait.

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;
use std::time::Duration;

/// From the headers (`Retry-After` in seconds or as a date, `retry-after-ms`), else from the body as Gemini says it.
pub(super) fn wait(headers: &HeaderMap, body: &Value) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    if let Some(ms) = text("retry-after-ms").and_then(|t| t.parse::<u64>().ok()) {
        return Some(Duration::from_millis(ms));
    }
    if let Some(asked) = text(RETRY_AFTER.as_str()) {
        return seconds(asked).or_else(|| between(text(DATE.as_str())?, asked));
    }
    retry_info(body)
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

/// A date is counted from the provider's own clock, which the same reply carries: ours may differ.
fn between(now: &str, then: &str) -> Option<Duration> {
    let (now, then) = (httpdate::parse_http_date(now).ok()?, httpdate::parse_http_date(then).ok()?);
    Some(then.duration_since(now).unwrap_or_default())
}

/// `google.rpc.RetryInfo` among the details of an error: `{"retryDelay": "34.5s"}`.
fn retry_info(body: &Value) -> Option<Duration> {
    let details = body.get("error")?.get("details")?.as_array()?;
    let delay = details.iter().find_map(|d| d.get("retryDelay")?.as_str())?;
    seconds(delay.strip_suffix('s')?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn waits_are_read_in_every_form() {
        let body = json!({"error": {"details": [{"@type": "x"}, {"retryDelay": "34.5s"}]}});
        for (given, wait_ms) in [
            (headers(&[("retry-after", "7")]), Some(7_000)),
            (headers(&[("retry-after", "0.25")]), Some(250)),
            (headers(&[("retry-after", "7"), ("retry-after-ms", "120")]), Some(120)),
            (
                headers(&[("date", "Sun, 22 Nov 2026 21:00:00 GMT"), ("retry-after", "Sun, 22 Nov 2026 21:01:30 GMT")]),
                Some(90_000),
            ),
            (headers(&[("retry-after", "Sun, 22 Nov 2026 21:01:30 GMT")]), None),
            (headers(&[("retry-after", "soon")]), None),
            (headers(&[("retry-after", "-3")]), None),
        ] {
            assert_eq!(wait(&given, &Value::Null), wait_ms.map(Duration::from_millis), "{given:?}");
        }
        assert_eq!(wait(&HeaderMap::new(), &body), Some(Duration::from_millis(34_500)));
    }
}
