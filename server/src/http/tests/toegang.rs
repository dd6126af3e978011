//! Who sees what once there are accounts: nothing without a machtiging, whatever is asked, and a record of it.

use super::{Site, document, location, problem, request, site, site_with, text};
use crate::mensen::{Actor, Rol, Via};
use crate::zaken::machtiging::{Rubricering, Verlening, Wijze, today};
use crate::zaken::{Intake, Soort, Zaak};
use axum::body::Body;
use axum::http::{StatusCode, header};
use jiff::ToSpan;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use zv_indexer::source::Sources;
use zv_shared::DocId;

/// People with accounts, each logged in, and a case of theirs.
pub(super) struct Office {
    pub(super) site: Site,
    pub(super) zaak: Zaak,
    pub(super) specialist: Person,
    pub(super) regisseur: Person,
    pub(super) granter: Person,
}

pub(super) struct Person {
    pub(super) actor: Actor,
    cookie: String,
}

impl Person {
    pub(super) fn new(actor: Actor, key: &str) -> Self {
        let cookie = format!("zv_sessie={key}");
        Person { actor, cookie }
    }

    /// What their browser sends.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }
}

pub(super) fn person(site: &Site, name: &str, role: Rol) -> Person {
    let store = &site.app.store;
    let local = Actor::local(Via::Opdracht);
    let account = store
        .add_account(
            name,
            name,
            "lang genoeg ww",
            &BTreeSet::from([role]),
            &local,
        )
        .expect("account");
    let session = store.open_session(&account, Via::Web).expect("session");
    Person::new(Actor::of(account, Via::Web), &session.key)
}

pub(super) fn office(site: Site) -> Office {
    let regisseur = person(&site, "rik", Rol::Regisseur);
    let intake = Intake {
        nummer: "2026-1".into(),
        soort: Soort::WooVerzoek,
        titel: "Subsidies".into(),
        verzoek: String::new(),
        verzoeker: String::new(),
        ontvangen: today(),
    };
    let zaak = site
        .app
        .store
        .open_zaak(&regisseur.actor, &intake)
        .expect("zaak");
    Office {
        specialist: person(&site, "els", Rol::Informatiespecialist),
        granter: person(&site, "gea", Rol::BeheerderAutorisatie),
        zaak,
        regisseur,
        site,
    }
}

impl Office {
    pub(super) fn verlening(&self, to: &Person, bron: &str) -> Verlening {
        Verlening {
            aan: BTreeSet::from([to.actor.id.clone()]),
            doel: "zoeken".into(),
            bronnen: BTreeSet::from([bron.to_owned()]),
            plafond: Rubricering::DepartementaalVertrouwelijk,
            van: today(),
            tot: today(),
        }
    }

    pub(super) fn grant(&self, verlening: &Verlening) {
        let store = &self.site.app.store;
        store
            .grant(&self.granter.actor, &self.zaak, Wijze::VierOgen, verlening)
            .expect("granted");
    }

    pub(super) async fn get(&self, who: &Person, path: &str) -> axum::response::Response {
        let request = request("GET", path).header(header::COOKIE, &who.cookie);
        self.site
            .send(request.body(Body::empty()).expect("request"))
            .await
    }

    pub(super) async fn post(
        &self,
        who: &Person,
        path: &str,
        body: Value,
    ) -> axum::response::Response {
        let request = request("POST", path)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/json");
        self.site
            .send(request.body(Body::from(body.to_string())).expect("request"))
            .await
    }

    pub(super) async fn form(
        &self,
        who: &Person,
        path: &str,
        form: &str,
    ) -> axum::response::Response {
        let request = request("POST", path)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.site
            .send(request.body(Body::from(form.to_owned())).expect("request"))
            .await
    }

    pub(super) async fn ask(&self, who: &Person, vraag: &str) -> axum::response::Response {
        let question = json!({"vraag": vraag, "zaak": self.zaak.id});
        self.post(who, "/v1/zoekopdrachten", question).await
    }

    /// How many refusals the trail has.
    pub(super) fn refusals(&self) -> u64 {
        let file = self.site.app.folder.join("audit.db");
        let connection = rusqlite::Connection::open(file).expect("trail");
        let count = "SELECT count(*) FROM regel WHERE resultaat = 'geweigerd'";
        connection
            .query_row(count, [], |row| row.get::<_, i64>(0))
            .expect("count")
            .unsigned_abs()
    }
}

/// What must never come to somebody without a right to it: the word in every document, its title and its place.
const SECRETS: [&str; 3] = ["is verleend", "Nota 0", "map/0"];

/// Every address of the description, with ids that exist, tried by people whose machtiging is missing, expired, not
/// yet valid, withdrawn or for another source: a new address cannot be forgotten.
#[tokio::test]
async fn no_address_shows_counts_or_hints_without_a_machtiging_that_holds() {
    let office = office(site(3));
    let stored = stored_search(&office);
    let cases: [(&str, Option<Verlening>); 4] = [
        ("missing", None),
        (
            "expired",
            Some(Verlening {
                van: today() - 10.days(),
                tot: today() - 1.day(),
                ..office.verlening(&office.specialist, "archief")
            }),
        ),
        (
            "not yet",
            Some(Verlening {
                van: today() + 1.day(),
                tot: today() + 9.days(),
                ..office.verlening(&office.specialist, "archief")
            }),
        ),
        (
            "too narrow",
            Some(office.verlening(&office.specialist, "andere bron")),
        ),
    ];
    for (name, verlening) in cases {
        if let Some(verlening) = verlening {
            office.grant(&verlening);
        }
        try_every_address(&office, name, &stored).await;
    }
    assert!(office.refusals() > 0);
}

/// A search of a time when the specialist had a right.
fn stored_search(office: &Office) -> String {
    let question = crate::search::Question {
        vraag: "subsidie".into(),
        zaak: Some(office.zaak.id.clone()),
        ..Default::default()
    };
    let who = &office.specialist.actor.id;
    office
        .site
        .app
        .store_question(&question, who)
        .expect("stored")
}

async fn try_every_address(office: &Office, name: &str, stored: &str) {
    let description: Value =
        serde_json::from_str(include_str!("../../../openapi.json")).expect("openapi.json");
    let document = DocId::of_file("archief", b"000.txt", 0).to_string();
    let zaak = &office.zaak.id;
    let (mut tried, mut closed) = (0, 0);
    for (path, methods) in description["paths"].as_object().expect("paths") {
        let id = if path.starts_with("/documenten") {
            &document
        } else {
            stored
        };
        let path = path
            .replace("{id}", id)
            .replace("{zaak}", zaak)
            .replace("{document}", &document)
            .replace("{nummer}", "1")
            .replace("{versie}", "1")
            .replace("{account}", &office.specialist.actor.id)
            .replace("{naam}", "documenten.csv")
            .replace("{bron}", "archief");
        assert!(
            !path.contains('{'),
            "{path}: name an id for it in this test"
        );
        let address = match path.starts_with("/documenten") {
            true => format!("/v1{path}?zaak={zaak}"),
            false if path.ends_with("/verschillen") => {
                format!("/v1{path}?wat=zoekacties&een=1&ander=1&deel=gelijk")
            }
            false => format!("/v1{path}"),
        };
        for method in methods.as_object().expect("methods").keys() {
            let response = match method.as_str() {
                "get" => office.get(&office.specialist, &address).await,
                "post" => {
                    let body = match path.as_str() {
                        "/zoekopdrachten" => json!({"vraag": "subsidie", "zaak": zaak}),
                        "/suggesties" => json!({"begin": "subs", "zaak": zaak}),
                        "/termenrapporten" => {
                            json!({"lijst": "subsidie", "zoekvraag": {"zaak": zaak}})
                        }
                        _ if path.ends_with("/pakketten") => json!({"zoekactie": 1}),
                        _ if path.ends_with("/steekproeven") => {
                            json!({"zoekactie": 1, "soort": "elusie", "aantal": 1})
                        }
                        _ if path.ends_with("/steekproeven/1/oordelen") => json!({"oordelen": []}),
                        _ if path.ends_with("/1/documenten") => {
                            json!({"doel": {"soort": "document", "document": document}})
                        }
                        _ if path.ends_with("/_gelijk") => {
                            let one = json!({"document": document, "gezien": 0});
                            json!({"soort": "schifting", "voorbeeld": one, "andere": [one]})
                        }
                        _ if path.ends_with("/verdelingen") => {
                            json!({"stapel": {"soort": "relevant"}, "over": []})
                        }
                        _ if path.ends_with("/verschillijsten") => {
                            json!({"wat": "zoekacties", "een": 1, "ander": 1})
                        }
                        _ if path.ends_with("/lijsten") => {
                            json!({"zoekactie": 1, "profiel": "volledig-intern"})
                        }
                        _ => json!({}),
                    };
                    office.post(&office.specialist, &address, body).await
                }
                other => panic!("{other} {path}: this test does not know the method"),
            };
            tried += 1;
            let status = response.status();
            closed += u32::from(status == StatusCode::FORBIDDEN);
            let body = text(response).await;
            for secret in SECRETS {
                assert!(
                    !body.contains(secret),
                    "{name}: {method} {address} shows {secret}: {body}"
                );
            }
            let searched = [
                "zoekopdrachten",
                "suggesties",
                "termenrapporten",
                "documenten",
            ];
            let ends = [
                "/lijsten",
                "/pakketten",
                "/steekproeven",
                "/steekproeven/1/oordelen",
                "/verdelingen",
                "/verschillijsten",
                "/_gelijk",
            ];
            let takes_out = method == "post" && ends.iter().any(|end| path.ends_with(end))
                || path.ends_with("/steekproeven/1")
                || path.ends_with("/1/documenten")
                || path.ends_with("/indelingen")
                || path.ends_with("/werkvoorraden")
                || path.ends_with("/verschillen")
                || path.ends_with("/tegenstrijdigheden");
            if name != "too narrow"
                && (takes_out
                    || searched
                        .iter()
                        .any(|part| path.starts_with(&format!("/{part}"))))
            {
                assert_eq!(
                    status,
                    StatusCode::FORBIDDEN,
                    "{name}: {method} {address}: {body}"
                );
            }
        }
    }
    assert!(tried > 40, "{tried}");
    assert!(name == "too narrow" || closed >= 9, "{name}: {closed}");
    for page in [
        format!("/zoek/{stored}"),
        format!("/zoek/{stored}/uitleg"),
        format!("/zoek/{stored}/document/{document}"),
        format!("/document/{document}?zaak={zaak}"),
        format!("/onleesbaar?zaak={zaak}"),
        format!("/onleesbaar.csv?zaak={zaak}"),
        format!("/zaken/{zaak}"),
        format!("/zaken/{zaak}/machtigingen"),
        format!("/zaken/{zaak}/zoekplan"),
        format!("/zaken/{zaak}/navragen"),
        format!("/zaken/{zaak}/zoeken"),
        format!("/zaken/{zaak}/schiften"),
        format!("/zaken/{zaak}/uitvoer"),
        format!("/zaken/{zaak}/werkverdeling"),
        format!("/zaken/{zaak}/stukken/mijn"),
        format!("/zaken/{zaak}/tegenstrijdig"),
        format!("/zaken/{zaak}/schiften/te-schiften"),
        format!("/zaken/{zaak}/vergelijken?wat=zoekacties&een=1&ander=1"),
        format!("/zaken/{zaak}/steekproeven/1"),
        format!("/zaken/{zaak}/deelbesluiten"),
        format!("/zaken/{zaak}/versies"),
        format!("/zaken/{zaak}/versies/1/documenten.csv"),
        "/".to_owned(),
        "/runs".to_owned(),
        "/onleesbaar".to_owned(),
        format!("/document/{document}"),
    ] {
        let body = text(office.get(&office.specialist, &page).await).await;
        for secret in SECRETS {
            assert!(!body.contains(secret), "{name}: {page} shows {secret}");
        }
    }
}

#[tokio::test]
async fn with_a_machtiging_the_same_search_finds_and_is_recorded() {
    let office = office(site(3));
    office.grant(&office.verlening(&office.specialist, "archief"));
    let response = office.ask(&office.specialist, "subsidie").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let search = text(office.get(&office.specialist, &location(&response)).await).await;
    let search: Value = serde_json::from_str(&search).expect("json");
    assert_eq!(search["totaal"], 3);
    let acties = format!("/v1/zaken/{}/zoekacties", office.zaak.id);
    let listed: Value =
        serde_json::from_str(&text(office.get(&office.regisseur, &acties).await).await)
            .expect("json");
    let actie = &listed["zoekacties"][0];
    assert_eq!(actie["verslag"]["canoniek"], "subsidie");
    assert_eq!(actie["verslag"]["totaal"], 3);
    assert_eq!(actie["verslag"]["machtiging_wijze"], "vier-ogen");
    // Somebody else of the same case has no machtiging.
    problem(
        office.ask(&office.regisseur, "subsidie").await,
        StatusCode::FORBIDDEN,
    )
    .await;
    assert_eq!(office.refusals(), 1);
    assert_eq!(
        office
            .site
            .app
            .store
            .check_audit(&[])
            .expect("checked")
            .broken,
        None
    );
}

#[tokio::test]
async fn nobody_grants_to_himself_and_not_above_what_may_be_searched() {
    let office = office(site(1));
    let folder = &office.site.app.folder;
    Sources::register(folder, &folder.join("archief"), Some("archief")).expect("source");
    let machtigingen = format!("/v1/zaken/{}/machtigingen", office.zaak.id);
    let to_self = office.verlening(&office.granter, "archief");
    let body = serde_json::to_value(&to_self).expect("json");
    problem(
        office.post(&office.granter, &machtigingen, body).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let by_other =
        serde_json::to_value(office.verlening(&office.specialist, "archief")).expect("json");
    problem(
        office
            .post(&office.regisseur, &machtigingen, by_other.clone())
            .await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    // Nor for a source that is not there, or to somebody who cannot log in.
    let gone = person(&office.site, "jan", Rol::Informatiespecialist);
    let store = &office.site.app.store;
    store
        .switch_account(&Actor::local(Via::Opdracht), &gone.actor.id, false)
        .expect("off");
    for nobody in [
        office.verlening(&office.specialist, "verzonnen"),
        office.verlening(&gone, "archief"),
    ] {
        let body = serde_json::to_value(nobody).expect("json");
        problem(
            office.post(&office.granter, &machtigingen, body).await,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    assert_eq!(office.refusals(), 4);
    let page = format!("/zaken/{}/machtigingen", office.zaak.id);
    let page = text(office.get(&office.granter, &page).await).await;
    let offered = |who: &Person| page.contains(&format!("value=\"{}\"", who.actor.id));
    assert!(offered(&office.specialist) && !offered(&gone) && !offered(&office.granter));
    let granted = office.post(&office.granter, &machtigingen, by_other).await;
    assert_eq!(granted.status(), StatusCode::CREATED);
    // A source that turns out to be more confidential than the machtiging goes is closed from then on.
    let bronnen = Actor {
        rollen: BTreeSet::from([Rol::BeheerderBronnen]),
        ..Actor::local(Via::Web)
    };
    store
        .set_rubricering(&bronnen, "archief", Rubricering::Staatsgeheim)
        .expect("set");
    let found = office.ask(&office.specialist, "subsidie").await;
    let search = text(office.get(&office.specialist, &location(&found)).await).await;
    assert!(search.contains("\"totaal\":0"), "{search}");
}

#[tokio::test]
async fn a_source_outside_the_machtiging_does_not_exist() {
    let office = office(site_with(4, |document| {
        if document.place.path.ends_with(b"3.txt") {
            document.bron = "geheim archief".into();
        }
    }));
    office.grant(&office.verlening(&office.specialist, "archief"));
    let found = office.ask(&office.specialist, "subsidie OF nummer3").await;
    let address = location(&found);
    let search = text(office.get(&office.specialist, &address).await).await;
    assert!(
        search.contains("\"totaal\":3") && !search.contains("geheim archief"),
        "{search}"
    );
    let hidden = document("003.txt", 3).id;
    let zaak = &office.zaak.id;
    for path in [
        format!("/v1/documenten/{hidden}?zaak={zaak}"),
        format!("/v1/documenten/{hidden}/tekst?zaak={zaak}"),
    ] {
        problem(
            office.get(&office.specialist, &path).await,
            StatusCode::NOT_FOUND,
        )
        .await;
    }
    let suggest = json!({"begin": "nummer", "zaak": zaak});
    let words = text(
        office
            .post(&office.specialist, "/v1/suggesties", suggest)
            .await,
    )
    .await;
    assert!(
        words.contains("nummer0") && !words.contains("nummer3"),
        "{words}"
    );
    let explained = text(
        office
            .get(&office.specialist, &format!("{address}/uitleg"))
            .await,
    )
    .await;
    assert!(!explained.contains("geheim archief"), "{explained}");
}

#[tokio::test]
async fn who_is_not_logged_in_gets_the_form_and_nothing_else() {
    let office = office(site(1));
    let page = office.site.get("/zaken").await;
    assert_eq!(
        (page.status(), location(&page).as_str()),
        (StatusCode::SEE_OTHER, "/inloggen")
    );
    problem(office.site.get("/v1/zaken").await, StatusCode::UNAUTHORIZED).await;
    let wrong = office
        .site
        .post("/inloggen", "inlognaam=els&wachtwoord=raad")
        .await;
    assert!(!wrong.headers().contains_key(header::SET_COOKIE));
    assert!(text(wrong).await.contains("horen niet bij elkaar"));
    let right = office
        .site
        .post("/inloggen", "inlognaam=els&wachtwoord=lang+genoeg+ww")
        .await;
    assert_eq!(
        (right.status(), location(&right).as_str()),
        (StatusCode::SEE_OTHER, "/zaken")
    );
    let cookie = right.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
}
