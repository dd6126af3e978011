//! What a beheerder notices of a source that holds an export: deciding about restrictions, and the mapping of its list.

use super::{Site, site, site_with, text};
use axum::http::StatusCode;
use serde_json::{Value, json};
use zv_indexer::source::Sources;
use zv_shared::{Archief, DocId, PartialDate};

fn with_source() -> (Site, tempfile::TempDir) {
    let site = site(1);
    let folder = tempfile::tempdir().expect("folder");
    let root = folder.path().canonicalize().expect("root");
    Sources::register(&site.app.folder, &root, Some("dms")).expect("source");
    (site, folder)
}

#[tokio::test]
async fn what_is_decided_about_a_restriction_is_kept_and_on_record() {
    let (site, _folder) = with_source();
    let sent =
        "waarde=Nader+te+bepalen&beleid=machtiging&onbekend=gesloten&zonder=open&plafond=geheim";
    let response = site.post("/bronnen/dms/export", sent).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let page = text(site.get("/bronnen/dms/export").await).await;
    assert!(page.contains("Nader te bepalen") && page.contains("met een waarschuwing"));
    let kept = site.json("/v1/bronnen/dms").await["regels"]["export"].clone();
    assert_eq!(
        kept["beperkingen"],
        json!({"Nader te bepalen": "machtiging"})
    );
    assert_eq!(
        (&kept["zonder"], &kept["plafond"]),
        (&json!("open"), &json!("geheim"))
    );
    // The form of the other rules leaves this alone.
    site.post("/bronnen/dms/regels", "niet=*.bak").await;
    let after = site.json("/v1/bronnen/dms").await["regels"].clone();
    assert_eq!(
        (&after["niet"], &after["export"]),
        (&json!(["*.bak"]), &kept)
    );
}

#[tokio::test]
async fn a_mapping_is_kept_with_the_source_and_one_that_cannot_work_is_refused() {
    let (site, _folder) = with_source();
    let sent = "actie=bewaar&lijst=export/lijst.csv&vorm=csv&scheiding=%09&codering=windows-1252&pad=Bestand&voorvoegsel=%5C%5Csrv\
                &kolom=Bestand&veld=gegeven&kolom=Onderwerp&veld=titel";
    let response = site.post("/bronnen/dms/koppeling", sent).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let kept: Value = site.json("/v1/bronnen/dms").await["regels"]["export"]["koppeling"].clone();
    assert_eq!(
        kept,
        json!({"lijst": "export/lijst.csv", "vorm": "csv", "scheiding": "\t", "codering": "windows-1252", "pad": "Bestand",
            "voorvoegsel": "\\\\srv", "velden": {"Bestand": "gegeven", "Onderwerp": "titel"}})
    );
    let page = text(site.get("/bronnen/dms/koppeling").await).await;
    assert!(
        page.contains("De koppeling hieronder is bewaard")
            && page.contains("Betekenis van Onderwerp")
    );
    for wrong in ["lijst=../geheim.csv&pad=x", "lijst=lijst.csv"] {
        let sent = format!("actie=bewaar&vorm=csv&{wrong}");
        let response = site.post("/bronnen/dms/koppeling", &sent).await;
        assert_eq!(
            response.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
    // A list that is not there cannot be looked at.
    let response = site
        .post(
            "/bronnen/dms/koppeling",
            "actie=voorbeeld&lijst=weg.csv&vorm=csv",
        )
        .await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    site.post("/bronnen/dms/koppeling", "actie=weg").await;
    let rules = site.json("/v1/bronnen/dms").await["regels"]["export"].clone();
    assert_eq!(rules["koppeling"], Value::Null);
}

#[tokio::test]
async fn a_document_that_is_kept_too_long_says_so_and_its_dossier_is_a_filter() {
    let site = site_with(2, |document| {
        if document.place.path.ends_with(b"001.txt") {
            document.archief = Archief {
                dossier: Some("Bouwdossier haven".into()),
                waardering: Some("V".into()),
                bewaren_tot: PartialDate::parse("2001-12-31"),
                ..Archief::default()
            };
        }
    });
    let id = |name: &str| DocId::of_file("archief", name.as_bytes(), 0);
    let page = text(site.get(&format!("/document/{}", id("001.txt"))).await).await;
    assert!(
        page.contains("tijdelijk bewaren, tot 31 december 2001"),
        "{page}"
    );
    assert!(page.contains("de bewaartermijn is voorbij") && page.contains("Bouwdossier haven"));
    let other = text(site.get(&format!("/document/{}", id("000.txt"))).await).await;
    assert!(!other.contains("bewaartermijn"));
    let question = json!({"vraag": "", "filters": {"dossier": ["Bouwdossier haven"]}});
    let address = site.ask(question).await;
    let found = site.json(&format!("{address}/resultaten")).await;
    assert_eq!(found["totaal"], 1);
}

/// What the proefscan of the source found, once it is done.
async fn scanned(site: &Site) -> Value {
    for _ in 0..600 {
        let now = site.json("/v1/bronnen/dms/proefscan").await;
        if now["bezig"] == json!(false) && now["klaar"] != Value::Null {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the proefscan does not end");
}

#[tokio::test]
async fn a_proefscan_tells_what_a_run_would_find_and_the_page_shows_it() {
    let (site, folder) = with_source();
    let page = text(site.get("/bronnen/dms/proefscan").await).await;
    assert!(page.contains("Proefscan beginnen"), "{page}");
    for number in 0..3 {
        std::fs::write(folder.path().join(format!("nota{number}.txt")), "kade").expect("file");
    }
    std::fs::write(folder.path().join("weg.pdf.mdto.xml"), "<MDTO/>").expect("file");
    let response = site.post("/bronnen/dms/proefscan", "actie=begin").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let found = scanned(&site).await;
    let told = &found["uitkomst"];
    assert_eq!(
        (&told["totaal"]["bestanden"], &told["volledig"]),
        (&json!(4), &json!(true))
    );
    assert_eq!(told["soorten"]["txt"], json!({"bestanden": 3, "bytes": 12}));
    assert_eq!(told["sidecar_zonder_bestand"]["aantal"], 1);
    assert!(told["ruimte"]["nodig"].as_u64() > told["ruimte"]["index"].as_u64());
    assert!(told["ruimte"]["vrij"].as_u64() > Some(0));
    let page = text(site.get("/bronnen/dms/proefscan").await).await;
    for wanted in [
        "Opnieuw beginnen",
        "weg.pdf.mdto.xml",
        "Nu vrij op de schijf",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    // A source that is gone: the reason stands on the page.
    drop(folder);
    site.post("/bronnen/dms/proefscan", "actie=begin").await;
    let found = scanned(&site).await;
    assert!(
        found["melding"]
            .as_str()
            .is_some_and(|why| why.contains("niet bereikbaar")),
        "{found}"
    );
}

#[tokio::test]
async fn a_public_source_is_made_of_a_folder_or_of_a_sitemap() {
    let (site, _folder) = with_source();
    let made =
        json!({"naam": "site", "regels": {"sitemap": "https://open.voorbeeld.nl/sitemap.xml"}});
    let response = site.post_json("/v1/bronnen", &made).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let source = site.json("/v1/bronnen/site").await;
    let map = source["map"].as_str().expect("map");
    assert!(map.ends_with("openbaar/site/bestanden"), "{map}");
    let wrong = [
        json!({"naam": "zonder"}),
        json!({"regels": {"sitemap": "https://open.voorbeeld.nl/sitemap.xml"}}),
        json!({"naam": "x", "regels": {"sitemap": "http://open.voorbeeld.nl/sitemap.xml"}}),
    ];
    for sent in wrong {
        let response = site.post_json("/v1/bronnen", &sent).await;
        assert_eq!(
            response.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{sent}"
        );
    }
    // The form of the page keeps what it does not show.
    site.post("/bronnen/dms/regels", "openbaar=ja").await;
    let rules = site.json("/v1/bronnen/dms").await["regels"].clone();
    assert_eq!(rules["openbaar"], json!(true));
    site.post("/bronnen/dms/export", "zonder=open").await;
    let rules = site.json("/v1/bronnen/dms").await["regels"].clone();
    assert_eq!(rules["openbaar"], json!(true));
}
