use crate::site::{Site, events_of};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn learning_again_is_a_job_that_can_be_watched_to_its_end() {
    let (site, id) = Site::with_shop().await;
    let started = site.post(&format!("/sources/{id}/learn"), json!({})).await;
    assert_eq!(started.status, 202);
    let job = started.json();
    assert_eq!(job["kind"], "learn");
    let path = format!("/jobs/{}", job["id"].as_str().unwrap());
    let events = events_of(&site.get(&format!("{path}/events")).await.text);
    let (last, before) = events.split_last().unwrap();
    assert_eq!(last.name, "job.completed");
    assert!(before.iter().all(|e| e.name == "job.progress"));
    let ended = site.get(&path).await.json();
    assert_eq!(ended["status"], "succeeded");
    assert_eq!(ended["progress"]["done"], ended["progress"]["total"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_newest_first_and_by_source() {
    let (site, id) = Site::with_shop().await;
    let second = site.add_shop("again").await;
    let all = site.get("/jobs").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    assert_eq!(all["items"][0]["source_id"], second.as_str());
    let of_first = site.get(&format!("/jobs?source_id={id}&limit=5")).await.json();
    assert_eq!(of_first["items"].as_array().unwrap().len(), 1);
    site.get("/jobs?limit=0").await.problem(400, "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_finished_job_leaves_it_as_it_is() {
    let (site, _) = Site::with_shop().await;
    let job = site.get("/jobs").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let after = site.post(&format!("/jobs/{job}/cancel"), json!({})).await.json();
    assert_eq!(after["status"], "succeeded");
    let unknown = "/jobs/01900000-0000-7000-8000-000000000000";
    site.get(unknown).await.problem(404, "not_found");
    site.post(&format!("{unknown}/cancel"), json!({})).await.problem(404, "not_found");
    site.get(&format!("{unknown}/events")).await.problem(404, "not_found");
}
