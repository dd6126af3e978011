//! Rights on files: where a machtiging lets them hold, each finds only what the drive shows; where it takes their place,
//! all but what it leaves shut. What stayed shut is told to who leads the case or checks it.

use super::toegang::{Office, Person, office, person};
use super::{document, location, problem, site_with, text};
use crate::mensen::Rol;
use crate::mensen::principalen::BEHEER;
use crate::zaken::machtiging::{Uitzondering, Verlening};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use zv_indexer::source::{SourceRules, Sources};
use zv_shared::access::EVERYBODY;
use zv_shared::{Access, DocId};

fn list(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Eight documents: two for everybody, two for a group, one for another, one that is closed, and two of which nothing is
/// known, of which one in another folder.
fn archive() -> Office {
    let group = |name: &str| Access::only([name.to_owned()]);
    let rights = [
        group(EVERYBODY),
        group(EVERYBODY),
        group("gid:1"),
        group("gid:1"),
        group("gid:2"),
        Access::closed(),
        Access::default(),
        Access::default(),
    ];
    office(site_with(8, |document| {
        let name = String::from_utf8_lossy(document.place.file_name()).into_owned();
        let number: usize = name[..3].parse().expect("number");
        document.access = rights[number].clone();
        document.relations = Default::default();
        if number == 7 {
            document.place.path = b"geheim/007.txt".to_vec();
        }
    }))
}

impl Office {
    fn by_rights(&self, to: &Person) -> Verlening {
        Verlening {
            schijfrechten: list(&["archief"]),
            ..self.verlening(to, "archief")
        }
    }

    fn is(&self, who: &Person, names: &[&str]) {
        let store = &self.site.app.store;
        store
            .give_principals(&self.granter.actor, &who.actor.id, &list(names))
            .expect("given");
    }

    /// The numbers of the documents that somebody finds, and the address of the search.
    async fn finds(&self, who: &Person, vraag: &str) -> (u64, String) {
        let found = self.ask(who, vraag).await;
        let address = location(&found);
        let search: Value =
            serde_json::from_str(&text(self.get(who, &address).await).await).expect("json");
        let facets = search["facetten"].as_array();
        for facet in facets.into_iter().flatten().filter(|f| f["veld"] == "bron") {
            assert_eq!(facet["waarden"][0]["aantal"], search["totaal"], "{search}");
        }
        (search["totaal"].as_u64().expect("total"), address)
    }

    /// The last zoekactie as somebody reads it, once it is counted.
    async fn last_actie(&self, who: &Person) -> Value {
        let path = format!("/v1/zaken/{}/zoekacties", self.zaak.id);
        for _ in 0..200 {
            let all = text(self.get(who, &path).await).await;
            let all: Value = serde_json::from_str(&all).expect("json");
            let last = all["zoekacties"].as_array().expect("list").last().cloned();
            if let Some(last) = last.filter(|last| !last["telling"].is_null()) {
                return last;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("it is not counted");
    }
}

fn id(number: u16) -> DocId {
    document(&format!("{number:03}.txt"), number).id
}

#[tokio::test]
async fn where_the_rights_of_the_drive_hold_each_finds_what_the_drive_shows() {
    let office = archive();
    let other = person(&office.site, "bert", Rol::Informatiespecialist);
    for who in [&office.specialist, &other] {
        office.grant(&office.by_rights(who));
    }
    assert_eq!(office.finds(&office.specialist, "subsidie").await.0, 2);
    office.is(&office.specialist, &["gid:1", "uid:7"]);
    office.is(&other, &["gid:2", "bron:archief"]);
    assert_eq!(office.finds(&office.specialist, "subsidie").await.0, 4);
    // Of what nothing is known only the group of the source sees something, and of what is closed nobody.
    assert_eq!(office.finds(&other, "subsidie").await.0, 5);
    assert_eq!(office.finds(&other, "nummer5 OF nummer2").await.0, 0);
    let zaak = &office.zaak.id;
    for (who, number, seen) in [
        (&office.specialist, 2, true),
        (&office.specialist, 4, false),
        (&other, 4, true),
        (&other, 5, false),
        (&other, 6, true),
    ] {
        let status = match seen {
            true => StatusCode::OK,
            false => StatusCode::NOT_FOUND,
        };
        for part in ["", "/tekst"] {
            let path = format!("/v1/documenten/{}{part}?zaak={zaak}", id(number));
            assert_eq!(
                office.get(who, &path).await.status(),
                status,
                "{number}{part}"
            );
        }
    }
    let suggest = json!({"begin": "nummer", "zaak": zaak});
    let words = office
        .post(&office.specialist, "/v1/suggesties", suggest)
        .await;
    let words = text(words).await;
    assert!(
        words.contains("nummer3") && !words.contains("nummer4"),
        "{words}"
    );
    // It works at once, also for what is remembered between questions.
    office.is(&office.specialist, &["gid:2"]);
    assert_eq!(office.finds(&office.specialist, "subsidie").await.0, 3);
}

#[tokio::test]
async fn what_stayed_shut_is_told_to_who_leads_or_checks() {
    let office = archive();
    office.is(&office.specialist, &["gid:1"]);
    office.grant(&office.by_rights(&office.specialist));
    assert_eq!(office.finds(&office.specialist, "subsidie").await.0, 4);
    let told = office.last_actie(&office.regisseur).await;
    assert_eq!(told["telling"]["achtergehouden"], json!({"archief": 3}));
    assert_eq!(told["telling"]["gesloten"], json!({"archief": 1}));
    assert_eq!(told["verslag"]["delen"][0]["bron"], "archief");
    assert_eq!(told["telling"]["per_bron"], json!({"archief": 4}));
    let own = office.last_actie(&office.specialist).await;
    assert_eq!(own["telling"]["achtergehouden"], Value::Null);
    assert_eq!(own["telling"]["gesloten"], Value::Null);
    // What was searched then can be searched again, whatever the searcher is by now.
    let store = &office.site.app.store;
    let actie = store
        .zoekactie(&office.zaak.id, 1)
        .expect("read")
        .expect("there");
    office.is(&office.specialist, &[]);
    let then = store
        .scope_then([&"archief".to_owned()], &actie.verslag.delen)
        .expect("known");
    let again = office
        .site
        .app
        .snapshot_for_repeat(&then)
        .expect("snapshot");
    let all = zv_shared::index::Search::of(zv_shared::Query::All);
    assert_eq!(again.count(&all).expect("count").total, 4);
}

#[tokio::test]
async fn a_machtiging_takes_the_place_of_rights_but_for_what_it_leaves_shut() {
    let office = archive();
    let except = Verlening {
        uitgezonderd: BTreeSet::from([Uitzondering {
            bron: "archief".into(),
            patroon: "Geheim".into(),
        }]),
        ..office.verlening(&office.specialist, "archief")
    };
    office.grant(&except);
    assert_eq!(office.finds(&office.specialist, "subsidie").await.0, 6);
    let told = office.last_actie(&office.regisseur).await;
    assert_eq!(told["telling"]["achtergehouden"], json!({"archief": 1}));
    let part = &told["verslag"]["delen"][0];
    assert_eq!(part["uitgezonderd"], json!(["Geheim"]));
    // Who has more than one finds what one of them opens.
    office.grant(&office.verlening(&office.specialist, "archief"));
    assert_eq!(office.finds(&office.specialist, "subsidie").await.0, 7);
}

#[tokio::test]
async fn nobody_gives_himself_rights_and_a_machtiging_names_what_can_be() {
    let office = archive();
    let folder = &office.site.app.folder;
    Sources::register(folder, &folder.join("archief"), Some("archief")).expect("source");
    let own = format!("/v1/accounts/{}/principalen", office.granter.actor.id);
    let theirs = format!("/v1/accounts/{}/principalen", office.specialist.actor.id);
    let given = json!({"principalen": ["gid:1"]});
    let refused = office.post(&office.granter, &own, given.clone()).await;
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    let refused = office.post(&office.regisseur, &theirs, given.clone()).await;
    problem(refused, StatusCode::FORBIDDEN).await;
    for wrong in ["zomaar", " gid:1", "iedereen", "gid:\u{1}"] {
        let wrong = json!({"principalen": [wrong]});
        let refused = office.post(&office.granter, &theirs, wrong).await;
        problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let done = office.post(&office.granter, &theirs, given).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let store = &office.site.app.store;
    let lists = store
        .principals(&office.specialist.actor.id)
        .expect("lists");
    assert_eq!(lists[BEHEER], list(&["gid:1"]));
    // A login provider keeps a list of its own, and puts nobody in the group of a source.
    let who = (
        &office.specialist.actor,
        office.specialist.actor.id.as_str(),
    );
    store
        .set_principals(who, "inlogdienst", &list(&["groep:jz"]))
        .expect("set");
    assert!(
        store
            .set_principals(who, "inlogdienst", &list(&["bron:archief"]))
            .is_err()
    );
    let all = office
        .site
        .app
        .principals(&office.specialist.actor.id)
        .expect("all");
    assert!(
        ["gid:1", "groep:jz", EVERYBODY]
            .iter()
            .all(|name| all.has(name))
    );
    // Rights hold only where they are read, and patterns must be some.
    let machtigingen = format!("/v1/zaken/{}/machtigingen", office.zaak.id);
    let by_rights = serde_json::to_value(office.by_rights(&office.specialist)).expect("json");
    let refused = office
        .post(&office.granter, &machtigingen, by_rights.clone())
        .await;
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    for (bron, patroon) in [("elders", "*.pst"), ("archief", "[a")] {
        let wrong = Verlening {
            uitgezonderd: BTreeSet::from([Uitzondering {
                bron: bron.into(),
                patroon: patroon.into(),
            }]),
            ..office.verlening(&office.specialist, "archief")
        };
        let wrong = serde_json::to_value(wrong).expect("json");
        let refused = office.post(&office.granter, &machtigingen, wrong).await;
        problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let rules = SourceRules {
        rights: true,
        ..SourceRules::default()
    };
    Sources::set_rules(folder, "archief", rules).expect("rules");
    let granted = office.post(&office.granter, &machtigingen, by_rights).await;
    assert_eq!(granted.status(), StatusCode::CREATED);
    let page = format!("/zaken/{}/machtigingen", office.zaak.id);
    let page = text(office.get(&office.granter, &page).await).await;
    assert!(page.contains("archief (rechten van de schijf)"), "{page}");
    assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
}

#[tokio::test]
async fn what_a_case_keeps_of_documents_is_for_who_sees_them() {
    let office = archive();
    let other = person(&office.site, "bert", Rol::Informatiespecialist);
    office.is(&office.specialist, &["gid:1"]);
    office.grant(&office.by_rights(&office.specialist));
    office.grant(&office.by_rights(&other));
    let schiftingen = format!("/v1/zaken/{}/schiftingen", office.zaak.id);
    let judged = json!({
        "doel": {"soort": "document", "document": id(2).to_string()},
        "schifting": {"waarde": "relevant"},
        "gezien": 0,
    });
    let done = office.post(&office.specialist, &schiftingen, judged).await;
    assert!(done.status().is_success(), "{}", text(done).await);
    for (who, seen) in [(&office.specialist, true), (&other, false)] {
        let rows = text(office.get(who, &schiftingen).await).await;
        assert_eq!(rows.contains(&id(2).to_string()), seen, "{rows}");
        let one = format!(
            "/v1/zaken/{}/documenten/{}/schiftingen",
            office.zaak.id,
            id(2)
        );
        assert_eq!(office.get(who, &one).await.status().is_success(), seen);
        let zicht = office.site.app.zicht(&who.actor, Some(&office.zaak.id));
        let counts = office
            .site
            .app
            .store
            .schifting_counts(&zicht.expect("zicht"))
            .expect("counts");
        assert_eq!(counts.values().sum::<u64>(), u64::from(seen));
    }
}
