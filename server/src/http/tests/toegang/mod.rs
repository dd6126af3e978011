//! Who sees what once there are accounts: nothing without a machtiging, whatever is asked, and a record of it. This file
//! has the people and the small stories.
//!
//! | file | owns |
//! |---|---|
//! | `proef` | a case with something of everything, and sending what stands in the tables |
//! | `adressen` | the table of the API: who may what, and a well-formed body for each operation |
//! | `bladen` | the same for the pages |
//! | `tabel` | everything in the tables, tried by people without a right to it |
//! | `smal` | a source outside the machtiging is as if it were not there |

mod adressen;
mod bladen;
mod proef;
mod smal;
mod tabel;

use super::{Site, document, location, problem, request, site, site_with, text};
use crate::mensen::{Actor, Rol, Via};
use crate::zaken::machtiging::{Rubricering, Verlening, Wijze, today};
use crate::zaken::{Intake, Soort, Zaak};
use axum::body::Body;
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use zv_indexer::source::Sources;

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
    pub(super) cookie: String,
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
    person_with(site, name, &[role])
}

pub(super) fn person_with(site: &Site, name: &str, roles: &[Rol]) -> Person {
    let store = &site.app.store;
    let (roles, local) = (roles.iter().copied().collect(), Actor::local(Via::Opdracht));
    let account = store
        .add_account(name, name, "lang genoeg ww", &roles, &local)
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
            schijfrechten: BTreeSet::new(),
            uitgezonderd: BTreeSet::new(),
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

    /// How many refusals the trail has, those that it only counted among them.
    pub(super) fn refusals(&self) -> u64 {
        self.site.app.store.tick(true).expect("told");
        let file = self.site.app.folder.join("audit.db");
        let connection = rusqlite::Connection::open(file).expect("trail");
        let count =
            "SELECT coalesce(sum(coalesce(json_extract(gegevens, '$.niet_een_voor_een'), 1)), 0)
             FROM regel WHERE resultaat = 'geweigerd'";
        connection
            .query_row(count, [], |row| row.get::<_, i64>(0))
            .expect("count")
            .unsigned_abs()
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
