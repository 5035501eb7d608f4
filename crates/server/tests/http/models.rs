use crate::{
    openai::{OpenAi, Said},
    site::Site,
};
use axum::http::Method;
use datafyme_server::{
    App,
    config::{Config, ProviderName},
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

const KEY: &str = "sk-planted-0123456789";

async fn add(site: &Site, name: &str, base_url: &str) -> Value {
    let body = json!({ "name": name, "provider": "open_ai", "model": "m-1", "base_url": base_url, "api_key": KEY });
    let added = site.post("/models", body).await;
    assert_eq!(added.status, 201, "{}", added.text);
    added.json()
}

fn path(model: &Value) -> String {
    format!("/models/{}", model["id"].as_str().unwrap())
}

async fn patch(site: &Site, model: &Value, body: Value) -> crate::site::Reply {
    site.send(Method::PATCH, &path(model), Some(body.to_string()), &[]).await
}

async fn put_roles(site: &Site, body: Value) -> crate::site::Reply {
    site.send(Method::PUT, "/models/roles", Some(body.to_string()), &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_configured_changed_and_removed_and_its_key_never_comes_back() {
    let site = Site::empty().await;
    let model = add(&site, "big", "http://127.0.0.1:1/v1").await;
    assert_eq!((&model["has_key"], &model["roles"]), (&json!(true), &json!([])));
    let changed = patch(&site, &model, json!({ "name": "large", "input_price": 2.5, "headers": { "X-A": "b" } })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.json()["name"], "large");
    assert_eq!(changed.json()["has_key"], true, "an absent key is kept");
    let rekeyed =
        patch(&site, &model, json!({ "api_key": "sk-planted-2", "base_url": null, "input_price": null })).await;
    assert_eq!(rekeyed.json().get("base_url").or(rekeyed.json().get("input_price")), None);
    let keyless = patch(&site, &model, json!({ "api_key": null })).await;
    assert_eq!(keyless.json()["has_key"], false);
    let listed = site.get("/models").await;
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed.json()["next_cursor"], Value::Null);
    for seen in [&changed, &rekeyed, &keyless, &listed, &site.get(&path(&model)).await] {
        assert!(!seen.text.contains("planted"), "{}", seen.text);
    }
    assert_eq!(site.send(Method::DELETE, &path(&model), None, &[]).await.status, 204);
    site.get(&path(&model)).await.problem(404, "not_found");
    site.send(Method::DELETE, &path(&model), None, &[]).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_model_is_a_problem_that_says_why() {
    let site = Site::empty().await;
    add(&site, "big", "http://127.0.0.1:1/v1").await;
    let table = [
        (json!({ "name": "big", "provider": "open_ai", "model": "m" }), 409, "conflict", "big"),
        (json!({ "name": " ", "provider": "open_ai", "model": "m" }), 400, "invalid_input", "characters"),
        (json!({ "name": "None", "provider": "open_ai", "model": "m" }), 400, "invalid_input", "another name"),
        (json!({ "name": "a", "provider": "open_ai", "model": "" }), 400, "invalid_input", "characters"),
        (json!({ "name": "a", "provider": "opnai", "model": "m" }), 400, "invalid_input", "open_ai"),
        (json!({ "name": "a", "provider": "azure", "model": "m" }), 400, "invalid_input", "base URL"),
        (json!({ "name": "a", "provider": "gemini", "model": "m", "input_price": -1 }), 400, "invalid_input", "price"),
        (
            json!({ "name": "a", "provider": "gemini", "model": "m", "base_url": "here" }),
            400,
            "invalid_input",
            "base URL",
        ),
        (
            json!({ "name": "a", "provider": "open_ai", "model": "m", "base_url": "https://u:planted@h/v1" }),
            400,
            "invalid_input",
            "key",
        ),
        (
            json!({ "name": "a", "provider": "open_ai", "model": "m", "base_url": "https://h/v1?api_key=planted" }),
            400,
            "invalid_input",
            "key",
        ),
        (
            json!({ "name": "a", "provider": "open_ai", "model": "m", "headers": { "Authorization": "planted" } }),
            400,
            "invalid_input",
            "key",
        ),
        (json!({ "name": "a", "provider": "open_ai", "model": "m", "colour": "red" }), 400, "invalid_input", "colour"),
    ];
    for (body, status, code, words) in table {
        let detail = site.post("/models", body.clone()).await.problem(status, code);
        assert!(detail.contains(words) && !detail.contains("planted"), "{body}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_what_a_model_can_do_and_remembers_it() {
    let provider = OpenAi::start(KEY, "hello").await;
    let site = Site::empty().await;
    let model = add(&site, "big", &provider.base_url).await;
    let trial = site.post(&format!("{}/test", path(&model)), json!({})).await;
    assert_eq!(trial.status, 200, "{}", trial.text);
    let trial = trial.json();
    assert_eq!(trial["ok"], true, "{trial}");
    assert_eq!(trial["abilities"], json!({ "structured": "schema", "streaming": true, "tools": true }));
    assert!(trial["latency_ms"].is_u64());
    assert_eq!(site.get(&path(&model)).await.json()["abilities"], trial["abilities"]);
    assert!(provider.requests().iter().all(|(headers, _)| headers["authorization"] == format!("Bearer {KEY}")));
    let other = patch(&site, &model, json!({ "model": "m-2" })).await.json();
    assert_eq!(other.get("abilities"), None, "what was found is of another model");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_says_why_without_the_key() {
    let provider = OpenAi::start("another key", "hello").await;
    let site = Site::empty().await;
    let refused = add(&site, "refused", &provider.base_url).await;
    let nowhere = add(&site, "nowhere", "http://127.0.0.1:1/v1").await;
    for model in [refused, nowhere] {
        let trial = site.post(&format!("{}/test", path(&model)), json!({})).await;
        assert_eq!(trial.status, 200, "{}", trial.text);
        assert_eq!(trial.json()["ok"], false);
        assert!(trial.json()["error"].as_str().unwrap().len() > 10, "{}", trial.text);
        assert!(!trial.text.contains("planted"), "{}", trial.text);
        assert_eq!(site.get(&path(&model)).await.json().get("abilities"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_of_a_provider_are_listed_with_a_given_or_a_stored_key() {
    let provider = OpenAi::start(KEY, "hello").await;
    let site = Site::empty().await;
    let body = json!({ "provider": "open_ai", "base_url": provider.base_url, "api_key": KEY });
    assert_eq!(site.post("/models/discover", body).await.json(), json!({ "models": ["big", "small"] }));
    let model = add(&site, "big", &provider.base_url).await;
    let stored = json!({ "provider": "open_ai", "base_url": provider.base_url, "model_id": model["id"] });
    assert_eq!(site.post("/models/discover", stored).await.json(), json!({ "models": ["big", "small"] }));
    let keyless = json!({ "provider": "open_ai", "base_url": provider.base_url });
    site.post("/models/discover", keyless).await.problem(422, "unauthenticated");
    let nowhere = json!({ "provider": "open_ai", "base_url": "http://127.0.0.1:1/v1", "api_key": KEY });
    let detail = site.post("/models/discover", nowhere).await.problem(503, "unavailable");
    assert!(!detail.contains("planted"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_key_goes_to_no_other_address() {
    let (provider, other) = (OpenAi::start(KEY, "hello").await, OpenAi::start(KEY, "hello").await);
    let site = Site::empty().await;
    let model = add(&site, "big", &provider.base_url).await;
    let body = json!({ "provider": "open_ai", "base_url": other.base_url, "model_id": model["id"] });
    site.post("/models/discover", body).await.problem(422, "unauthenticated");
    let asked = other.requests();
    assert!(!asked.is_empty() && asked.iter().all(|(headers, _)| !format!("{headers:?}").contains("planted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_has_one_model_and_what_is_not_named_stays() {
    let site = Site::empty().await;
    let (big, small) =
        (add(&site, "big", "http://127.0.0.1:1/v1").await, add(&site, "small", "http://127.0.0.1:1/v1").await);
    let roles =
        |list: &Value| -> Vec<Value> { list["items"].as_array().unwrap().iter().map(|m| m["roles"].clone()).collect() };
    assert!(site.app.models.active.get().is_none());
    let listed = put_roles(&site, json!({ "reason": big["id"], "fast": big["id"] })).await.json();
    assert_eq!(roles(&listed), [json!(["reason", "fast"]), json!([])]);
    assert_eq!(site.app.models.active.get().unwrap().reason.model.name(), "big");
    let listed = put_roles(&site, json!({ "fast": small["id"] })).await.json();
    assert_eq!(roles(&listed), [json!(["reason"]), json!(["fast"])]);
    assert_eq!(site.app.models.active.get().unwrap().fast.model.name(), "small");
    let unknown = json!({ "reason": null, "fast": "01900000-0000-7000-8000-000000000000" });
    put_roles(&site, unknown).await.problem(404, "not_found");
    assert_eq!(roles(&site.get("/models").await.json()), [json!(["reason"]), json!(["fast"])], "nothing changed");
    put_roles(&site, json!({ "reason": null, "fast": null })).await;
    assert!(site.app.models.active.get().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_model_reasons_no_more() {
    let site = Site::empty().await;
    let model = add(&site, "big", "http://127.0.0.1:1/v1").await;
    put_roles(&site, json!({ "reason": model["id"] })).await;
    assert!(site.app.models.active.get().is_some());
    site.send(Method::DELETE, &path(&model), None, &[]).await;
    assert!(site.app.models.active.get().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedder_with_the_role_makes_the_search_index_anew() {
    let provider = OpenAi::start(KEY, "hello").await;
    let (site, source) = Site::with_shop().await;
    let model = add(&site, "vectors", &provider.base_url).await;
    put_roles(&site, json!({ "embed": model["id"] })).await;
    let jobs = site.get(&format!("/jobs?source_id={source}")).await.json();
    let reindex = jobs["items"].as_array().unwrap().iter().find(|j| j["kind"] == "reindex").unwrap().clone();
    let ended = site.ended_job(reindex["id"].as_str().unwrap()).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let embedded = provider.requests().iter().filter(|(_, body)| body.get("input").is_some()).count();
    assert!(embedded > 0);
    let conversation = site.conversation(&source).await;
    let run = site.ask(&conversation, "How many orders are there?").await;
    assert_eq!(run["status"], "answered", "{run}");
    let trial = site.post(&format!("{}/test", path(&model)), json!({})).await.json();
    assert_eq!((&trial["ok"], trial.get("abilities")), (&json!(true), None), "{trial}");
}

#[tokio::test(flavor = "multi_thread")]
async fn spend_is_of_today_with_the_limits_of_a_day() {
    let site = Site::empty().await;
    let spend = site.get("/models/spend").await.json();
    assert_eq!(spend, json!({ "today": { "calls": 0, "tokens": 0, "cost_micros": 0 } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_changes_about_models_is_followed() {
    let (site, provider) = (Site::empty().await, OpenAi::start(KEY, "hello").await);
    let there = App::open(Config::default(), &site.dir.path().join("data")).await.unwrap();
    assert!(there.models.active.get().is_none());
    let model = add(&site, "big", &provider.base_url).await;
    put_roles(&site, json!({ "reason": model["id"] })).await;
    there.models.refresh().await.unwrap();
    let first = there.models.active.get().unwrap();
    assert_eq!(first.reason.model.name(), "big");
    there.models.refresh().await.unwrap();
    assert!(Arc::ptr_eq(&first, &there.models.active.get().unwrap()), "nothing changed, nothing is connected anew");
    patch(&site, &model, json!({ "api_key": "sk-planted-2" })).await;
    there.models.refresh().await.unwrap();
    assert!(!Arc::ptr_eq(&first, &there.models.active.get().unwrap()), "another key is another connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_model_with_a_role_goes_before_that_of_the_settings() {
    let mut config = Config::default();
    config.model.provider = Some(ProviderName::OpenAi);
    config.model.name = Some("m-0".to_owned());
    config.model.fast_name = Some("m-small".to_owned());
    let site = Site::with_config(config).await;
    let names = || {
        let active = site.app.models.active.get().unwrap();
        (active.reason.model.name().to_owned(), active.fast.model.name().to_owned())
    };
    assert_eq!(names(), ("m-0".to_owned(), "m-small".to_owned()));
    let model = add(&site, "big", "http://127.0.0.1:1/v1").await;
    assert_eq!(names().0, "m-0", "it has no role yet");
    put_roles(&site, json!({ "reason": model["id"] })).await;
    assert_eq!(names(), ("big".to_owned(), "big".to_owned()));
    put_roles(&site, json!({ "reason": null })).await;
    assert_eq!(names().0, "m-0");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_of_the_settings_tells_whether_it_has_a_key() {
    for (key, shown) in [(Some(serde_json::from_value(json!("sk-planted-1")).unwrap()), true), (None, false)] {
        let mut config = Config::default();
        config.model.provider = Some(ProviderName::OpenAi);
        config.model.name = Some("m-0".to_owned());
        config.model.api_key = key;
        let listed = Site::with_config(config).await.get("/models").await;
        assert_eq!(listed.json()["items"][0]["has_key"], shown, "{}", listed.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_changes_is_read_again_and_one_that_is_gone_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    std::fs::write(&file, "sk-planted-1\n").unwrap();
    let mut config = Config::default();
    config.model.provider = Some(ProviderName::Anthropic);
    config.model.name = Some("m-0".to_owned());
    config.model.api_key_file = Some(file.clone());
    let site = Site::with_config(config).await;
    let first = site.app.models.active.get().unwrap();
    std::fs::write(&file, "sk-planted-2\n").unwrap();
    site.app.models.refresh().await.unwrap();
    let second = site.app.models.active.get().unwrap();
    assert!(!Arc::ptr_eq(&first, &second));
    std::fs::remove_file(&file).unwrap();
    let failure = site.app.models.refresh().await.unwrap_err().to_string();
    assert!(failure.contains("cannot read the key file") && !failure.contains("planted"), "{failure}");
    assert!(Arc::ptr_eq(&second, &site.app.models.active.get().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_spent_leaves_questions_to_the_rules() {
    let provider = OpenAi::start(KEY, "no idea").await;
    let mut config = Config::default();
    config.run.day_tokens = Some(150);
    let site = Site::with_config(config).await;
    let source = site.add_shop("shop").await;
    let priced = json!({ "name": "big", "provider": "open_ai", "model": "m-1", "base_url": provider.base_url,
        "api_key": KEY, "input_price": 1, "output_price": 10 });
    let model = site.post("/models", priced).await.json();
    put_roles(&site, json!({ "reason": model["id"] })).await;
    let conversation = site.conversation(&source).await;
    let run = site.ask(&conversation, "Hány rendelés volt tavaly Londonban?").await;
    let usage = &run["answer"]["usage"];
    let spend = site.get("/models/spend").await.json();
    assert_eq!(spend["day_tokens"], 150);
    let tokens = usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap();
    assert!(tokens >= 150, "{usage}");
    assert_eq!(spend["today"]["tokens"], tokens);
    assert_eq!(spend["today"]["calls"], usage["model_calls"]);
    assert_eq!(spend["today"]["cost_micros"], usage["cost_micros"]);
    let asked = provider.requests().len();
    let run = site.ask(&conversation, "Hány rendelés volt tavaly Austinban?").await;
    assert!(run["status"] != "running" && run["status"] != "failed", "{run}");
    let run = site.ask(&conversation, "How many orders are there?").await;
    assert_eq!(run["status"], "answered", "{run}");
    assert_eq!(provider.requests().len(), asked, "nothing more was spent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_silent_model_does_not_hold_up_the_putting_of_a_question() {
    let released = Arc::new(AtomicBool::new(false));
    let held = Arc::clone(&released);
    let provider = OpenAi::replying(KEY, move |_| {
        while !held.load(Ordering::Relaxed) {
            std::thread::park_timeout(Duration::from_millis(10));
        }
        Said::Text("no idea".to_owned())
    })
    .await;
    let (site, source) = Site::with_shop().await;
    let model = add(&site, "big", &provider.base_url).await;
    put_roles(&site, json!({ "reason": model["id"] })).await;
    let conversation = site.conversation(&source).await;
    let path = format!("/conversations/{conversation}/runs");
    let put = site.post(&path, json!({ "question": "Hány rendelés volt tavaly Londonban?" }));
    let started = tokio::time::timeout(Duration::from_secs(20), put).await;
    released.store(true, Ordering::Relaxed);
    assert_eq!(started.expect("it is taken while the model is silent").status, 202);
}
