use crate::site::{Reply, Site};
use axum::http::Method;
use datafyme_domain::Caller;
use datafyme_server::knowledge_files::{FileError, Place, export, import};
use serde_json::{Value, json};

async fn edit(site: &Site, id: &str, table: &str, version: u64, change: Value) -> Reply {
    let path = format!("/sources/{id}/tables/documentation?table={table}");
    let body = json!({ "version": version, "change": change }).to_string();
    site.send(Method::PATCH, &path, Some(body), &[]).await
}

async fn ask(site: &Site, id: &str, question: &str) -> Value {
    let conversation = site.conversation(id).await;
    site.ask(&conversation, question).await["answer"].clone()
}

/// The one figure of an answer.
fn figure(answer: &Value) -> f64 {
    answer["rows"][0][0].as_f64().unwrap_or_else(|| panic!("no figure in {answer}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synonym_that_a_person_writes_makes_a_question_understood_at_once() {
    let (site, id) = Site::with_shop().await;
    let question = "How many parcels are there?";
    assert_ne!(ask(&site, &id, question).await["status"], "answered");
    let detail = edit(&site, &id, "orders", 0, json!({ "synonyms": ["parcels"] })).await.json();
    assert_eq!(detail["documentation"]["synonyms"], json!(["parcels"]));
    assert_eq!((&detail["version"], &detail["editor"]), (&json!(1), &json!("local")));
    assert_eq!(detail["edited_fields"], json!(["synonyms"]));
    let answer = ask(&site, &id, question).await;
    assert_eq!(answer["status"], "answered", "{answer}");
    assert_eq!(figure(&answer), 48.0);
    let found = site.get(&format!("/sources/{id}/tables?q=parcels")).await.json();
    assert_eq!(found["items"][0]["table"]["table"], "orders");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_outlives_learning_and_is_reset_to_what_is_generated() {
    let (site, id) = Site::with_shop().await;
    let generated = site.get(&format!("/sources/{id}/tables/detail?table=orders")).await.json();
    let change =
        json!({ "business_description": "What was shipped.", "columns": [{ "column": "amount", "unit": "EUR" }] });
    edit(&site, &id, "orders", 0, change).await;
    let job = site.post(&format!("/sources/{id}/learn"), json!({})).await.json();
    site.ended_job(job["id"].as_str().unwrap()).await;
    let path = format!("/sources/{id}/tables/detail?table=orders");
    let learned = site.get(&path).await.json();
    assert_eq!(learned["documentation"]["business_description"], "What was shipped.");
    assert_eq!(learned["generated"]["business_description"], generated["documentation"]["business_description"]);
    assert_eq!(learned["edited_fields"], json!(["business_description", "columns.amount.unit"]));
    let reset = edit(&site, &id, "orders", 1, json!({ "reset": ["*"] })).await.json();
    assert_eq!(reset["documentation"]["business_description"], generated["documentation"]["business_description"]);
    assert_eq!((&reset["edited_fields"], &reset["version"]), (&json!([]), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_rests_on_an_older_version_is_refused() {
    let (site, id) = Site::with_shop().await;
    edit(&site, &id, "orders", 0, json!({ "business_description": "First." })).await;
    let late = edit(&site, &id, "orders", 0, json!({ "business_description": "Late." })).await;
    let detail = late.problem(409, "conflict");
    assert!(detail.contains("orders meanwhile: nothing was saved"), "{detail}");
    let now = site.get(&format!("/sources/{id}/tables/detail?table=orders")).await.json();
    assert_eq!(now["documentation"]["business_description"], "First.");
    edit(&site, &id, "orders", 1, json!({ "columns": [{ "column": "nope" }] })).await.problem(400, "invalid_input");
    edit(&site, &id, "nope", 0, json!({})).await.problem(404, "not_found");
    edit(&site, &id, "orders", 1, json!({ "reset": ["nope"] })).await.problem(400, "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_declined_and_not_read() {
    let (site, id) = Site::with_shop().await;
    let question = "What is the average amount of the orders?";
    assert_eq!(ask(&site, &id, question).await["status"], "answered");
    edit(&site, &id, "orders", 0, json!({ "columns": [{ "column": "amount", "hidden": true }] })).await;
    let answer = ask(&site, &id, question).await;
    assert_eq!(answer["status"], "declined", "{answer}");
    assert!(answer["text"].as_str().unwrap().contains("orders.amount is hidden"), "{answer}");
    let body = json!({ "source_id": id, "question": "q", "sql": "SELECT sum(amount) FROM orders" });
    let detail = site.post("/verified-queries", body).await.problem(422, "unsafe_sql");
    assert!(detail.contains("column amount of orders is hidden"), "{detail}");
    edit(&site, &id, "customers", 0, json!({ "hidden": true })).await;
    assert_eq!(ask(&site, &id, "How many customers are there?").await["status"], "declined");
    assert_eq!(figure(&ask(&site, &id, "How many orders are there?").await), 48.0);
    edit(&site, &id, "customers", 1, json!({ "hidden": false })).await;
    assert_eq!(figure(&ask(&site, &id, "How many customers are there?").await), 3.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_stand_for_values_columns_and_figures() {
    let (site, id) = Site::with_shop().await;
    let path = format!("/sources/{id}/terms");
    let value = json!({ "kind": "value", "table": { "table": "customers" }, "column": "city", "value": "New York" });
    let created = site.post(&path, json!({ "term": "NYC", "synonyms": ["Big Apple"], "meaning": value })).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let created = created.json();
    assert_eq!((&created["used"], &created["term"]["version"]), (&json!(true), &json!(1)));
    assert_eq!(figure(&ask(&site, &id, "How many customers are in NYC?").await), 1.0);
    let figure_of = json!({ "kind": "expression", "table": { "table": "orders" }, "sql": "amount * 2" });
    let doubled = site.post(&path, json!({ "term": "turnover", "meaning": figure_of })).await;
    assert_eq!(doubled.status, 201, "{}", doubled.text);
    let answer = ask(&site, &id, "What is the total turnover?").await;
    assert_eq!(answer["status"], "answered", "{answer}");
    assert_eq!(figure(&answer), 2.0 * 10.5 * f64::from(48 * 49 / 2), "{answer}");

    for sql in ["sum(amount)", "amount) FROM orders UNION SELECT (1", "secret + 1", "(SELECT 1)", "amount --"] {
        let meaning = json!({ "kind": "expression", "table": { "table": "orders" }, "sql": sql });
        site.post(&path, json!({ "term": "bad", "meaning": meaning })).await.problem(400, "invalid_input");
    }
    site.post(&path, json!({ "term": "nyc", "definition": "again" })).await.problem(409, "conflict");
    site.post(&path, json!({ "term": "empty" })).await.problem(400, "invalid_input");
    let term = created["term"]["id"].as_str().unwrap();
    let stale = json!({ "term": "NYC", "definition": "x", "version": 7 }).to_string();
    site.send(Method::PUT, &format!("{path}/{term}"), Some(stale), &[]).await.problem(409, "conflict");
    assert_eq!(site.send(Method::DELETE, &format!("{path}/{term}"), None, &[]).await.status, 204);
    assert_eq!(site.get(&path).await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_query_answers_its_question_until_the_schema_changes() {
    let (site, id) = Site::with_shop().await;
    let question = "Where do our best people live?";
    let sql = "SELECT city FROM customers WHERE name = 'Grace'";
    let body = json!({ "source_id": id, "question": question, "sql": sql });
    let saved = site.post("/verified-queries", body.clone()).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    assert_eq!(saved.json()["standing"], "valid");
    site.post("/verified-queries", body).await.problem(409, "conflict");
    let answer = ask(&site, &id, "where do our best people live").await;
    assert_eq!((&answer["status"], &answer["sql"]), (&json!("answered"), &json!(sql)), "{answer}");
    assert_eq!(answer["rows"][0][0], "New York");
    let check = &answer["checks"][0];
    assert_eq!((&check["code"], &check["result"]), (&json!("verified"), &json!("passed")));
    assert!(check["detail"].as_str().unwrap().contains("by local on"), "{check}");

    let file = rusqlite::Connection::open(site.shop_file()).unwrap();
    file.execute_batch("UPDATE customers SET city = 'Boston' WHERE name = 'Grace'").unwrap();
    assert_eq!(ask(&site, &id, question).await["rows"][0][0], "Boston");
    file.execute_batch("ALTER TABLE customers RENAME COLUMN city TO town").unwrap();
    let job = site.post(&format!("/sources/{id}/learn"), json!({})).await.json();
    site.ended_job(job["id"].as_str().unwrap()).await;
    let list = site.get(&format!("/sources/{id}/verified-queries")).await.json();
    assert_eq!(list["items"][0]["standing"], "stale");
    assert!(list["items"][0]["reason"].as_str().unwrap().contains("column city of customers is gone"));
    let answer = ask(&site, &id, question).await;
    assert!(answer["sql"].as_str().is_none_or(|used| used != sql), "{answer}");

    let path = format!("/verified-queries/{}", list["items"][0]["id"].as_str().unwrap());
    let change = |version: u64| json!({ "version": version, "sql": sql.replace("city", "town") }).to_string();
    let changed = site.send(Method::PATCH, &path, Some(change(1)), &[]).await.json();
    assert_eq!((&changed["standing"], &changed["version"]), (&json!("valid"), &json!(2)));
    site.send(Method::PATCH, &path, Some(change(1)), &[]).await.problem(409, "conflict");
    assert_eq!(ask(&site, &id, question).await["rows"][0][0], "Boston");
    assert_eq!(site.send(Method::DELETE, &path, None, &[]).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_answer_is_saved_from_its_run() {
    let (site, id) = Site::with_shop().await;
    let conversation = site.conversation(&id).await;
    let run = site.ask(&conversation, "How many orders are there?").await["answer"].clone();
    let runs = site.get(&format!("/conversations/{conversation}/messages")).await.json();
    let run_id = runs["items"][0]["run"]["id"].as_str().unwrap().to_owned();
    let saved = site.post("/verified-queries", json!({ "run_id": run_id })).await.json();
    assert_eq!((&saved["question"], &saved["sql"]), (&json!("How many orders are there?"), &run["sql"]));
    let again = ask(&site, &id, "how many orders are there?").await;
    assert_eq!(again["checks"][0]["code"], "verified");
    assert_eq!(again["interpretation"], run["interpretation"]);
    site.post("/verified-queries", json!({})).await.problem(400, "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_the_last_say_on_relations() {
    let (site, id) = Site::with_shop().await;
    let path = format!("/sources/{id}/relations");
    let relation = site.get(&path).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let say = async |kind: &str| {
        let body = json!({ "kind": kind }).to_string();
        site.send(Method::PATCH, &format!("{path}/{relation}"), Some(body), &[]).await
    };
    assert_eq!(say("rejected").await.json()["kind"], "rejected");
    let job = site.post(&format!("/sources/{id}/learn"), json!({})).await.json();
    site.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!(site.get(&path).await.json()["items"][0]["kind"], "rejected");
    let ends = json!({ "from_table": { "table": "orders" }, "from_columns": ["customer_id"],
        "to_table": { "table": "customers" }, "to_columns": ["customer_id"] });
    assert_eq!(site.post(&path, ends).await.json()["items"][0]["kind"], "confirmed");
    let wrong = json!({ "from_table": { "table": "orders" }, "from_columns": ["nope"],
        "to_table": { "table": "customers" }, "to_columns": ["customer_id"] });
    site.post(&path, wrong).await.problem(400, "invalid_input");
}

/// Every file below `dir` with its text.
fn files(dir: &std::path::Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_back_without_loss_and_say_where_they_are_wrong() {
    let (site, id) = Site::with_shop().await;
    let (me, source) = (Caller::local(), id.parse().unwrap());
    let text = "Two lines:\n  # no comment\n- \"quoted\", é, 日本: {x}";
    let change = json!({ "business_description": text, "synonyms": ["yes", "1.0", "null", " it's: "],
        "columns": [{ "column": "amount", "unit": "%", "hidden": true }] });
    edit(&site, &id, "orders", 0, change).await;
    site.post(&format!("/sources/{id}/terms"), json!({ "term": "NYC", "definition": "New York: the city" })).await;
    let dir = site.dir.path().join("docs");
    let place = Place::of(&dir);
    assert_eq!(export(&site.app, me, source, &place).await.unwrap(), 5);
    let first = files(&dir);
    assert_eq!(import(&site.app, me, source, &place, false).await.unwrap().changes, Vec::<String>::new());
    export(&site.app, me, source, &place).await.unwrap();
    assert_eq!(files(&dir), first, "an export is stable");

    // Into another data source of the same shape.
    let other_id = site.add_shop("other").await;
    let other = other_id.parse().unwrap();
    let plan = import(&site.app, me, other, &place, true).await.unwrap().changes;
    let expected = ["orders: description, synonyms, columns.amount.unit, columns.amount.hidden", "term: NYC"];
    assert_eq!(plan, expected);
    let untouched = site.get(&format!("/sources/{other_id}/tables/detail?table=orders")).await.json();
    assert_eq!(untouched["version"], 0, "a dry run changes nothing");
    assert_eq!(import(&site.app, me, other, &place, false).await.unwrap().changes, expected);
    let there = site.get(&format!("/sources/{other_id}/tables/detail?table=orders")).await.json();
    assert_eq!(there["documentation"]["business_description"], text);
    assert_eq!(there["documentation"]["synonyms"], json!(["yes", "1.0", "null", "it's:"]));
    let one = Place::of(&site.dir.path().join("all.yaml"));
    export(&site.app, me, other, &one).await.unwrap();
    assert_eq!(import(&site.app, me, source, &one, true).await.unwrap().changes, Vec::<String>::new());

    let orders = dir.join("tables").join("orders.yaml");
    let wrong = first
        .iter()
        .find(|(path, _)| path.ends_with("orders.yaml"))
        .unwrap()
        .1
        .replace("column: amount", "column: amuont");
    let line = wrong.lines().position(|l| l.contains("amuont")).unwrap() + 1;
    std::fs::write(&orders, wrong).unwrap();
    std::fs::write(dir.join("terms.yaml"), "- term: a\n  definiton: b\n").unwrap();
    let Err(FileError::Content(faults)) = import(&site.app, me, source, &place, false).await else {
        panic!("wrong files were imported");
    };
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults.iter().any(|f| f.contains(&format!("orders.yaml:{line}: table orders has no column amuont"))),
        "{faults:?}"
    );
    assert!(faults.iter().any(|f| f.contains("terms.yaml:") && f.contains("definiton")), "{faults:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reasons_of_a_relation_are_told_in_the_language_that_is_asked_for() {
    let (site, id) = Site::with_shop().await;
    let relations = format!("/sources/{id}/relations");
    let english = site.get(&relations).await.json()["items"][0].clone();
    assert_eq!(english["reasons"][0], "declared as a foreign key in the database");
    assert_eq!(english["evidence"]["reasons"][0], json!({ "kind": "declared" }));
    let hungarian = [("accept-language", "hu-HU,hu;q=0.9,en;q=0.8")];
    let told = site.send(Method::GET, &relations, None, &hungarian).await.json()["items"][0].clone();
    assert_eq!(told["reasons"][0], "az adatbázisban idegen kulcsként van megadva");
    assert!(told["reasons"][1].as_str().unwrap().contains("mind a(z) 48"), "{told}");
    assert_eq!(told["evidence"], english["evidence"]);
    let table = format!("/sources/{id}/tables/detail?table=orders");
    let detail = site.send(Method::GET, &table, None, &hungarian).await.json();
    assert_eq!(detail["relations"][0]["reasons"], told["reasons"]);
    // Nobody speaks that here.
    let other = site.send(Method::GET, &relations, None, &[("accept-language", "de")]).await.json();
    assert_eq!(other["items"][0]["reasons"], english["reasons"]);
}
