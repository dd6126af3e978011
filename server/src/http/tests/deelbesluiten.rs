//! Deelbesluiten as those who work with them notice: which documents belong where, and what follows from that. The case of
//! these tests is also that of `belanghebbenden` and `heropening`.

use super::lijsten::bytes;
use super::toegang::{Office, Person, office, person};
use super::{document, header_of, location, problem, site_with, text};
use crate::mensen::Rol;
use crate::uitvoer::tabel::tests::lezen::csv_rows;
use crate::zaken::machtiging::{Rubricering, Verlening, today};
use axum::http::StatusCode;
use jiff::ToSpan;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use zv_indexer::source::Sources;
use zv_shared::{ContentHash, DocId, Document};

/// Names and words that no third party may get to see.
pub(super) const BEDRIJF: &str = "Bouwbedrijf Zilt B.V.";
pub(super) const BUUR: &str = "Jan Kramer";
pub(super) const REMARK: &str = "wordt altijd boos";

/// A case with people, of whom the jurist and the specialist may see the source, and six documents with originals. The
/// fourth is a mail that the fifth is attached to.
pub(super) struct Case {
    pub(super) office: Office,
    pub(super) jurist: Person,
    _folder: tempfile::TempDir,
}

pub(super) fn original(number: u16) -> Vec<u8> {
    format!("origineel {number}").into_bytes()
}

pub(super) fn id(number: u16) -> DocId {
    document(&format!("{number:03}.txt"), number).id
}

pub(super) fn case() -> Case {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::create_dir_all(folder.path().join("map")).expect("folder");
    for number in 0..6 {
        let path = folder.path().join(format!("map/{number:03}.txt"));
        std::fs::write(path, original(number)).expect("original");
    }
    let site = site_with(6, |document: &mut Document| {
        let number: u16 = document.title[5..8].parse().expect("a number");
        let bytes = original(number);
        document.content = Some(ContentHash(Sha256::digest(&bytes).into()));
        document.size = bytes.len() as u64;
        document.fingerprint.size = document.size;
        if number == 4 {
            (document.family, document.parent, document.ordinal) = (id(3), Some(id(3)), 1);
        }
    });
    Sources::register(&site.app.folder, folder.path(), Some("archief")).expect("registered");
    let office = office(site);
    let jurist = person(&office.site, "joke", Rol::WooJurist);
    let store = &office.site.app.store;
    for member in [&jurist, &office.specialist] {
        store
            .add_member(&office.regisseur.actor, &office.zaak, &member.actor.id)
            .expect("member");
    }
    let case = Case {
        office,
        jurist,
        _folder: folder,
    };
    case.grant();
    case
}

impl Case {
    pub(super) fn grant(&self) {
        let to = [&self.jurist, &self.office.specialist];
        self.office.grant(&Verlening {
            aan: to.map(|one| one.actor.id.clone()).into(),
            doel: "zoeken".into(),
            bronnen: BTreeSet::from(["archief".to_owned()]),
            plafond: Rubricering::DepartementaalVertrouwelijk,
            van: today(),
            tot: today() + 1.day(),
            schijfrechten: BTreeSet::new(),
            uitgezonderd: BTreeSet::new(),
        });
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v1/zaken/{}/{rest}", self.office.zaak.id)
    }

    /// Sends as the jurist; the answer must be this.
    pub(super) async fn post(&self, rest: &str, body: Value, status: StatusCode) -> Value {
        let response = self.office.post(&self.jurist, &self.path(rest), body).await;
        let (got, body) = (response.status(), text(response).await);
        assert_eq!(got, status, "{rest}: {body}");
        serde_json::from_str(&body).unwrap_or(Value::Null)
    }

    pub(super) async fn get(&self, rest: &str) -> Value {
        let response = self.office.get(&self.jurist, &self.path(rest)).await;
        assert_eq!(response.status(), StatusCode::OK, "{rest}");
        serde_json::from_str(&text(response).await).expect("json")
    }

    /// Judges documents relevant, or otherwise.
    pub(super) async fn sift(&self, numbers: &[u16], waarde: &str) {
        let ids: Vec<String> = numbers.iter().map(|one| id(*one).to_string()).collect();
        let body = json!({
            "doel": {"soort": "selectie", "documenten": ids}, "schifting": {"waarde": waarde, "reden":
            if waarde == "relevant" { Value::Null } else { json!("alleen-genoemd") }},
            "aantal": ids.len(), "gezien": 0, "overschrijven": true,
        });
        self.post("schiftingen", body, StatusCode::CREATED).await;
    }

    /// Puts documents somewhere.
    pub(super) async fn put(&self, deel: &str, numbers: &[u16]) -> Value {
        let ids: Vec<String> = numbers.iter().map(|one| id(*one).to_string()).collect();
        let body = json!({"doel": {"soort": "selectie", "documenten": ids}, "aantal": ids.len(),
            "overschrijven": true});
        let path = format!("{deel}/documenten");
        self.post(&path, body, StatusCode::CREATED).await
    }

    pub(super) async fn members_of(&self, deel: &str) -> Vec<String> {
        let found = self.get(&format!("{deel}/documenten")).await;
        let found = found["documenten"].as_array().expect("documents").clone();
        let ids = found.iter().map(|one| one["document"].as_str());
        ids.map(|id| id.expect("id").to_owned()).collect()
    }

    /// Two belanghebbenden with documents 0 and 1, and 1 and 2; all relevant and numbered.
    pub(super) async fn with_two(&self) {
        self.sift(&[0, 1, 2, 3, 4], "relevant").await;
        self.sift(&[5], "niet-relevant").await;
        self.post("nummers", json!({}), StatusCode::CREATED).await;
        let two = [(BEDRIJF, "een bedrijf"), (BUUR, "een omwonende")];
        for (naam, categorie) in two {
            let body = json!({"naam": naam, "categorie": categorie, "opmerking": REMARK});
            self.post("belanghebbenden", body, StatusCode::CREATED)
                .await;
        }
        self.put("belanghebbenden/1", &[0, 1]).await;
        self.put("belanghebbenden/2", &[1, 2]).await;
    }

    pub(super) async fn export(&self, what: &str, body: Value) -> axum::response::Response {
        self.office.post(&self.jurist, &self.path(what), body).await
    }
}

pub(super) fn sorted(numbers: &[u16]) -> Vec<String> {
    let mut ids: Vec<String> = numbers.iter().map(|one| id(*one).to_string()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_document_is_in_one_deelbesluit_at_a_time_and_only_when_it_is_relevant() {
    let case = case();
    case.sift(&[0, 1, 2], "relevant").await;
    case.sift(&[3], "niet-relevant").await;
    for naam in ["Mail", "De rest"] {
        let made = json!({"naam": naam, "volgorde": 1});
        case.post("deelbesluiten", made, StatusCode::CREATED).await;
    }
    let first = case.put("deelbesluiten/1", &[0, 1]).await;
    assert_eq!(
        (&first["aantal"], &first["verplaatst"]),
        (&json!(2), &json!(0))
    );
    let moved = case.put("deelbesluiten/2", &[1, 2]).await;
    assert_eq!(
        (&moved["aantal"], &moved["verplaatst"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(case.members_of("deelbesluiten/1").await, sorted(&[0]));
    assert_eq!(case.members_of("deelbesluiten/2").await, sorted(&[1, 2]));
    // Not relevant, not there, not confirmed, not seen.
    let one =
        |number: u16| json!({"doel": {"soort": "document", "document": id(number).to_string()}});
    let to_first = "deelbesluiten/1/documenten";
    let refused = case
        .post(to_first, one(3), StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    assert!(
        refused["detail"]
            .as_str()
            .expect("why")
            .contains("niet als relevant")
    );
    case.post("deelbesluiten/9/documenten", one(0), StatusCode::NOT_FOUND)
        .await;
    let late = case.post(to_first, one(2), StatusCode::CONFLICT).await;
    assert!(
        late["detail"].as_str().expect("why").contains("door u"),
        "{late}"
    );
    let mut eruit = one(1);
    (eruit["eruit"], eruit["gezien"]) = (json!(true), moved["laatste"].clone());
    let out = case
        .post("deelbesluiten/2/documenten", eruit, StatusCode::CREATED)
        .await;
    assert_eq!(case.members_of("deelbesluiten/2").await, sorted(&[2]));
    // Taking back: the newest deed, then the move, after which the document is where it was at first.
    let back = |handeling: &Value, aantal: u64| json!({"doel": {"soort": "handeling", "handeling": handeling}, "aantal": aantal});
    let of_second = "deelbesluiten/2/documenten";
    case.post(
        of_second,
        back(&moved["handeling"], 2),
        StatusCode::CONFLICT,
    )
    .await;
    case.post(of_second, back(&out["handeling"], 1), StatusCode::CREATED)
        .await;
    let mut forced = back(&moved["handeling"], 2);
    forced["overschrijven"] = json!(true);
    case.post(of_second, forced, StatusCode::CREATED).await;
    assert_eq!(case.members_of("deelbesluiten/1").await, sorted(&[0, 1]));
    assert!(case.members_of("deelbesluiten/2").await.is_empty());
    let deeds = case.get("indelingen").await;
    assert_eq!(deeds["indelingen"].as_array().expect("deeds").len(), 5);
    // Who is no jurist or regisseur puts nothing anywhere.
    let path = case.path(to_first);
    let refused = case
        .office
        .post(&case.office.specialist, &path, one(2))
        .await;
    problem(refused, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_whole_result_goes_along_with_its_count_and_what_is_not_relevant_stays_out() {
    let case = case();
    let asked = case.office.ask(&case.jurist, "subsidie").await;
    case.office.get(&case.jurist, &location(&asked)).await;
    case.sift(&[0, 1, 2], "relevant").await;
    case.sift(&[3, 4], "niet-relevant").await;
    case.post(
        "deelbesluiten",
        json!({"naam": "Alles"}),
        StatusCode::CREATED,
    )
    .await;
    let all =
        |aantal: u64| json!({"doel": {"soort": "zoekactie", "zoekactie": 1}, "aantal": aantal});
    let path = "deelbesluiten/1/documenten";
    let refused = case
        .post(path, all(6), StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    assert!(
        refused["detail"]
            .as_str()
            .expect("why")
            .contains("het zijn er nu 3"),
        "{refused}"
    );
    let done = case.post(path, all(3), StatusCode::CREATED).await;
    assert_eq!(
        (&done["aantal"], &done["overgeslagen"]),
        (&json!(3), &json!(3))
    );
    // What is not relevant any more is in no list, and that is said.
    case.sift(&[2], "niet-relevant").await;
    case.post("nummers", json!({}), StatusCode::CREATED).await;
    let wanted = json!({"deelbesluit": 1, "profiel": "volledig-intern"});
    let response = case.export("lijsten", wanted).await;
    assert_eq!(header_of(&response, "uitvoer-aantal"), "2");
    let warning = header_of(&response, "uitvoer-waarschuwing").to_owned();
    assert_eq!(
        warning,
        "1 document is niet meer relevant en staat er niet in"
    );
    let name = header_of(&response, "content-disposition").to_owned();
    assert!(
        name.contains("volledig-intern-deelbesluit-1-2026-1-"),
        "{name}"
    );
    let list = case.get("deelbesluiten").await;
    let one = &list["deelbesluiten"][0];
    assert_eq!(
        (&one["documenten"], &one["niet_relevant"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn a_deelbesluit_has_its_own_day_law_clock_and_list() {
    let case = case();
    case.with_two().await;
    let part = |naam: &str, besluit: Option<&str>| json!({"naam": naam, "volgorde": 2, "besluit_op": besluit});
    let made = part("Oud", Some("2022-03-01"));
    case.post("deelbesluiten", made, StatusCode::CREATED).await;
    case.post("deelbesluiten", part("Nieuw", None), StatusCode::CREATED)
        .await;
    case.put("deelbesluiten/1", &[0]).await;
    case.put("deelbesluiten/2", &[2, 3]).await;
    // The first was decided under the Wob, the rest will be under the Woo.
    let judge = |number: u16, grond: &str| {
        json!({"document": id(number).to_string(),
            "beoordeling": {"oordeel": "deels-openbaar", "gronden": [grond], "motivering": "namen"}})
    };
    let to = "beoordelingen";
    case.post(to, judge(0, "5.1.2e"), StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    case.post(to, judge(0, "10.2e"), StatusCode::CREATED).await;
    case.post(to, judge(2, "10.2e"), StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    case.post(to, judge(2, "5.1.2e"), StatusCode::CREATED).await;
    // Only the neighbour has a document in the second: what the company is asked does not stop its clock.
    let day = |days: i64| (today() + days.days()).to_string();
    let ask =
        json!({"gevraagd_op": day(-2), "uiterlijk": day(9), "verzoek": "?", "bericht_op": day(-2)});
    let clock = |number: usize| {
        let case = &case;
        async move { case.get("deelbesluiten").await["deelbesluiten"][number]["klok"].clone() }
    };
    let before = clock(1).await;
    case.post(
        "belanghebbenden/1/zienswijzen",
        ask.clone(),
        StatusCode::CREATED,
    )
    .await;
    assert_eq!(clock(1).await, before);
    assert_eq!(clock(0).await["stil_tot"], json!(day(9)));
    assert_eq!(clock(0).await["besloten_op"], "2022-03-01");
    case.post("belanghebbenden/2/zienswijzen", ask, StatusCode::CREATED)
        .await;
    let after = clock(1).await;
    assert_eq!(after["stil_tot"], json!(day(9)));
    assert_ne!(after["tot"], before["tot"]);
    // Its list has its documents, under their numbers in the case, and its name.
    let rik = &case.office.regisseur;
    case.office.grant(&case.office.verlening(rik, "archief"));
    let judged = case.post(to, judge(3, "5.1.2e"), StatusCode::CREATED).await;
    for (number, record) in [
        (2, judged["nummer"].as_u64().expect("record") - 1),
        (3, judged["nummer"].as_u64().expect("record")),
    ] {
        let store = &case.office.site.app.store;
        store
            .maak_definitief(&rik.actor, &case.office.zaak, id(number), record)
            .expect("final");
    }
    let wanted = json!({"deelbesluit": 2, "profiel": "inventarislijst-publiek"});
    let rows = csv_rows(
        &bytes(case.export("lijsten", wanted).await).await[3..],
        b';',
    );
    let listed: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(listed, ["0003", "0004"]);
    assert_eq!(rows[1][11], "Deelbesluit 2 Woo-verzoek 2026-1");
}

#[tokio::test]
async fn a_list_is_whole_or_not_made_for_who_may_not_see_all_of_it() {
    let office = office(site_with(3, |document| {
        if document.place.path.ends_with(b"2.txt") {
            document.bron = "geheim archief".into();
        }
    }));
    let store = &office.site.app.store;
    let (zaak, rik) = (&office.zaak, &office.regisseur);
    store
        .add_member(&rik.actor, zaak, &office.specialist.actor.id)
        .expect("member");
    let both = |to: &Person| Verlening {
        bronnen: ["archief", "geheim archief"].map(str::to_owned).into(),
        ..office.verlening(to, "archief")
    };
    office.grant(&both(rik));
    office.grant(&office.verlening(&office.specialist, "archief"));
    let path = |rest: &str| format!("/v1/zaken/{}/{rest}", zaak.id);
    let actor = crate::mensen::Actor {
        rollen: [Rol::Regisseur, Rol::WooJurist].into(),
        ..rik.actor.clone()
    };
    let zicht = office.site.app.zicht(&actor, Some(&zaak.id)).expect("seen");
    let snapshot = office.site.app.snapshot(&zicht).expect("index");
    let stukken: Vec<_> = (0..3)
        .map(|number| snapshot.doc(id(number)).expect("asked").expect("there"))
        .map(|document| crate::zaken::schifting::Stuk::from(&document))
        .collect();
    let deed = crate::zaken::schifting::Handeling {
        omvang: "selectie",
        van: String::new(),
        stukken,
        schifting: crate::zaken::schifting::Schifting::of(
            crate::zaken::schifting::Waarde::Relevant,
        ),
        gezien: crate::zaken::schifting::Gezien::Zaak(0),
        overschrijven: true,
    };
    store.schift(&actor, zaak, &deed).expect("relevant");
    let made = office
        .post(rik, &path("deelbesluiten"), json!({"naam": "Alles"}))
        .await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let ids: Vec<String> = (0..3).map(|number| id(number).to_string()).collect();
    let body = json!({"doel": {"soort": "selectie", "documenten": ids}, "aantal": 3});
    let done = office
        .post(rik, &path("deelbesluiten/1/documenten"), body)
        .await;
    assert_eq!(done.status(), StatusCode::CREATED);
    let wanted = json!({"deelbesluit": 1, "profiel": "volledig-intern"});
    let refusals = office.refusals();
    let refused = office
        .post(&office.specialist, &path("lijsten"), wanted.clone())
        .await;
    let refused = problem(refused, StatusCode::FORBIDDEN).await.to_string();
    assert!(
        !refused.contains("geheim") && !refused.contains("documenten: "),
        "{refused}"
    );
    assert_eq!(office.refusals(), refusals + 1);
    let list = office.get(&office.specialist, &path("deelbesluiten")).await;
    let list: Value = serde_json::from_str(&text(list).await).expect("json");
    assert_eq!(
        list["deelbesluiten"][0]["documenten"], 2,
        "as far as may be seen"
    );
    let members = office
        .get(&office.specialist, &path("deelbesluiten/1/documenten"))
        .await;
    assert!(!text(members).await.contains(&id(2).to_string()));
    let deeds = office.get(&office.specialist, &path("indelingen")).await;
    assert_eq!(text(deeds).await, r#"{"indelingen":[]}"#);
    let whole = office.post(rik, &path("lijsten"), wanted).await;
    assert_eq!(header_of(&whole, "uitvoer-aantal"), "3");
}

#[tokio::test]
async fn the_page_makes_changes_and_the_document_shows_where_it_belongs() {
    let case = case();
    case.with_two().await;
    let base = format!("/zaken/{}", case.office.zaak.id);
    let send = |path: String, body: &'static str| {
        let request = super::request("POST", &path)
            .header(axum::http::header::COOKIE, case.jurist.cookie())
            .header(
                axum::http::header::CONTENT_TYPE,
                "application/x-www-form-urlencoded",
            );
        let request = request.body(axum::body::Body::from(body)).expect("request");
        case.office.site.send(request)
    };
    let made = send(
        format!("{base}/deelbesluiten"),
        "naam=Mail+over+de+kade&volgorde=2&afgestemd_hoe=telefoon&afgestemd_op=2026-01-02&uiterlijk=&besluit_op=",
    )
    .await;
    assert_eq!(
        location(&made),
        format!("{base}/deelbesluiten#deelbesluit-1")
    );
    let asked = send(
        format!("{base}/zienswijzen"),
        "belanghebbende=1&gevraagd_op=2026-01-02&uiterlijk=2026-01-10&verzoek=Wat+vindt+u&bericht_op=2026-01-02",
    )
    .await;
    assert_eq!(asked.status(), StatusCode::SEE_OTHER);
    let found = case.office.ask(&case.jurist, "subsidie").await;
    case.office.get(&case.jurist, &location(&found)).await;
    let arranged = send(
        format!("{base}/indelingen"),
        "deel=deelbesluit-1&zoekactie=1&aantal=5&gezien=99&wat=erbij",
    )
    .await;
    assert_eq!(
        arranged.status(),
        StatusCode::SEE_OTHER,
        "{}",
        text(arranged).await
    );
    let page = text(
        case.office
            .get(&case.jurist, &format!("{base}/deelbesluiten"))
            .await,
    )
    .await;
    for said in [
        "Deelbesluit 1: Mail over de kade",
        "5 documenten",
        "De termijn staat stil van 3 januari 2026 tot en met 10 januari 2026.",
        "De laatste dag is voorbij, zonder zienswijze.",
        "Terugdraaien",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let review = format!("{base}/schiften/1?document={}", id(1));
    let shown = text(case.office.get(&case.jurist, &review).await).await;
    assert!(shown.contains("deelbesluit 1: Mail over de kade") && shown.contains(BUUR));
    let body: &'static str = Box::leak(
        format!(
            "document={}&deel=belanghebbende-2&wat=eruit&gezien=999&omvang=document",
            id(1)
        )
        .into_boxed_str(),
    );
    let out = send(format!("{base}/schiften/1/indeling"), body).await;
    assert!(location(&out).contains("klaar=ingedeeld"));
    assert_eq!(case.members_of("belanghebbenden/2").await, sorted(&[2]));
    // Who grants sees none of it.
    let granter = &case.office.granter;
    for path in ["deelbesluiten", "versies"] {
        let page = text(case.office.get(granter, &format!("{base}/{path}")).await).await;
        assert!(
            !page.contains(BUUR) && !page.contains("over de kade"),
            "{page}"
        );
    }
}
