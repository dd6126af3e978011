//! The lists with synonyms of a case as people notice them: what they find, that they find it in no other case, that
//! what was searched stays searched with the lists of then, and who may read and change them.

use super::lijsten::{local, searched, sent};
use super::toegang::{Office, Person, office, person};
use super::{Site, header_of, location, problem, request, site, text, upload};
use crate::mensen::Rol;
use crate::zaken::machtiging::today;
use crate::zaken::plan::{Begrip, Zoekplan};
use crate::zaken::telling::{members, results_hash};
use crate::zaken::{Intake, Soort, Zaak};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

const LISTS: &str = "/v1/zaken/lokaal/woordenlijsten";

fn csv(tekst: &str) -> Value {
    json!({"soort": "tekst", "vorm": "csv", "tekst": tekst})
}

fn new(naam: &str, tekst: &str) -> Value {
    json!({"naam": naam, "inhoud": csv(tekst), "reden": "uit het gesprek met de directie"})
}

async fn number(response: Response) -> Value {
    let status = response.status();
    let body = text(response).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    serde_json::from_str::<Value>(&body).expect("json")["nummer"].clone()
}

async fn total(site: &Site, address: &str) -> Value {
    site.json(address).await["totaal"].clone()
}

/// The synonyms in an explanation, each with where it comes from.
fn synonyms(explained: &Value) -> Vec<(String, Value)> {
    let words = explained["woorden"].as_array().expect("words").iter();
    let kinds = words.flat_map(|word| word["uitbreidingen"].as_array().expect("kinds"));
    let lists = kinds.filter(|kind| kind["soort"] == "synoniem");
    lists
        .flat_map(|kind| kind["woorden"].as_array().expect("words"))
        .map(|one| {
            (
                one["tekst"].as_str().expect("text").to_owned(),
                one["lijsten"].clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_list_counts_for_what_is_asked_after_it_and_what_was_asked_stays_as_it_was() {
    let site = site(3);
    let before = site.ask(json!({"vraag": "geldstroom"})).await;
    assert_eq!(total(&site, &before).await, 0);
    let rows = "geldstroom;subsidie\n";
    assert_eq!(
        number(sent(&site, LISTS, new("Eigen woorden", rows)).await).await,
        1
    );
    // The question that was asked before is still the same question, also page by page.
    assert_eq!(total(&site, &before).await, 0);
    let nummer = searched(&site, "geldstroom").await;
    let actie = site
        .app
        .store
        .zoekactie("lokaal", nummer)
        .expect("asked")
        .expect("there");
    assert_eq!(actie.verslag.totaal, 3);
    let used = serde_json::to_value(&actie.verslag.lijsten).expect("json");
    assert_eq!(used[0]["herkomst"], "zaak");
    assert_eq!(
        (&used[0]["naam"], &used[0]["versie"]),
        (&json!("Eigen woorden"), &json!("1"))
    );
    assert_eq!(used[0]["sha256"].as_str().map(str::len), Some(64));

    // Zo is gezocht names the list, and so does the record.
    let address = format!("/v1/zoekopdrachten/{}", actie.zoekopdracht);
    let explained = site.json(&format!("{address}/uitleg")).await;
    let short = used[0]["sha256"]
        .as_str()
        .map(|hash| &hash[..12])
        .expect("hash");
    let versie = format!("1 ({short})");
    let from = json!([{"herkomst": "zaak", "naam": "Eigen woorden", "versie": versie}]);
    assert_eq!(
        synonyms(&explained),
        [("subsidie".to_owned(), from.clone())]
    );
    assert_eq!(explained["lijsten"], used);
    let recorded = serde_json::to_value(actie.woorden()).expect("json");
    let recorded = recorded[0]["uitbreidingen"]
        .as_array()
        .expect("list")
        .clone();
    let synonym = recorded
        .iter()
        .find(|one| one["soort"] == "synoniem")
        .expect("synonym");
    assert_eq!(
        (&synonym["tekst"], &synonym["lijsten"]),
        (&json!("subsidie"), &from)
    );
    let page = text(
        site.get(&format!("/zoek/{}/uitleg", actie.zoekopdracht))
            .await,
    )
    .await;
    let label = format!("uit Eigen woorden (van de zaak), versie {versie}");
    assert!(page.contains(&label), "{page}");
}

#[tokio::test]
async fn what_was_searched_is_searched_again_with_the_same_version() {
    let site = site(3);
    number(sent(&site, LISTS, new("Eigen woorden", "geldstroom;subsidie")).await).await;
    let first = searched(&site, "geldstroom").await;
    let change = json!({"gezien": 1, "inhoud": csv("geldstroom;nummer1"), "reden": "te ruim"});
    let versions = format!("{LISTS}/1/versies");
    assert_eq!(
        number(sent(&site, &versions, change.clone()).await).await,
        2
    );
    problem(sent(&site, &versions, change).await, StatusCode::CONFLICT).await;
    let second = searched(&site, "geldstroom").await;
    let off = json!({"gezien": 2, "aan": false, "reden": "toch niet nodig"});
    let switch = format!("{LISTS}/1/gebruik");
    assert_eq!(number(sent(&site, &switch, off).await).await, 3);
    let third = searched(&site, "geldstroom").await;

    let store = &site.app.store;
    let (actor, zaak) = local(&site);
    let zicht = site.app.zicht(&actor, Some(&zaak.id)).expect("seen");
    let snapshot = site.app.snapshot(&zicht).expect("index");
    for (nummer, found) in [(first, 3), (second, 1), (third, 0)] {
        let actie = store
            .zoekactie("lokaal", nummer)
            .expect("asked")
            .expect("there");
        assert_eq!(actie.verslag.totaal, found, "{nummer}");
        let again = site
            .app
            .search_again(&actie.verslag)
            .expect("the search of then");
        let again = members(&*snapshot, &again).expect("found");
        let telling = actie.telling.expect("counted");
        assert_eq!(results_hash(&again), telling.uitkomst, "{nummer}");
        let address = format!("/v1/zoekopdrachten/{}", actie.zoekopdracht);
        assert_eq!(total(&site, &address).await, found);
    }
    // Opening them again was no search of its own.
    assert_eq!(store.zoekacties("lokaal").expect("asked").len(), 3);
    // The same question with another version of a list is another zoekactie, no further step of the one before.
    let page = text(
        site.get(&format!(
            "/zoek/{}",
            store
                .zoekactie("lokaal", second)
                .expect("asked")
                .expect("there")
                .zoekopdracht
        ))
        .await,
    )
    .await;
    assert!(page.contains("De woordenlijsten zijn gewijzigd"), "{page}");
}

#[tokio::test]
async fn a_step_with_other_lists_is_a_search_of_its_own() {
    let site = site(3);
    let first = site.ask(json!({"vraag": "geldstroom"})).await;
    let id = first.rsplit('/').next().expect("id").to_owned();
    site.json(&first).await;
    let step = json!({"vraag": "geldstroom", "sorteer": "pad", "verfijnt": id});
    site.json(&site.ask(step.clone()).await).await;
    number(sent(&site, LISTS, new("Eigen woorden", "geldstroom;subsidie")).await).await;
    site.json(&site.ask(step).await).await;
    let other = json!({"vraag": "nummer1", "verfijnt": id});
    site.json(&site.ask(other).await).await;
    let all = site.app.store.zoekacties("lokaal").expect("asked");
    let steps: Vec<_> = all.iter().map(|actie| actie.stap_van.is_some()).collect();
    assert_eq!(steps, [false, true, false, false]);
}

#[tokio::test]
async fn every_version_stays_readable_with_who_when_and_why() {
    let site = site(1);
    let turtle = "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n\
                  <x> s:prefLabel \"subsidie\"@nl; s:altLabel \"geldstroom\"@nl .";
    let list = json!({"naam": "Thesaurus", "reden": "van de bibliotheek",
        "inhoud": {"soort": "tekst", "vorm": "ttl", "tekst": turtle}});
    number(sent(&site, LISTS, list).await).await;
    let other = "# versie: 2026-1\nOM;=>;Openbaar Ministerie\n";
    let change = json!({"gezien": 1, "inhoud": csv(other), "reden": "uitgebreid"});
    number(sent(&site, &format!("{LISTS}/1/versies"), change).await).await;
    let first = site.json(&format!("{LISTS}/1/versies/1")).await;
    assert_eq!(
        first["regels"],
        json!([{"termen": ["subsidie", "geldstroom"]}])
    );
    let second = site.json(&format!("{LISTS}/1/versies/2")).await;
    let rows = json!([{"termen": ["OM"], "vindt": ["Openbaar Ministerie"]}]);
    assert_eq!(second["regels"], rows);
    assert_eq!(second["versie"]["opgegeven"], "2026-1");
    problem(
        site.get(&format!("{LISTS}/1/versies/3")).await,
        StatusCode::NOT_FOUND,
    )
    .await;
    let all = site.json(LISTS).await;
    let versions = all["woordenlijsten"][0]["versies"]
        .as_array()
        .expect("versions");
    let told: Vec<_> = versions
        .iter()
        .map(|one| (&one["bron"], &one["reden"], &one["door"], &one["aan"]))
        .collect();
    let (door, on) = (json!("lokaal"), json!(true));
    assert_eq!(
        told,
        [
            (&json!("ttl"), &json!("van de bibliotheek"), &door, &on),
            (&json!("csv"), &json!("uitgebreid"), &door, &on)
        ]
    );
    assert_eq!(all["toegepast"][0]["versie"], "2");
    // Nothing of it can be changed behind the back of who keeps the record.
    let raw = rusqlite::Connection::open(site.app.folder.join("toestand.db")).expect("raw");
    for sql in [
        "UPDATE woordenlijst SET reden = 'anders'",
        "DELETE FROM woordenlijst",
        "UPDATE woordenlijst_inhoud SET rijen = '[]'",
        "DELETE FROM woordenlijst_inhoud",
    ] {
        assert!(raw.execute(sql, []).is_err(), "{sql}");
    }
    let entries = site
        .app
        .store
        .audit_entries("woordenlijst.gewijzigd")
        .expect("entries");
    let objects: Vec<_> = entries.iter().map(|entry| entry.object.as_str()).collect();
    assert_eq!(objects, ["1.1", "1.2"]);
    assert_eq!(entries[1].gegevens["sha256"], second["versie"]["sha256"]);
}

#[tokio::test]
async fn what_cannot_be_a_list_is_refused_and_says_why() {
    let site = site(1);
    let (shape, rule) = (StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY);
    for (body, status, part) in [
        (new("x", "a1;b1\nc1"), rule, "Regel 2"),
        (new("x", "subsid*;b1"), rule, "sterretje"),
        (new("x", ""), shape, "vul dit in"),
        (new(" ", "a1;b1"), rule, "de naam"),
        (new(&"x".repeat(201), "a1;b1"), shape, "200"),
        (new("x", &"a1;b1\n".repeat(83_334)), shape, "500000"),
    ] {
        let refused = problem(sent(&site, LISTS, body).await, status).await;
        let detail = refused["detail"].as_str().expect("detail");
        assert!(detail.contains(part), "{part}: {detail}");
    }
    number(sent(&site, LISTS, new("Namen", "a1;b1")).await).await;
    let twice = sent(&site, LISTS, new("namen", "c1;d1")).await;
    problem(twice, StatusCode::UNPROCESSABLE_ENTITY).await;
    let on = json!({"gezien": 1, "aan": true, "reden": "x"});
    let on = sent(&site, &format!("{LISTS}/1/gebruik"), on).await;
    problem(on, StatusCode::UNPROCESSABLE_ENTITY).await;
    let plan = json!({"naam": "plan", "reden": "x",
        "inhoud": {"soort": "zoekplan", "versie": 1, "begrippen": ["x"]}});
    problem(sent(&site, LISTS, plan).await, StatusCode::NOT_FOUND).await;
}

/// A second case of the same people.
fn second_case(office: &Office) -> Zaak {
    let intake = Intake {
        nummer: "2026-2".into(),
        soort: Soort::WooVerzoek,
        titel: "Iets anders".into(),
        verzoek: String::new(),
        verzoeker: String::new(),
        ontvangen: today(),
    };
    let store = &office.site.app.store;
    let regisseur = &office.regisseur.actor;
    store.open_zaak(regisseur, &intake).expect("zaak")
}

async fn asked(office: &Office, who: &Person, zaak: &Zaak) -> (Value, Value) {
    let question = json!({"vraag": "geldstroom", "zaak": zaak.id});
    let stored = office.post(who, "/v1/zoekopdrachten", question).await;
    let address = location(&stored);
    let read = |text: String| serde_json::from_str::<Value>(&text).expect("json");
    let found = read(text(office.get(who, &address).await).await);
    let explained = office.get(who, &format!("{address}/uitleg")).await;
    (found["totaal"].clone(), read(text(explained).await))
}

#[tokio::test]
async fn a_list_of_one_case_finds_and_suggests_nothing_in_another() {
    let mut office = office(site(3));
    let els = person(&office.site, "els2", Rol::Informatiespecialist);
    office.grant(&office.verlening(&els, "archief"));
    let first = office.zaak.clone();
    let second = second_case(&office);
    office.zaak = second.clone();
    office.grant(&office.verlening(&els, "archief"));
    let lists = format!("/v1/zaken/{}/woordenlijsten", first.id);
    number(
        office
            .post(&els, &lists, new("Eigen woorden", "geldstroom;subsidie"))
            .await,
    )
    .await;
    let (found, explained) = asked(&office, &els, &first).await;
    assert_eq!((found, synonyms(&explained).len()), (json!(3), 1));
    let (found, explained) = asked(&office, &els, &second).await;
    assert_eq!((found, synonyms(&explained).len()), (json!(0), 0));
    assert_eq!(explained["lijsten"], json!([]));
    assert!(!explained.to_string().contains("Eigen woorden"));
    for zaak in [&first, &second] {
        let suggest = json!({"begin": "gelds", "zaak": zaak.id});
        let words = text(office.post(&els, "/v1/suggesties", suggest).await).await;
        assert!(!words.contains("geldstroom"), "{words}");
    }
    let other = office
        .get(&els, &format!("/v1/zaken/{}/woordenlijsten", second.id))
        .await;
    assert!(!text(other).await.contains("Eigen woorden"));
    // Nor does who works on the other case read it.
    let stranger = person(&office.site, "bob", Rol::Informatiespecialist);
    office.grant(&office.verlening(&stranger, "archief"));
    for path in [lists.clone(), format!("{lists}/1/versies/1")] {
        problem(office.get(&stranger, &path).await, StatusCode::NOT_FOUND).await;
    }
    problem(
        office.get(&office.granter, &lists).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let page = format!("/zaken/{}/woordenlijsten", first.id);
    assert_eq!(
        office.get(&stranger, &page).await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(office.get(&els, &page).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_searches_writes_a_list_and_somebody_else_approves_it() {
    let office = office(site(1));
    office.grant(&office.verlening(&office.specialist, "archief"));
    let jurist = person(&office.site, "jur", Rol::WooJurist);
    office.grant(&office.verlening(&jurist, "archief"));
    let lists = format!("/v1/zaken/{}/woordenlijsten", office.zaak.id);
    let refused = office
        .post(&office.regisseur, &lists, new("x", "a1;b1"))
        .await;
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    number(office.post(&jurist, &lists, new("x", "a1;b1")).await).await;
    let approve = format!("{lists}/1/versies/1/goedkeuring");
    for who in [&office.specialist, &jurist] {
        let own = office.post(who, &approve, json!({})).await;
        problem(own, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let approved = office.post(&office.regisseur, &approve, json!({})).await;
    assert_eq!(approved.status(), StatusCode::NO_CONTENT);
    let again = office.post(&office.regisseur, &approve, json!({})).await;
    problem(again, StatusCode::NOT_FOUND).await;
    let read = text(office.get(&office.specialist, &lists).await).await;
    let read: Value = serde_json::from_str(&read).expect("json");
    let approval = &read["woordenlijsten"][0]["versies"][0]["goedgekeurd"];
    assert_eq!(approval["door"], office.regisseur.actor.id);
    // A new version is not approved with it.
    let off = json!({"gezien": 1, "aan": false, "reden": "te ruim"});
    number(
        office
            .post(&jurist, &format!("{lists}/1/gebruik"), off)
            .await,
    )
    .await;
    let read = text(office.get(&office.specialist, &lists).await).await;
    let read: Value = serde_json::from_str(&read).expect("json");
    assert_eq!(
        read["woordenlijsten"][0]["versies"][1]["goedgekeurd"],
        Value::Null
    );
    // Of a closed case nothing changes any more.
    let store = &office.site.app.store;
    store
        .close_zaak(&office.regisseur.actor, &office.zaak)
        .expect("closed");
    let late = office.post(&jurist, &lists, new("y", "a1;b1")).await;
    problem(late, StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn a_person_uploads_pastes_changes_and_switches_off_on_the_page() {
    let site = site(3);
    let (lists, none) = ("/zaken/lokaal/woordenlijsten", ("", b"".as_slice()));
    // A file in the encoding of an old spreadsheet.
    let fields = [
        ("naam", "Beleid"),
        ("tekst", "x1;y1"),
        ("vorm", "csv"),
        ("reden", "uit de nota"),
    ];
    let file = (
        "Lijst.CSV",
        b"co\xf6rdinatie;geldstroom;subsidie".as_slice(),
    );
    let sent = upload(&site, lists, &fields, file).await;
    assert_eq!(
        (sent.status(), location(&sent).as_str()),
        (StatusCode::SEE_OTHER, lists)
    );
    let first = site.json(&format!("{LISTS}/1/versies/1")).await;
    assert_eq!(
        first["regels"][0]["termen"],
        json!(["coördinatie", "geldstroom", "subsidie"])
    );
    let page = text(site.get(lists).await).await;
    for part in [
        "Beleid",
        "uit de nota",
        "3 termen",
        "telt mee",
        "deze computer",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let version = text(site.get(&format!("{lists}/1/1")).await).await;
    assert!(
        version.contains("coördinatie;geldstroom;subsidie"),
        "{version}"
    );
    let fields = [
        ("gezien", "1"),
        ("vorm", "csv"),
        ("tekst", "geldstroom;nummer2"),
        ("reden", "korter"),
    ];
    let sent = upload(&site, &format!("{lists}/1"), &fields, none).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let old = text(site.get(&format!("{lists}/1/1")).await).await;
    assert!(
        old.contains("coördinatie") && !old.contains("<textarea"),
        "{old}"
    );
    let wrong = upload(
        &site,
        lists,
        &[("naam", "x"), ("reden", "y")],
        ("lijst.docx", b"PK"),
    )
    .await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    assert!(text(wrong).await.contains("Kies een CSV, RDF of TTL."));
    let off = site
        .post(
            &format!("{lists}/1/gebruik"),
            "gezien=2&aan=false&reden=klaar",
        )
        .await;
    assert_eq!(off.status(), StatusCode::SEE_OTHER);
    assert!(text(site.get(lists).await).await.contains("staat uit"));
    assert_eq!(
        total(&site, &site.ask(json!({"vraag": "geldstroom"})).await).await,
        0
    );
    let approve = site.post(&format!("{lists}/1/3/keur-goed"), "").await;
    assert_eq!(approve.status(), StatusCode::SEE_OTHER);
    assert!(header_of(&approve, "location").ends_with("/woordenlijsten"));
    // Half a form is not half a list.
    let half =
        request("POST", lists).header(header::CONTENT_TYPE, "multipart/form-data; boundary=grens");
    let half = site
        .send(
            half.body(Body::from("--grens\r\nContent-Disp"))
                .expect("request"),
        )
        .await;
    assert_eq!(half.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn ticked_concepts_of_the_zoekplan_are_synonyms() {
    let site = site(3);
    let (actor, zaak) = local(&site);
    let concept = |naam: &str, termen: &[&str]| Begrip {
        naam: naam.to_owned(),
        termen: termen.iter().map(|term| (*term).to_owned()).collect(),
    };
    let plan = Zoekplan {
        begrippen: vec![
            concept("geldstroom", &["subsidie", "toelage"]),
            concept("dossier", &["nummer1"]),
            concept("leeg", &[]),
            concept("jokers", &["subsid*"]),
        ],
        ..Zoekplan::default()
    };
    let store = &site.app.store;
    store.set_zoekplan(&actor, &zaak, 0, &plan).expect("plan");
    let lists = "/zaken/lokaal/woordenlijsten";
    let page = text(site.get(lists).await).await;
    assert!(
        page.contains("geldstroom: subsidie; toelage") && !page.contains("value=\"leeg\""),
        "{page}"
    );
    // Not ticked: no synonyms.
    assert_eq!(
        total(&site, &site.ask(json!({"vraag": "dossier"})).await).await,
        0
    );
    let tick = "plan=1&begrip=geldstroom&reden=afgesproken";
    let ticked = site.post(&format!("{lists}/zoekplan"), tick).await;
    assert_eq!(ticked.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        total(&site, &site.ask(json!({"vraag": "geldstroom"})).await).await,
        3
    );
    assert_eq!(
        total(&site, &site.ask(json!({"vraag": "dossier"})).await).await,
        0
    );
    // The plan changes: the list stays as it was ticked, and the page says so.
    store.set_zoekplan(&actor, &zaak, 1, &plan).expect("plan");
    let page = text(site.get(lists).await).await;
    assert!(
        page.contains("De lijst komt uit zoekplan, versie 1."),
        "{page}"
    );
    assert!(
        page.contains("value=\"geldstroom\" checked")
            && !page.contains("value=\"dossier\" checked")
    );
    let more = "plan=2&lijst=1&gezien=1&begrip=geldstroom&begrip=dossier&reden=meer";
    assert_eq!(
        site.post(&format!("{lists}/zoekplan"), more).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        total(&site, &site.ask(json!({"vraag": "dossier"})).await).await,
        1
    );
    let all = site.json(LISTS).await;
    let versions = &all["woordenlijsten"][0]["versies"];
    assert_eq!(
        (&versions[0]["bron"], &versions[1]["bron"]),
        (&json!("zoekplan 1"), &json!("zoekplan 2"))
    );
    // A term that asks for more than a word is not a synonym, and that is said.
    let jokers = "plan=2&lijst=1&gezien=2&begrip=jokers&reden=x";
    let refused = site.post(&format!("{lists}/zoekplan"), jokers).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(refused).await.contains("subsid*"));
}
