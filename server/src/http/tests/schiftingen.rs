//! Judging documents in a case, with several people at once.

use super::{Site, problem, request, site_with, text};
use crate::mensen::{Account, Actor, COOKIE, Rol, Via};
use crate::zaken::machtiging::{Rubricering, Verlening, Wijze, today};
use crate::zaken::{Intake, Soort, Zaak};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use jiff::ToSpan;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use zv_indexer::source::Sources;
use zv_shared::{ContentHash, DocId, Document};

/// A site with a case, and people who work on it.
pub(super) struct Office {
    pub site: Site,
    pub zaak: Zaak,
}

/// Somebody who is logged in.
pub(super) struct Person {
    pub account: Account,
    pub cookie: String,
}

impl Office {
    /// Of the documents every third lies in a source that nobody was granted.
    pub fn new(documents: u16) -> Self {
        Self::with(documents, |document| {
            let number: u8 = document.title[5..8].parse().expect("a number");
            document.content = Some(ContentHash([number; 32]));
            if number % 3 == 2 {
                document.bron = "geheim".into();
            }
        })
    }

    /// With changed documents.
    pub fn with(documents: u16, change: impl Fn(&mut Document)) -> Self {
        let site = site_with(documents, change);
        let zaak = Zaak {
            id: String::new(),
            ..site
                .app
                .store
                .zaak("lokaal")
                .expect("asked")
                .expect("local")
        };
        let mut office = Office { site, zaak };
        office.zaak = office.open_case("regi", "2026-1");
        office
    }

    /// Opens a case, by somebody new.
    pub fn open_case(&self, login: &str, nummer: &str) -> Zaak {
        let leader = self.person(login, &[Rol::Regisseur]);
        let intake = Intake {
            nummer: nummer.into(),
            soort: Soort::WooVerzoek,
            titel: "Subsidies".into(),
            verzoek: String::new(),
            verzoeker: String::new(),
            ontvangen: today(),
        };
        let actor = Actor::of(leader.account, Via::Api);
        self.site
            .app
            .store
            .open_zaak(&actor, &intake)
            .expect("opened")
    }

    pub fn person(&self, login: &str, roles: &[Rol]) -> Person {
        let store = &self.site.app.store;
        let roles = roles.iter().copied().collect();
        let by = Actor::local(Via::Opdracht);
        let name = format!("{}{} van Dam", login[..1].to_uppercase(), &login[1..]);
        let account = store
            .add_account(login, &name, "een lang wachtwoord", &roles, &by)
            .expect("account");
        let session = store.open_session(&account, Via::Api).expect("session");
        Person {
            cookie: format!("{COOKIE}={}", session.key),
            account,
        }
    }

    /// Somebody who may work with the source "archief".
    pub fn granted(&self, login: &str, roles: &[Rol]) -> Person {
        let person = self.person(login, roles);
        self.grant(&person, "archief");
        person
    }

    pub fn grant(&self, person: &Person, bron: &str) {
        self.grant_in(&self.zaak, person, bron);
    }

    pub fn grant_in(&self, zaak: &Zaak, person: &Person, bron: &str) {
        let giver = Actor {
            id: "verlener".into(),
            rollen: BTreeSet::from([Rol::BeheerderAutorisatie]),
            ..Actor::local(Via::Api)
        };
        let verlening = Verlening {
            aan: BTreeSet::from([person.account.id.clone()]),
            doel: "Woo-verzoek".into(),
            bronnen: BTreeSet::from([bron.to_owned()]),
            plafond: Rubricering::DepartementaalVertrouwelijk,
            van: today(),
            tot: today() + 30.days(),
            schijfrechten: BTreeSet::new(),
            uitgezonderd: BTreeSet::new(),
        };
        let store = &self.site.app.store;
        store
            .grant(&giver, zaak, Wijze::VierOgen, &verlening)
            .expect("granted");
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/zaken/{}/{rest}", self.zaak.id)
    }

    pub async fn post(&self, person: &Person, rest: &str, body: Value) -> Response {
        let request = request("POST", &self.path(rest))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &person.cookie);
        self.site
            .send(request.body(Body::from(body.to_string())).expect("request"))
            .await
    }

    pub async fn get(&self, person: &Person, rest: &str) -> Response {
        let request = request("GET", &self.path(rest)).header(header::COOKIE, &person.cookie);
        self.site
            .send(request.body(Body::empty()).expect("request"))
            .await
    }

    pub async fn read(&self, person: &Person, rest: &str) -> Value {
        json_of(self.get(person, rest).await, StatusCode::OK).await
    }

    pub async fn judge(&self, person: &Person, body: Value) -> Response {
        self.post(person, "schiftingen", body).await
    }

    /// Searches, and gives the number of the zoekactie when it is counted, or right away.
    pub async fn search(&self, person: &Person, counted: bool) -> u32 {
        self.search_in(&self.zaak, person, counted).await
    }

    pub async fn search_in(&self, zaak: &Zaak, person: &Person, counted: bool) -> u32 {
        let send = |method, path: String, body: String| {
            let request = request(method, &path)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::COOKIE, &person.cookie);
            self.site
                .send(request.body(Body::from(body)).expect("request"))
        };
        let question = json!({"vraag": "subsidie", "zaak": zaak.id});
        let answer = send("POST", "/v1/zoekopdrachten".into(), question.to_string()).await;
        let address = super::location(&answer);
        assert_eq!(
            send("GET", address, String::new()).await.status(),
            StatusCode::OK
        );
        for _ in 0..500 {
            let acties = self
                .site
                .app
                .store
                .zoekacties(&zaak.id)
                .expect("zoekacties");
            match acties.last() {
                Some(last) if last.telling.is_some() || !counted => return last.nummer,
                _ => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
        panic!("the search was never counted");
    }
}

pub(super) async fn json_of(response: Response, status: StatusCode) -> Value {
    let got = response.status();
    let body = text(response).await;
    assert_eq!(got, status, "{body}");
    serde_json::from_str(&body).expect("json")
}

pub(super) fn id(number: u16) -> String {
    DocId::of_file("archief", format!("{number:03}.txt").as_bytes(), 0).to_string()
}

pub(super) fn one(number: u16, seen: u64, waarde: &str) -> Value {
    json!({"doel": {"soort": "document", "document": id(number)}, "gezien": seen, "schifting": {"waarde": waarde}})
}

#[tokio::test]
async fn two_people_who_judge_one_document_lose_nothing() {
    let office = Office::new(2);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    let done = json_of(
        office.judge(&els, one(0, 0, "relevant")).await,
        StatusCode::CREATED,
    )
    .await;
    assert_eq!(done["aantal"], 1);
    // Jan still sees it without a value.
    let told = problem(
        office.judge(&jan, one(0, 0, "twijfel")).await,
        StatusCode::CONFLICT,
    )
    .await;
    let detail = told["detail"].as_str().expect("text");
    assert!(detail.contains("Els van Dam"), "{detail}");
    assert!(detail.contains("relevant"), "{detail}");
    let seen = done["laatste"].as_u64().expect("number");
    let again = json_of(
        office.judge(&jan, one(0, seen, "twijfel")).await,
        StatusCode::CREATED,
    )
    .await;
    let history = office
        .read(&els, &format!("documenten/{}/schiftingen", id(0)))
        .await;
    let names: Vec<&str> = history["schiftingen"]
        .as_array()
        .expect("list")
        .iter()
        .map(|one| one["naam"].as_str().expect("name"))
        .collect();
    assert_eq!(names, ["Jan van Dam", "Els van Dam"]);
    let back =
        json!({"doel": {"soort": "document", "document": id(0)}, "gezien": again["laatste"]});
    json_of(office.judge(&jan, back).await, StatusCode::CREATED).await;
    let now = office.read(&jan, "schiftingen").await;
    assert_eq!(
        now["aantallen"],
        json!([{"waarde": "relevant", "aantal": 1}])
    );
    assert_eq!(now["schiftingen"][0]["teruggedraaid"], true);
}

#[tokio::test]
async fn a_whole_zoekactie_is_judged_with_the_count_that_was_confirmed() {
    let office = Office::new(9);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    for counted in [false, true] {
        let nummer = office.search(&els, counted).await;
        let all = |count: Value, seen: &Value, over: bool| {
            json!({"doel": {"soort": "zoekactie", "zoekactie": nummer}, "aantal": count, "gezien": seen,
                "overschrijven": over, "schifting": {"waarde": "niet-relevant", "reden": "alleen-genoemd"}})
        };
        let now = office.read(&els, "schiftingen").await;
        let seen = &now["laatste"];
        let told = problem(
            office.judge(&els, all(json!(9), seen, false)).await,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
        let detail = told["detail"].as_str().expect("text");
        assert!(
            detail.contains("9 documenten") && detail.contains("nu 6"),
            "{detail}"
        );
        problem(
            office.judge(&els, all(Value::Null, seen, false)).await,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
        // Jan judges one of them meanwhile.
        let history = office
            .read(&jan, &format!("documenten/{}/schiftingen", id(3)))
            .await;
        let last = history["schiftingen"][0]["nummer"].as_u64().unwrap_or(0);
        json_of(
            office.judge(&jan, one(3, last, "relevant")).await,
            StatusCode::CREATED,
        )
        .await;
        let told = problem(
            office.judge(&els, all(json!(6), seen, false)).await,
            StatusCode::CONFLICT,
        )
        .await;
        assert!(
            told["detail"]
                .as_str()
                .expect("text")
                .contains("is er 1 intussen al geschift, door Jan van Dam")
        );
        let done = json_of(
            office.judge(&els, all(json!(6), seen, true)).await,
            StatusCode::CREATED,
        )
        .await;
        assert_eq!(done["aantal"], 6);
        let now = office.read(&els, "schiftingen?aantal=4").await;
        assert_eq!(
            now["aantallen"],
            json!([{"waarde": "niet-relevant", "aantal": 6}])
        );
        let rest = office
            .read(
                &els,
                &format!(
                    "schiftingen?aantal=4&cursor={}",
                    now["volgende"].as_str().expect("more")
                ),
            )
            .await;
        assert_eq!(
            (
                rest["schiftingen"].as_array().expect("list").len(),
                &rest["volgende"]
            ),
            (2, &Value::Null)
        );
        let back =
            json!({"doel": {"soort": "handeling", "handeling": done["handeling"]}, "aantal": 6});
        json_of(office.judge(&jan, back).await, StatusCode::CREATED).await;
        let now = office.read(&els, "schiftingen?waarde=relevant").await;
        assert_eq!(now["schiftingen"].as_array().expect("list").len(), 1);
    }
}

#[tokio::test]
async fn nothing_of_another_source_is_judged_counted_or_told() {
    let office = Office::new(6);
    let els = office.granted("els", &[Rol::WooJurist]);
    let both = office.granted("bo", &[Rol::WooJurist]);
    office.grant(&both, "geheim");
    json_of(
        office.judge(&both, one(2, 0, "relevant")).await,
        StatusCode::CREATED,
    )
    .await;
    let deed = json!({"doel": {"soort": "selectie", "documenten": [id(2), id(3)]}, "aantal": 2, "overschrijven": true,
        "schifting": {"waarde": "twijfel"}});
    let done = json_of(office.judge(&both, deed.clone()).await, StatusCode::CREATED).await;
    problem(
        office.judge(&els, one(2, 0, "relevant")).await,
        StatusCode::NOT_FOUND,
    )
    .await;
    problem(office.judge(&els, deed).await, StatusCode::NOT_FOUND).await;
    problem(
        office
            .get(&els, &format!("documenten/{}/schiftingen", id(2)))
            .await,
        StatusCode::NOT_FOUND,
    )
    .await;
    let back = json!({"doel": {"soort": "handeling", "handeling": done["handeling"]}, "aantal": 2});
    problem(office.judge(&els, back).await, StatusCode::NOT_FOUND).await;
    let now = office.read(&els, "schiftingen").await;
    assert_eq!(
        now["aantallen"],
        json!([{"waarde": "twijfel", "aantal": 1}])
    );
    assert!(!now.to_string().contains(&id(2)));
    let count = |deeds: &Value| deeds["handelingen"].as_array().expect("list").len();
    assert_eq!(count(&office.read(&both, "schifthandelingen").await), 2);
    assert_eq!(count(&office.read(&els, "schifthandelingen").await), 0);
    json_of(
        office.judge(&els, one(0, 0, "relevant")).await,
        StatusCode::CREATED,
    )
    .await;
    let deeds = office.read(&els, "schifthandelingen").await;
    assert_eq!(
        (count(&deeds), &deeds["handelingen"][0]["van"]),
        (1, &json!(id(0)))
    );
}

#[tokio::test]
async fn without_a_machtiging_or_the_role_nothing_is_judged_and_the_refusal_is_recorded() {
    let office = Office::new(1);
    let nobody = office.person("nora", &[Rol::WooJurist]);
    let auditor = office.granted("aad", &[Rol::Auditor]);
    let head = |office: &Office| office.site.app.store.audit_head().expect("head").nummer;
    for person in [&nobody, &auditor] {
        let before = head(&office);
        problem(
            office.judge(person, one(0, 0, "relevant")).await,
            StatusCode::FORBIDDEN,
        )
        .await;
        assert!(head(&office) > before, "not recorded");
    }
    for rest in [
        "schiftingen".to_owned(),
        format!("documenten/{}/schiftingen", id(0)),
    ] {
        problem(office.get(&nobody, &rest).await, StatusCode::FORBIDDEN).await;
    }
    let stranger = Person {
        cookie: String::new(),
        ..nobody
    };
    problem(
        office.judge(&stranger, one(0, 0, "relevant")).await,
        StatusCode::UNAUTHORIZED,
    )
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_a_reason() {
    let site = site_with(2, |_| {});
    let send = |body: Value| {
        let request = request("POST", "/v1/zaken/lokaal/schiftingen")
            .header(header::CONTENT_TYPE, "application/json");
        site.send(request.body(Body::from(body.to_string())).expect("request"))
    };
    for body in [
        json!({"doel": {"soort": "document", "document": id(0)}, "schifting": {"waarde": "niet-relevant"}}),
        json!({"doel": {"soort": "document", "document": id(0)}, "schifting": {"waarde": "dubbel", "dubbel_van": id(0)}}),
        json!({"doel": {"soort": "document", "document": id(0)}}),
        json!({"doel": {"soort": "familie", "document": id(0)}, "schifting": {"waarde": "relevant"}}),
        json!({"doel": {"soort": "handeling", "handeling": 1}, "schifting": {"waarde": "relevant"}, "aantal": 1}),
        json!({"doel": {"soort": "familie", "document": id(0)}}),
    ] {
        problem(send(body).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    for body in [
        json!({"doel": {"soort": "document", "document": "x"}, "schifting": {"waarde": "relevant"}}),
        json!({"doel": {"soort": "iets"}, "schifting": {"waarde": "relevant"}}),
    ] {
        problem(send(body).await, StatusCode::BAD_REQUEST).await;
    }
    // All documents of this site have the same content.
    let copies = json!({"doel": {"soort": "dubbelen", "document": id(1)}, "aantal": 1,
        "schifting": {"waarde": "dubbel", "dubbel_van": id(0)}});
    json_of(send(copies).await, StatusCode::CREATED).await;
}

#[tokio::test]
async fn an_original_that_is_relevant_is_kept_or_it_is_told_why_not() {
    let site = site_with(2, |document| {
        document.content = Some(ContentHash(Sha256::digest(b"de inhoud").into()));
        document.size = 9;
    });
    let root = site._folder.path().join("archief");
    std::fs::create_dir_all(root.join("map")).expect("folder");
    std::fs::write(root.join("map/000.txt"), "de inhoud").expect("file");
    Sources::register(site._folder.path(), &root, Some("archief")).expect("registered");
    let done = |number: u16| {
        let request = request("POST", "/v1/zaken/lokaal/schiftingen")
            .header(header::CONTENT_TYPE, "application/json");
        site.send(
            request
                .body(Body::from(one(number, 0, "relevant").to_string()))
                .expect("request"),
        )
    };
    // The second is not there, but has the content of the first: a copy is a copy.
    let hash = ContentHash(Sha256::digest(b"de inhoud").into());
    let kept = site
        ._folder
        .path()
        .join("veiliggesteld")
        .join(hash.to_string());
    json_of(done(1).await, StatusCode::CREATED).await;
    let of = |count: usize| {
        let store = &site.app.store;
        async move {
            for _ in 0..500 {
                let found = store.veiligstellingen("lokaal").expect("read");
                if found.len() == count {
                    return found;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            panic!("nothing was kept");
        }
    };
    let first = of(1).await;
    let why = first[0].uitkomst.as_ref().expect_err("not there");
    assert!(why.contains("staat niet meer in de bron"), "{why}");
    json_of(done(0).await, StatusCode::CREATED).await;
    let both = of(2).await;
    let outcome = both
        .iter()
        .find(|one| one.document.to_string() == id(0))
        .expect("the first");
    assert_eq!(outcome.uitkomst, Ok((hash, 9)));
    let told = site.json("/v1/zaken/lokaal/veiligstellingen").await;
    let told = told["veiligstellingen"].as_array().expect("list");
    let of = |number: u16| {
        told.iter()
            .find(|one| one["document"] == id(number))
            .expect("told")
    };
    assert_eq!(
        (&of(0)["sha256"], &of(0)["reden"]),
        (&json!(hash.to_string()), &Value::Null)
    );
    assert_eq!(of(1)["sha256"], Value::Null);
    assert!(
        of(1)["reden"]
            .as_str()
            .expect("why")
            .contains("niet meer in de bron")
    );
    assert_eq!(std::fs::read(kept).expect("kept"), b"de inhoud");
}
