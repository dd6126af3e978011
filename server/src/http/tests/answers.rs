//! Searching, paging on and reading documents, over the API and in the pages.

use super::{header_of, location, problem, site, site_with, text};
use axum::http::StatusCode;
use serde_json::{Value, json};
use zv_shared::{DocId, PartialDate};

#[tokio::test]
async fn a_search_is_stored_and_read_to_the_very_last_hit() {
    let site = site(45);
    let address = site
        .ask(json!({"vraag": "subsidie", "sorteer": "pad"}))
        .await;
    assert!(!address.contains("subsidie"));
    let search = site.json(&address).await;
    assert_eq!(
        (&search["totaal"], &search["zoekvraag"]["vraag"]),
        (&json!(45), &json!("subsidie"))
    );
    assert_eq!(
        search["facetten"]["soort"],
        json!([{"waarde": "nota", "aantal": 45, "gekozen": false}])
    );
    let (mut next, mut paths) = (format!("{address}/resultaten?aantal=20"), Vec::new());
    loop {
        let response = site.get(&next).await;
        let link = header_of(&response, "link").to_owned();
        let page: Value = serde_json::from_str(&text(response).await).expect("json");
        assert_eq!(page["totaal"], 45);
        let hits = page["resultaten"].as_array().expect("list");
        paths.extend(
            hits.iter()
                .map(|hit| hit["pad"].as_str().expect("pad").to_owned()),
        );
        assert_eq!(
            hits[0]["fragmenten"][0]["treffers"],
            json!([{"van": 3, "tot": 11}])
        );
        assert_eq!(hits[0]["andere_plaatsen"], 44);
        let Some(cursor) = page["volgende"].as_str() else {
            break;
        };
        next = format!("{address}/resultaten?aantal=20&cursor={cursor}");
        assert_eq!(link, format!("<{next}>; rel=\"next\""));
    }
    let expected: Vec<String> = (0..45)
        .map(|number| format!("map/{number:03}.txt"))
        .collect();
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn a_document_is_read_with_its_text_and_places() {
    let site = site(2);
    let id = DocId::of_file("archief", b"000.txt", 0);
    let document = site.json(&format!("/v1/documenten/{id}")).await;
    assert_eq!(
        (&document["titel"], &document["leesbaarheid"]),
        (&json!("Nota 000.txt"), &json!("leesbaar"))
    );
    assert_eq!(
        document["dagtekening"],
        json!({"waarde": "2000-06-03", "herkomst": "verzonden"})
    );
    assert_eq!(document["andere_plaatsen"][0]["pad"], "map/001.txt");
    let page = site.json(&format!("/v1/documenten/{id}/tekst")).await;
    assert_eq!((&page["pagina"], &page["paginas"]), (&json!(1), &json!(1)));
    problem(
        site.get(&format!("/v1/documenten/{id}/tekst?pagina=2"))
            .await,
        StatusCode::NOT_FOUND,
    )
    .await;
    problem(
        site.get(&format!("/v1/documenten/{id}/tekst?pagina=0"))
            .await,
        StatusCode::NOT_FOUND,
    )
    .await;
    assert_eq!(
        site.json(&format!("/v1/documenten/{id}/familie")).await["documenten"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // Its bron is not registered: nothing can be downloaded, wherever its path leads.
    problem(
        site.get(&format!("/v1/documenten/{id}/origineel")).await,
        StatusCode::NOT_FOUND,
    )
    .await;
}

#[tokio::test]
async fn pages_search_filter_and_page_on_without_script() {
    let site = site(45);
    let response = site
        .form("vraag=subsidie&soort=nota&jaar=2001&alleen=jaar%3D2002")
        .await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let page = text(site.get(&location(&response)).await).await;
    assert!(
        page.contains("Jaar: 2002")
            && !page.contains("Jaar: 2001")
            && page.contains("Documentsoort: nota")
    );
    assert!(page.contains("2 documenten"), "documents 2 and 32");
    assert!(
        page.contains("<mark>subsidie</mark>") && page.contains("&#60;b&#62;"),
        "marked and escaped"
    );

    let address = location(&site.form("vraag=subsidie").await);
    let first = text(site.get(&address).await).await;
    assert!(first.contains("1 tot en met 20") && !first.contains("rel=\"prev\""));
    let next = first
        .split("href=\"")
        .find(|part| part.contains("rel=\"next\""))
        .expect("next");
    let next = next.split('"').next().expect("address").to_owned();
    let second = text(site.get(&next).await).await;
    assert!(second.contains("21 tot en met 40") && second.contains("rel=\"prev\""));
    let stale = text(
        site.get(&format!("{address}?na=0123456789abcdef.relevantie.1.1"))
            .await,
    )
    .await;
    assert!(stale.contains("intussen bijgewerkt") && stale.contains("1 tot en met 20"));
}

#[tokio::test]
async fn a_wrong_question_shows_the_place_under_the_box() {
    let site = site(1);
    let page = text(
        site.get(&location(&site.form("vraag=a+EN+%28b").await))
            .await,
    )
    .await;
    assert!(page.contains("De vraag klopt nog niet") && page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"a EN (b\""), "what was typed stays");
    assert_eq!(
        site.form("kleur=rood").await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_document_page_numbers_its_hits() {
    let site = site(2);
    let search = location(&site.form("vraag=subsidie").await);
    let id = DocId::of_file("archief", b"000.txt", 0);
    let page = text(site.get(&format!("{search}/document/{id}")).await).await;
    assert!(
        page.contains("id=\"treffer-1\"") && page.contains("1 treffer"),
        "{page}"
    );
    assert!(page.contains("Precies dezelfde inhoud") && page.contains("Terug naar de resultaten"));
    let alone = text(site.get(&format!("/document/{id}")).await).await;
    assert!(!alone.contains("treffer-1") && alone.contains("&#60;b&#62;"));
}

#[tokio::test]
async fn ocr_and_what_belongs_together_are_told_in_the_api_and_on_the_page() {
    let site = site_with(1, |document| {
        let property = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        document.metadata = vec![
            property("OCR-pagina's", "1 3-4"),
            property("OCR-zekerheid", "93 %"),
        ];
        document.people = vec!["Jan".into()];
        document.relations.thread = Some(zv_shared::GroupKey(7));
        document.relations.inclusive = Some(false);
    });
    let id = DocId::of_file("archief", b"000.txt", 0);
    let body = site.json(&format!("/v1/documenten/{id}")).await;
    let ocr = json!({"paginas": [1, 3, 4], "zekerheid": 93});
    assert_eq!(body["ocr"], ocr);
    assert_eq!(
        [&body["draad"], &body["inclusief"], &body["dubbel"]],
        [&json!("0000000000000007"), &json!(false), &json!("uniek")]
    );
    assert_eq!(
        (&body["betrokkenen"], &body["berichtdagen"], &body["bijna"]),
        (&json!(["Jan"]), &json!([]), &Value::Null)
    );
    let search = site.ask(json!({"vraag": "subsidie"})).await;
    let found = site.json(&format!("{search}/resultaten")).await;
    assert_eq!(found["resultaten"][0]["ocr"], ocr);
    let page = text(site.get(&format!("/document/{id}")).await).await;
    assert!(page.contains("Tekst uit OCR, zekerheid 93 %"));
}

#[tokio::test]
async fn a_conversation_is_shown_by_message_in_the_api_and_on_the_page() {
    let site = site_with(1, |document| {
        document.days = PartialDate::parse("2024-03-15").into_iter().collect();
    });
    let id = DocId::of_file("archief", b"000.txt", 0);
    let page = text(site.get(&format!("/document/{id}")).await).await;
    // A chat without a single message is still shown whole.
    assert!(page.contains("Het hele gesprek") && page.contains("is verleend."));
    let search = site.ask(json!({"vraag": "subsidie"})).await;
    let found = site.json(&format!("{search}/resultaten")).await;
    let fragment = &found["resultaten"][0]["fragmenten"][0];
    assert_eq!(fragment["moment"], Value::Null);
    assert_eq!(fragment["treffers"], json!([{"van": 3, "tot": 11}]));
}

#[tokio::test]
async fn without_an_index_the_pages_say_so() {
    let site = site(0);
    assert!(
        text(site.get("/").await)
            .await
            .contains("Er is nog niets geïndexeerd")
    );
    let address = location(&site.form("vraag=a").await);
    let page = site.get(&address).await;
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(page).await.contains("nog geen index"));
    problem(
        site.get(&site.ask(json!({"vraag": "a"})).await).await,
        StatusCode::SERVICE_UNAVAILABLE,
    )
    .await;
    assert_eq!(
        site.json("/v1/voortgang").await,
        json!({"bezig": false, "volledig": false})
    );
    assert_eq!(site.json("/v1/bronnen").await, json!({"bronnen": []}));
    assert!(text(site.get("/runs").await).await.contains("nog geen run"));
}
