//! Limits, proxies, certificates, listing, probing, embedding, and what must never be shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::{ErrorKind, ModelAbilities, Provider, StructuredMode};
use datafyme_llm::{
    HashingEmbedder, HttpOptions, LlmCause, ProviderLimits, Secret,
    conformance::{Bench, PLANTED_KEY, options, request, spec},
    double::{DoubleReply, Fault, ProviderDouble, ProxyDouble, Script},
    probe, providers,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

const ALL: [Provider; 4] = Provider::ALL;

#[tokio::test]
async fn models_of_one_address_share_its_limit() {
    let script = Script::responding(|_| DoubleReply::text("3").after(Duration::from_millis(40)));
    let double = ProviderDouble::start(script).await.unwrap();
    let http = HttpOptions { limits: ProviderLimits::new(3), ..options() };
    let first = providers::connect(&spec(Provider::OpenAi, &double.base_url()), &http).unwrap();
    let second = providers::connect(&spec(Provider::Anthropic, &double.base_url()), &http.clone()).unwrap();
    let calls = (0..12).map(|i| {
        let model = Arc::clone(if i % 2 == 0 { &first } else { &second });
        async move { model.complete(&request()).await.unwrap() }
    });
    assert_eq!(futures::future::join_all(calls).await.len(), 12);
    assert_eq!(double.most_concurrent(), 3);
}

#[tokio::test]
async fn a_stream_holds_its_turn_until_it_is_dropped() {
    let bench = {
        let http = HttpOptions { limits: ProviderLimits::new(1), ..options() };
        Bench::with(Provider::OpenAi, Script::responding(|_| DoubleReply::text("one two three")), &http).await
    };
    let stream = bench.model.stream(&request()).await.unwrap();
    let hasty = datafyme_llm::ChatRequest { deadline: Duration::from_millis(100), ..request() };
    let error = bench.model.complete(&hasty).await.unwrap_err();
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Timeout, LlmCause::Deadline));
    drop(stream);
    assert_eq!(bench.model.complete(&request()).await.unwrap().text, "one two three");
}

#[tokio::test]
async fn a_proxy_is_used_but_for_the_hosts_without_it() {
    let double = ProviderDouble::start(Script::responding(|_| DoubleReply::text("3"))).await.unwrap();
    let proxy = ProxyDouble::start().await.unwrap();
    let spec = spec(Provider::OpenAi, &double.base_url());
    let through =
        HttpOptions { proxy: Some(proxy.url().replace("http://", "http://me:planted-password@")), ..options() };
    providers::connect(&spec, &through).unwrap().complete(&request()).await.unwrap();
    let target = format!("POST {}/v1/chat/completions proxy-authorization", double.base_url());
    assert_eq!(proxy.seen(), [target]);
    let around = HttpOptions { no_proxy: Some("localhost,127.0.0.1".into()), ..through };
    providers::connect(&spec, &around).unwrap().complete(&request()).await.unwrap();
    assert_eq!((proxy.seen().len(), double.requests().len()), (1, 2));
}

#[tokio::test]
async fn tls_goes_through_a_proxy_as_a_tunnel() {
    let proxy = ProxyDouble::start().await.unwrap();
    let nowhere = ProviderDouble::refusing_address().await.unwrap().replace("http://", "https://");
    let http = HttpOptions { proxy: Some(proxy.url()), ..options() };
    let model = providers::connect(&spec(Provider::Anthropic, &nowhere), &http).unwrap();
    let error = model.complete(&request()).await.unwrap_err();
    assert_eq!(error.cause(), LlmCause::Connection);
    assert_eq!(proxy.seen()[0], format!("CONNECT {}", nowhere.replace("https://", "")));
}

#[test]
fn a_bad_proxy_or_certificate_file_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let (missing, empty, broken) =
        (directory.path().join("missing.pem"), directory.path().join("empty.pem"), directory.path().join("broken.pem"));
    std::fs::write(&empty, "no certificate here").unwrap();
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for (path, why) in
        [(missing, "cannot be read"), (empty, "holds no certificate"), (broken, "holds an unusable certificate")]
    {
        let http = HttpOptions { extra_ca: Some(path), ..options() };
        let error = providers::connect(&spec(Provider::OpenAi, "https://models.test"), &http).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(why), "{error}");
    }
    for proxy in ["://planted", "socks5://me:planted@host:1", "ftp://planted"] {
        let http = HttpOptions { proxy: Some(proxy.into()), ..options() };
        let error = providers::connect(&spec(Provider::OpenAi, "https://models.test"), &http).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(!error.to_string().contains("planted"), "{error}");
    }
}

#[test]
fn an_address_that_cannot_be_one_is_refused() {
    for (provider, base, why) in [
        (Provider::OpenAi, Some("localhost"), "does not parse"),
        (Provider::OpenAi, Some("file:///etc/passwd"), "is not an HTTP address"),
        (Provider::Anthropic, Some("https://me:planted@host/v1"), "holds a password"),
        (Provider::Azure, None, "needs a base URL"),
    ] {
        let mut spec = spec(provider, "");
        spec.base_url = base.map(str::to_owned);
        let error = providers::connect(&spec, &options()).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(why) && !error.to_string().contains("planted"), "{error}");
    }
}

#[test]
fn a_configuration_printed_for_debugging_shows_no_key() {
    let mut spec = spec(Provider::Azure, "https://models.test");
    for provider in ALL {
        spec.provider = provider;
        let model = providers::connect(&spec, &options()).unwrap();
        let shown = format!("{spec:?} {model:?}");
        assert!(!shown.contains(PLANTED_KEY), "{shown}");
    }
    spec.headers.insert("x-gateway-key".into(), "planted-header".into());
    let http = HttpOptions { proxy: Some("http://me:planted-password@proxy:1".into()), ..options() };
    let shown = format!("{spec:?} {http:?} {:?}", providers::connect(&spec, &http).unwrap());
    assert!(!shown.contains("planted"), "{shown}");
    spec.key = Some(Secret::new("nul\0byte"));
    spec.headers.insert("bad name".into(), "x".into());
    assert!(providers::connect(&spec, &options()).is_err());
}

#[tokio::test]
async fn models_are_listed_by_every_provider_that_lists_them() {
    let script = Script::responding(|_| DoubleReply::text("")).with_models(&["small", "large", "embed"]);
    let double = ProviderDouble::start(script).await.unwrap();
    for provider in [Provider::OpenAi, Provider::Anthropic, Provider::Gemini] {
        let names = providers::list_models(&spec(provider, &double.base_url()), &options()).await.unwrap();
        assert_eq!(names, ["embed", "large", "small"], "{provider:?}");
    }
    let error = providers::list_models(&spec(Provider::Azure, &double.base_url()), &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let azure = spec(Provider::Azure, &format!("{}/openai/v1", double.base_url()));
    assert_eq!(providers::list_models(&azure, &options()).await.unwrap().len(), 3);
}

#[tokio::test]
async fn probing_finds_what_a_model_can_do() {
    let five = || DoubleReply::json(&json!({"total": 5}));
    for provider in ALL {
        let able = Bench::over(provider, Script::responding(move |_| five())).await;
        let found = probe(able.model.as_ref()).await.unwrap();
        assert_eq!(found, ModelAbilities { structured: StructuredMode::Schema, streaming: true, tools: true });
        assert_eq!(able.arrived(), 3, "three calls");
    }
    let refused = || DoubleReply::fault(Fault::Refused { status: 400, said: "unsupported parameter".into() });
    let plain = Script::responding(move |request| match request.body.get("response_format") {
        Some(format) if format["type"] == "json_object" && format.get("schema").is_none() => five(),
        Some(_) => refused(),
        None if request.body.get("tools").is_some() => DoubleReply::refusal(),
        None => five(),
    });
    let bench = Bench::over(Provider::OpenAi, plain).await;
    let found = probe(bench.model.as_ref()).await.unwrap();
    assert_eq!(found, ModelAbilities { structured: StructuredMode::Json, streaming: true, tools: false });
}

#[tokio::test]
async fn probing_says_when_a_model_cannot_be_used_at_all() {
    let refusing = Fault::Refused { status: 401, said: "no".into() };
    let bench = Bench::over(Provider::OpenAi, Script::responding(move |_| DoubleReply::fault(refusing.clone()))).await;
    assert_eq!(probe(bench.model.as_ref()).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn texts_are_embedded_in_batches_in_order_and_of_unit_length() {
    let texts: Vec<String> = (0..150).map(|i| if i == 7 { "  ".into() } else { format!("order number {i}") }).collect();
    for provider in [Provider::OpenAi, Provider::Azure, Provider::Gemini] {
        let double = ProviderDouble::start(Script::responding(|_| DoubleReply::text(""))).await.unwrap();
        let embedder = providers::connect_embedder(&spec(provider, &double.base_url()), &options()).await.unwrap();
        assert_eq!(embedder.name(), format!("{}:double-1:384", provider.code()));
        assert_eq!(embedder.dimensions(), 384);
        let vectors = embedder.embed(&texts).await.unwrap();
        assert_eq!(double.requests().len(), 1 + 3, "one to learn the length, three batches of 64");
        for (text, vector) in texts.iter().zip(&vectors) {
            let expected = HashingEmbedder::vector(text);
            assert!(expected.iter().zip(vector).all(|(a, b)| (a - b).abs() < 1e-5), "{provider:?} {text}");
        }
    }
}

#[tokio::test]
async fn an_embedder_waits_out_limits_and_cuts_what_is_too_long() {
    let script = Script::queue([
        DoubleReply::text(""),
        DoubleReply::fault(Fault::RateLimited { retry_after: None }),
        DoubleReply::fault(Fault::ContextOverflow),
    ]);
    let double = ProviderDouble::start(script).await.unwrap();
    let embedder = providers::connect_embedder(&spec(Provider::OpenAi, &double.base_url()), &options()).await.unwrap();
    let vectors = embedder.embed(&["order ".repeat(10_000), "tiny".into()]).await.unwrap();
    assert_eq!(vectors.len(), 2);
    let sent: Vec<usize> =
        double.requests().iter().skip(1).map(|r| r.body["input"][0].as_str().unwrap().chars().count()).collect();
    assert_eq!(sent, [24_000, 24_000, 12_000]);
}

#[tokio::test]
async fn anthropic_has_no_embedder() {
    let error = providers::connect_embedder(&spec(Provider::Anthropic, "https://models.test"), &options()).await;
    assert_eq!(error.map(|_| ()).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_redirect_is_told_instead_of_followed_with_the_key() {
    let elsewhere = ProviderDouble::start(Script::responding(|_| DoubleReply::text("3"))).await.unwrap();
    for provider in ALL {
        let to = format!("{}/v1/chat/completions", elsewhere.base_url());
        let bench = Bench::saying(provider, [DoubleReply::fault(Fault::Redirect(to))]).await;
        let error = bench.model.complete(&request()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, Some(308)));
        assert!(error.to_string().contains("redirects, set the base URL"), "{error}");
    }
    assert_eq!(elsewhere.requests(), []);
}
