//! Random samples over the API and on their page.

use super::lijsten::{searched, sent};
use super::{Site, document, location, problem, site, text, write};
use axum::body::to_bytes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use zip::ZipArchive;

const SAMPLES: &str = "/v1/zaken/lokaal/steekproeven";

async fn drawn(site: &Site, body: Value) -> Value {
    let response = sent(site, SAMPLES, body).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let made: Value = serde_json::from_str(&text(response).await).expect("json");
    site.json(&format!("{SAMPLES}/{}", made["nummer"])).await
}

fn ids(sample: &Value) -> Vec<String> {
    let documents = sample["documenten"].as_array().expect("list");
    let ids = documents
        .iter()
        .map(|one| one["document"].as_str().expect("id").to_owned());
    ids.collect()
}

/// Of ten documents the search finds those with an even number.
async fn half(site: &Site) -> u32 {
    searched(site, "nummer0 OF nummer2 OF nummer4 OF nummer6 OF nummer8").await
}

fn numbered(numbers: impl Iterator<Item = u16>) -> BTreeSet<String> {
    let ids = numbers.map(|number| document(&format!("{number:03}.txt"), number).id.to_string());
    ids.collect()
}

#[tokio::test]
async fn a_sample_is_of_what_was_found_or_of_what_was_not() {
    let site = site(10);
    let nummer = half(&site).await;
    let body = |soort: &str, zaad: &str| json!({"zoekactie": nummer, "soort": soort, "aantal": 3, "zaad": zaad});
    let (found, missed) = (numbered((0..10).step_by(2)), numbered((1..10).step_by(2)));
    let precision = drawn(&site, body("precisie", "a")).await;
    let elusion = drawn(&site, body("elusie", "a")).await;
    assert!(ids(&precision).len() == 3 && ids(&precision).iter().all(|id| found.contains(id)));
    assert!(ids(&elusion).len() == 3 && ids(&elusion).iter().all(|id| missed.contains(id)));
    assert_eq!(
        (
            &precision["schatting"]["omvang"],
            &elusion["schatting"]["omvang"]
        ),
        (&json!(5), &json!(5))
    );
    assert_eq!(ids(&drawn(&site, body("elusie", "a")).await), ids(&elusion));
    // All of it, when more is asked than there is.
    let all = json!({"zoekactie": nummer, "soort": "elusie", "aantal": 2000});
    let all = drawn(&site, all).await;
    assert_eq!(ids(&all).into_iter().collect::<BTreeSet<_>>(), missed);
    assert_eq!(all["zaad"].as_str().map(str::len), Some(32));
    for (wrong, status) in [
        (
            json!({"zoekactie": nummer, "soort": "elusie", "aantal": 0}),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({"zoekactie": nummer, "soort": "elusie", "aantal": 2001}),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({"zoekactie": 99, "soort": "elusie", "aantal": 1}),
            StatusCode::NOT_FOUND,
        ),
    ] {
        problem(sent(&site, SAMPLES, wrong).await, status).await;
    }
    write(&site.app.folder, Vec::new(), &[document("001.txt", 1).id]);
    let refused = problem(
        sent(&site, SAMPLES, body("elusie", "a")).await,
        StatusCode::CONFLICT,
    )
    .await;
    assert!(
        refused["detail"]
            .as_str()
            .expect("detail")
            .contains("bijgewerkt"),
        "{refused}"
    );
}

#[tokio::test]
async fn judgements_give_an_estimate_with_its_interval_and_none_is_lost() {
    let site = site(10);
    let nummer = half(&site).await;
    let wanted = json!({"zoekactie": nummer, "soort": "elusie", "aantal": 4, "zaad": "z"});
    let sample = drawn(&site, wanted).await;
    assert_eq!(sample["schatting"]["uitkomst"], Value::Null);
    let drawn = ids(&sample);
    let judge = |judgements: Value| {
        let body = json!({"oordelen": judgements});
        sent(&site, "/v1/zaken/lokaal/steekproeven/1/oordelen", body)
    };
    let one = |at: usize, oordeel: &str, gezien: u64| json!({"document": drawn[at], "oordeel": oordeel, "gezien": gezien});
    let response = judge(json!([
        one(0, "relevant", 0),
        one(1, "niet-relevant", 0),
        one(2, "niet-te-bepalen", 0)
    ]))
    .await;
    let said: Value = serde_json::from_str(&text(response).await).expect("json");
    let estimate = &said["schatting"];
    assert_eq!(
        (
            &estimate["relevant"],
            &estimate["niet_te_bepalen"],
            &estimate["nog_te_beoordelen"]
        ),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(estimate["uitkomst"]["aandeel"], 0.5);
    assert_eq!(
        (
            &estimate["uitkomst"]["documenten_van"],
            &estimate["uitkomst"]["documenten_tot"]
        ),
        (&json!(1), &json!(4))
    );
    // Who did not see the earlier judgement does not replace it, and the rest of the form is not kept either.
    problem(
        judge(json!([one(3, "relevant", 0), one(0, "niet-relevant", 0)])).await,
        StatusCode::CONFLICT,
    )
    .await;
    let now = site.json(&format!("{SAMPLES}/1")).await;
    assert_eq!(
        (
            &now["documenten"][0]["oordeel"],
            &now["documenten"][3]["oordeel"]
        ),
        (&json!("relevant"), &Value::Null)
    );
    let seen = now["documenten"][0]["nummer"].as_u64().expect("number");
    let changed = judge(json!([one(0, "niet-relevant", seen)])).await;
    assert_eq!(changed.status(), StatusCode::OK);
    let stranger = json!([{"document": "0".repeat(32), "oordeel": "relevant"}]);
    problem(judge(stranger).await, StatusCode::NOT_FOUND).await;
    let raw = rusqlite::Connection::open(site.app.folder.join("toestand.db")).expect("database");
    for change in [
        "UPDATE steekproef_oordeel SET oordeel = 'relevant'",
        "DELETE FROM steekproef_document",
        "DELETE FROM steekproef",
    ] {
        assert!(raw.execute(change, []).is_err(), "{change}");
    }
    assert_eq!(
        site.app.store.check_audit(&[]).expect("checked").broken,
        None
    );
}

#[tokio::test]
async fn the_page_judges_without_script_and_keeps_what_somebody_else_did() {
    let site = site(10);
    let nummer = half(&site).await;
    let sample = drawn(
        &site,
        json!({"zoekactie": nummer, "soort": "precisie", "aantal": 2, "zaad": "z"}),
    )
    .await;
    let drawn = ids(&sample);
    let address = "/zaken/lokaal/steekproeven/1";
    let page = text(site.get(address).await).await;
    let search = site
        .app
        .store
        .zoekacties("lokaal")
        .expect("asked")
        .remove(0)
        .zoekopdracht;
    for id in &drawn {
        assert!(
            page.contains(&format!("href=\"/zoek/{search}/document/{id}\"")),
            "{page}"
        );
        assert!(
            page.contains(&format!("name=\"oordeel-{id}\" value=\"niet-te-bepalen\"")),
            "{page}"
        );
    }
    let (one, two) = (&drawn[0], &drawn[1]);
    let form =
        format!("gezien-{one}=0&oordeel-{one}=relevant&gezien-{two}=0&oordeel-{two}=niet-relevant");
    let saved = site.post(&format!("{address}/oordelen"), &form).await;
    assert_eq!(
        (saved.status(), location(&saved)),
        (StatusCode::SEE_OTHER, format!("{address}#uitkomst"))
    );
    let page = text(site.get(address).await).await;
    assert!(
        page.contains("1 relevant, 1 niet relevant") && page.contains("50,0 %"),
        "{page}"
    );
    assert!(
        page.contains(&format!(
            "name=\"oordeel-{one}\" value=\"relevant\" checked"
        )),
        "{page}"
    );
    // The same form again says nothing new; another judgement from an old form is refused.
    assert_eq!(
        site.post(&format!("{address}/oordelen"), &form)
            .await
            .status(),
        StatusCode::SEE_OTHER
    );
    let old = format!("gezien-{one}=0&oordeel-{one}=niet-relevant");
    assert_eq!(
        site.post(&format!("{address}/oordelen"), &old)
            .await
            .status(),
        StatusCode::CONFLICT
    );
    for wrong in [
        "oordeel-x=relevant",
        &format!("oordeel-{one}=misschien"),
        "iets=1",
    ] {
        assert_eq!(
            site.post(&format!("{address}/oordelen"), wrong)
                .await
                .status(),
            StatusCode::BAD_REQUEST
        );
    }
    assert_eq!(
        site.get("/zaken/lokaal/steekproeven/9").await.status(),
        StatusCode::NOT_FOUND
    );
}

/// The text of an account without its marks, each of them a space.
fn plain(page: &str) -> String {
    let mut parts = page.split('<');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push(' ');
        whole.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_account_and_the_bundle_tell_each_sample_and_which_is_not_finished() {
    let site = site(10);
    let nummer = half(&site).await;
    let account = async |versie: &str| {
        let wanted = json!({"versie": versie, "vorm": "html"});
        let made = sent(&site, "/v1/zaken/lokaal/verantwoordingen", wanted).await;
        plain(&text(made).await)
    };
    let before = account("publiek").await;
    assert!(before.contains("geen steekproeven getrokken"), "{before}");
    let body = |soort: &str, zaad: &str| json!({"zoekactie": nummer, "soort": soort, "aantal": 4, "zaad": zaad});
    let precision = drawn(&site, body("precisie", "eerste")).await;
    drawn(&site, body("elusie", "tweede")).await;
    let judgements: Vec<Value> = ids(&precision)
        .iter()
        .zip(["relevant", "relevant", "niet-relevant", "niet-te-bepalen"])
        .map(|(id, oordeel)| json!({"document": id, "oordeel": oordeel, "gezien": 0}))
        .collect();
    let judged = json!({"oordelen": judgements});
    let response = sent(&site, &format!("{SAMPLES}/1/oordelen"), judged).await;
    assert_eq!(response.status(), StatusCode::OK);
    for versie in ["intern", "publiek"] {
        let page = account(versie).await;
        let section = page
            .rsplit_once("Steekproef 1: precisie")
            .expect("a section")
            .1;
        let (first, second) = section.split_once("Steekproef 2: elusie").expect("both");
        for said in [
            "Zoekactie zoekactie 1, verkennend",
            "Documenten waaruit getrokken is 5",
            "Getrokken documenten 4",
            "Zaad eerste",
            "Beoordeeld 4",
            "Daarvan relevant 2",
            "Daarvan niet relevant 1",
            "Daarvan niet te bepalen 1",
            "Aandeel relevant 66,7 % (95 % zeker tussen 9,4 % en 99,2 %)",
            "Schatting van wat relevant is ongeveer 3 documenten (95 % zeker tussen 2 en 4)",
        ] {
            assert!(first.contains(said), "{said}: {first}");
        }
        assert!(!first.contains("niet af"), "{first}");
        let second = second.split_once("Machtigingen").expect("the next part").0;
        for said in [
            "doorzocht en niet vond",
            "Zaad tweede",
            "Beoordeeld 0",
            "deze steekproef is niet af. 4 documenten zijn nog niet beoordeeld",
            "er is geen schatting",
        ] {
            assert!(second.contains(said), "{said}: {second}");
        }
    }
    let bundle = sent(&site, "/v1/zaken/lokaal/bundels", json!({})).await;
    let bytes = to_bytes(bundle.into_body(), usize::MAX).await.expect("zip");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("zip");
    let mut table = String::new();
    let mut member = zip.by_name("steekproeven.csv").expect("a table");
    member.read_to_string(&mut table).expect("text");
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert!(rows[0].starts_with("1;precisie;1;;5;4;eerste;"), "{table}");
    assert!(rows[0].contains(";2;1;1;0;ja;0,666"), "{table}");
    assert!(rows[0].ends_with(";3;2;4"), "{table}");
    assert!(rows[1].starts_with("2;elusie;1;;5;4;tweede;"), "{table}");
    assert!(rows[1].ends_with(";0;0;0;4;nee;;;;;;"), "{table}");
}
