//! Everything in the tables, tried with well-formed requests: first by who may do everything, so that it is known that
//! they are, then by people whose machtiging is missing, self-granted, expired, not yet valid or withdrawn, by people
//! outside the case, and by who only grants. A new address fails these tests until the tables know it.

use super::adressen::{Operatie, adressen, operaties};
use super::bladen::{bladen, routes};
use super::proef::{Adres, Antwoord, GEHEIM, Ids, Proef, Recht, Stuurt};
use super::{Person, person_with};
use crate::http::tests::problem;
use crate::mensen::Rol;
use crate::zaken::machtiging::{Verlening, today};
use axum::http::StatusCode;
use jiff::ToSpan;
use serde_json::Value;
use std::collections::BTreeSet;

/// Who tries, beside a machtiging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wie {
    /// Works on the case.
    Lid,
    /// Does the same in other cases.
    Buiten,
    /// Only grants.
    Verlener,
}

/// What must come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verwacht {
    /// A recorded 403.
    Geweigerd,
    /// A recorded 404: the case must not be known to exist.
    Onbekend,
    /// One of both, the same as for a case that is not there.
    Dicht,
    /// A recorded 403, or a recorded 422 of a rule about roles.
    GeenRol,
    /// Whatever the state allows.
    Mag,
}

fn verwacht(recht: Recht, wie: Wie) -> Verwacht {
    match (recht, wie) {
        (Recht::Vrij, _) | (Recht::Accounts, Wie::Verlener) => Verwacht::Mag,
        (Recht::Zaak, Wie::Lid | Wie::Verlener) => Verwacht::Mag,
        (Recht::Binnen, Wie::Lid) | (Recht::Verleent, Wie::Verlener) => Verwacht::Mag,
        (Recht::Rol | Recht::Accounts, _) | (Recht::Verleent, Wie::Lid) => Verwacht::GeenRol,
        (Recht::Zaak | Recht::Binnen | Recht::Verleent, Wie::Buiten) => Verwacht::Onbekend,
        (Recht::Zicht, Wie::Buiten) => Verwacht::Dicht,
        (Recht::Binnen, Wie::Verlener) | (Recht::Zicht, _) => Verwacht::Geweigerd,
    }
}

/// An address of the tables with the way to it.
type Weg = (String, String, Adres);

pub(super) fn wegen(ids: &Ids) -> Vec<Weg> {
    let known = operaties();
    let api = adressen(ids).into_iter().map(|adres| {
        let Operatie { methode, pad } = known.get(adres.naam).expect(adres.naam);
        (methode.clone(), ids.in_pad(pad), adres)
    });
    let pages = bladen(ids).into_iter().map(|adres| {
        let (methode, pad) = adres.naam.split_once(' ').expect(adres.naam);
        (methode.to_owned(), ids.in_pad(pad), adres)
    });
    api.chain(pages).collect()
}

#[test]
fn the_tables_know_every_address() {
    let ids = Proef::nieuw(1, |_| "archief").ids;
    let table = adressen(&ids);
    let known: BTreeSet<&str> = table.iter().map(|adres| adres.naam).collect();
    assert_eq!(known.len(), table.len(), "an operation stands there twice");
    let described = operaties();
    let described: BTreeSet<&str> = described.keys().map(String::as_str).collect();
    assert_eq!(known, described);
    let with_body = |naam: &str| {
        let body = table.iter().find(|adres| adres.naam == naam);
        matches!(body, Some(adres) if matches!(adres.stuurt, Stuurt::Json(_)))
    };
    let description: Value =
        serde_json::from_str(include_str!("../../../../openapi.json")).expect("openapi.json");
    for operation in description["paths"].as_object().expect("paths").values() {
        for operation in operation.as_object().expect("methods").values() {
            let naam = operation["operationId"].as_str().expect("id");
            assert_eq!(
                with_body(naam),
                operation["requestBody"].is_object(),
                "{naam}"
            );
        }
    }
    let table = bladen(&ids);
    let known: BTreeSet<&str> = table.iter().map(|adres| adres.naam).collect();
    let routes = routes();
    let routes: BTreeSet<&str> = routes.iter().map(String::as_str).collect();
    assert_eq!(known, routes);
}

/// A case in which everything was done by somebody who may do everything.
async fn gevuld() -> Proef {
    let mut proef = Proef::nieuw(3, |_| "archief");
    proef.verleent();
    proef.ids.zoekopdracht = proef.zoekt(&proef.alles, "subsidie").await;
    let mut faults = Vec::new();
    for at in 0..wegen(&proef.ids).len() {
        let (methode, pad, adres) = wegen(&proef.ids).swap_remove(at);
        // Of what is not counted yet there is no list.
        proef.geteld().await;
        let got = proef.stuur(&proef.alles, &methode, &pad, &adres).await;
        let status = got.status.as_u16();
        // Closing a case withdrew what was granted in it.
        if pad.ends_with("heropen") {
            proef.verleent();
        }
        let sound = match adres.volledig {
            // A page: it is shown, or leads on, or what it asks is refused for the state of things.
            0 => matches!(status, 200 | 303 | 409 | 422),
            wanted => status == wanted,
        };
        if !sound {
            faults.push(got.bij(&adres, &methode, &pad));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    proef.ids.verweesd = [(); 2].map(|()| proef.ids.zaak.clone());
    proef
}

impl Proef {
    /// Sends everything in the tables as `who`, and holds what comes back against what may.
    async fn probeer(&self, naam: &str, who: &Person, wie: Wie) {
        let (mut refused, mut faults) = (0, Vec::new());
        for (methode, pad, adres) in wegen(&self.ids) {
            let before = self.office.refusals();
            let got = self.stuur(who, &methode, &pad, &adres).await;
            let recorded = self.office.refusals() - before;
            let wanted = verwacht(adres.recht, wie);
            if let Some(fault) = fout(&got, wanted, recorded, pad.starts_with("/v1/")) {
                faults.push(format!("{fault}: {}", got.bij(&adres, &methode, &pad)));
            }
            refused += u32::from(wanted != Verwacht::Mag);
        }
        assert!(faults.is_empty(), "{naam}:\n{}", faults.join("\n"));
        assert!(refused > 50, "{naam}: {refused}");
    }
}

impl Proef {
    /// The same with only that for which a machtiging is needed, by somebody with more roles.
    async fn probeer_zicht(&self, who: &Person) {
        let mut faults = Vec::new();
        for (methode, pad, adres) in wegen(&self.ids) {
            if adres.recht != Recht::Zicht {
                continue;
            }
            let before = self.office.refusals();
            let got = self.stuur(who, &methode, &pad, &adres).await;
            let recorded = self.office.refusals() - before;
            let api = pad.starts_with("/v1/");
            if let Some(fault) = fout(&got, Verwacht::Geweigerd, recorded, api) {
                faults.push(format!("{fault}: {}", got.bij(&adres, &methode, &pad)));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

/// What is wrong with an answer.
fn fout(got: &Antwoord, wanted: Verwacht, recorded: u64, api: bool) -> Option<String> {
    if let Some(word) = got.verraadt(&GEHEIM) {
        return Some(format!("shows {word}"));
    }
    let status = got.status.as_u16();
    let sound = match wanted {
        Verwacht::Mag => {
            let can = got.status.is_success() || matches!(status, 303 | 404 | 409 | 422);
            return (!can).then(|| "may".to_owned());
        }
        Verwacht::Geweigerd => status == 403,
        Verwacht::Onbekend => status == 404,
        Verwacht::Dicht => matches!(status, 403 | 404),
        Verwacht::GeenRol => matches!(status, 403 | 422),
    };
    if !sound || recorded != 1 {
        return Some(format!("{wanted:?}, recorded {recorded} times"));
    }
    says_more(got, api).map(|what| format!("a refusal with {what}"))
}

/// What a refusal says besides that it is one, and of what kind.
fn says_more(got: &Antwoord, api: bool) -> Option<&'static str> {
    if ["location:", "content-disposition:", "link:"]
        .iter()
        .any(|name| got.koppen.lines().any(|line| line.starts_with(name)))
    {
        return Some("a header");
    }
    if !api {
        return (!got.soort.starts_with("text/html")).then_some("another form");
    }
    let kind = match got.status {
        StatusCode::FORBIDDEN => "geen-machtiging",
        StatusCode::NOT_FOUND => "niet-gevonden",
        _ => "mag-niet",
    };
    let body: Value = serde_json::from_str(&got.tekst).unwrap_or_default();
    let fields: Vec<&String> = body
        .as_object()
        .into_iter()
        .flat_map(|body| body.keys())
        .collect();
    let sound = got.soort == "application/problem+json"
        && body["type"] == format!("urn:zoekenvind:probleem:{kind}")
        && fields == ["detail", "status", "title", "type"];
    (!sound).then_some("another body")
}

#[tokio::test]
async fn nothing_is_shown_counted_or_hinted_at_without_a_machtiging_that_holds() {
    let proef = gevuld().await;
    let geen = proef.lid("geen");
    proef.probeer("missing", &geen, Wie::Lid).await;
    for (naam, van, tot) in [("expired", -10, -1), ("not yet", 1, 9)] {
        let who = proef.lid(naam);
        proef.office.grant(&Verlening {
            van: today() + van.days(),
            tot: today() + tot.days(),
            ..proef.verlening(&who.actor, &["archief"])
        });
        proef.probeer(naam, &who, Wie::Lid).await;
    }
    let who = proef.lid("withdrawn");
    proef
        .office
        .grant(&proef.verlening(&who.actor, &["archief"]));
    let (store, zaak) = (&proef.office.site.app.store, &proef.office.zaak);
    let granted = store.machtigingen(&zaak.id).expect("read");
    let of_who = granted
        .iter()
        .find(|one| one.verlening.aan.contains(&who.actor.id));
    store
        .withdraw(
            &proef.office.granter.actor,
            zaak,
            &of_who.expect("granted").id,
        )
        .expect("withdrawn");
    proef.probeer("withdrawn", &who, Wie::Lid).await;
}

#[tokio::test]
async fn a_machtiging_that_somebody_gives_himself_is_none() {
    let proef = gevuld().await;
    let roles = [
        Rol::Informatiespecialist,
        Rol::WooJurist,
        Rol::BeheerderAutorisatie,
    ];
    let who = person_with(&proef.office.site, "zelf", &roles);
    let (store, by) = (&proef.office.site.app.store, &proef.office.regisseur.actor);
    store
        .add_member(by, &proef.office.zaak, &who.actor.id)
        .expect("member");
    let before = proef.office.refusals();
    let own = serde_json::to_value(proef.verlening(&who.actor, &["archief"])).expect("json");
    let path = format!("/v1/zaken/{}/machtigingen", proef.ids.zaak);
    problem(
        proef.office.post(&who, &path, own).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert_eq!(proef.office.refusals(), before + 1);
    proef.probeer_zicht(&who).await;
}

#[tokio::test]
async fn who_does_not_work_on_a_case_learns_nothing_of_it() {
    let proef = gevuld().await;
    let roles = [Rol::Informatiespecialist, Rol::WooJurist];
    let buiten = person_with(&proef.office.site, "buiten", &roles);
    proef.probeer("outside", &buiten, Wie::Buiten).await;
    // It is as if the case were not there.
    let buiten = person_with(&proef.office.site, "ook buiten", &roles);
    let mut none = proef.ids.clone();
    none.zaak = "0".repeat(32);
    none.verweesd = [(); 2].map(|()| none.zaak.clone());
    for ((methode, pad, adres), (_, other, unknown)) in wegen(&proef.ids).iter().zip(wegen(&none)) {
        if matches!(adres.recht, Recht::Vrij | Recht::Rol | Recht::Accounts) {
            continue;
        }
        let here = proef.stuur(&buiten, methode, pad, adres).await;
        let nowhere = proef.stuur(&buiten, methode, &other, &unknown).await;
        assert_eq!(
            (here.status, here.tekst),
            (nowhere.status, nowhere.tekst),
            "{methode} {pad}"
        );
    }
    let granter = &proef.office.granter;
    proef.probeer("only grants", granter, Wie::Verlener).await;
}

#[tokio::test]
async fn in_a_closed_case_no_machtiging_holds() {
    let proef = gevuld().await;
    let who = proef.lid("gesloten");
    proef
        .office
        .grant(&proef.verlening(&who.actor, &["archief", "elders"]));
    let store = &proef.office.site.app.store;
    store
        .close_zaak(&proef.office.regisseur.actor, &proef.office.zaak)
        .expect("closed");
    proef.probeer_zicht(&who).await;
}
