//! Belanghebbenden of a case, and what they were asked. For who works on the case or checks it; which documents are about
//! them is in `indelingen`.

use super::blocking;
use super::input::{Body, Segment};
use super::voorbereiding::{NewVersion, NumberBody, VersieBody};
use super::zaken::changed;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::belanghebbende::Belanghebbende;
use crate::zaken::indeling::Deel;
use crate::zaken::reeks::Reeks;
use crate::zaken::zienswijze::{Gevraagde, Zienswijze};
use crate::zaken::{self};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een verzoek om een zienswijze, met al zijn versies.
#[derive(Serialize, ToSchema)]
#[schema(as = GevraagdeZienswijze)]
pub struct AskedBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// De oudste eerst; de laatste geldt.
    versies: Vec<VersieBody<Zienswijze>>,
}

impl AskedBody {
    fn of(asked: &Reeks<Gevraagde>) -> Self {
        let versies = asked.versies.iter().map(|versie| {
            VersieBody::from(zaken::Versie {
                nummer: versie.nummer,
                inhoud: versie.inhoud.zienswijze.clone(),
                door: versie.door.clone(),
                wanneer: versie.wanneer,
            })
        });
        AskedBody {
            nummer: asked.nummer,
            versies: versies.collect(),
        }
    }
}

/// Een belanghebbende, met al zijn versies.
#[derive(Serialize, ToSchema)]
#[schema(as = BelanghebbendeMetVersies)]
pub struct BelanghebbendeBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// De oudste eerst; de laatste geldt.
    versies: Vec<VersieBody<Belanghebbende>>,
    /// Wat er gevraagd is, en wat erop kwam.
    zienswijzen: Vec<AskedBody>,
    /// Relevante documenten die over diegene gaan; leeg voor wie nu niet in de zaak mag zoeken.
    documenten: Option<u64>,
    /// Documenten die erbij gezet zijn en niet meer relevant zijn: die tellen niet mee.
    niet_relevant: Option<u64>,
}

/// De belanghebbenden van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Belanghebbenden)]
pub struct BelanghebbendenBody {
    /// Op nummer.
    belanghebbenden: Vec<BelanghebbendeBody>,
}

/// Belanghebbenden lezen
#[utoipa::path(get, path = "/zaken/{zaak}/belanghebbenden", tag = "zaken", operation_id = "leesBelanghebbenden",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De belanghebbenden.", body = BelanghebbendenBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<BelanghebbendenBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let counts = app.counts_for(&actor, &zaak)?;
        let asked = app.store.zienswijzen(&zaak.id)?;
        let body = |one: Reeks<Belanghebbende>| {
            let found = counts.as_ref().map(|counts| {
                let known = counts.get(&Deel::Belanghebbende(one.nummer));
                known.copied().unwrap_or_default()
            });
            let theirs = asked.iter().filter(|asked| {
                asked
                    .nu()
                    .is_some_and(|asked| asked.belanghebbende == one.nummer)
            });
            BelanghebbendeBody {
                nummer: one.nummer,
                zienswijzen: theirs.map(AskedBody::of).collect(),
                versies: one.versies.into_iter().map(VersieBody::from).collect(),
                documenten: found.map(|(relevant, _)| relevant),
                niet_relevant: found.map(|(_, other)| other),
            }
        };
        let all = app.store.belanghebbenden(&zaak.id)?.into_iter();
        Ok(Json(BelanghebbendenBody {
            belanghebbenden: all.map(body).collect(),
        }))
    })
    .await
}

/// Een belanghebbende vastleggen
#[utoipa::path(post, path = "/zaken/{zaak}/belanghebbenden", tag = "zaken", operation_id = "legBelanghebbendeVast",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Belanghebbende,
    responses((status = 201, description = "Het nummer van de belanghebbende.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(belanghebbende): Body<Belanghebbende>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app
            .store
            .set_belanghebbende(&actor, &zaak, None, &belanghebbende)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een belanghebbende wijzigen
#[utoipa::path(post, path = "/zaken/{zaak}/belanghebbenden/{nummer}", tag = "zaken",
    operation_id = "wijzigBelanghebbende",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de belanghebbende.")),
    request_body = NewVersion<Belanghebbende>,
    responses((status = 204, description = "Vastgelegd."),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn change(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<NewVersion<Belanghebbende>>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        let earlier = Some((nummer, sent.gezien));
        app.store
            .set_belanghebbende(actor, zaak, earlier, &sent.inhoud)?;
        Ok(())
    })
    .await
}

/// Om een zienswijze vragen
///
/// Legt vast wat er gevraagd is. Met de dag van het bericht aan de verzoeker staat de termijn stil.
#[utoipa::path(post, path = "/zaken/{zaak}/belanghebbenden/{nummer}/zienswijzen", tag = "zaken",
    operation_id = "vraagZienswijze",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de belanghebbende.")),
    request_body = Zienswijze,
    responses((status = 201, description = "Het nummer van de zienswijze.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, belanghebbende)): Segment<(String, u32)>,
    Body(zienswijze): Body<Zienswijze>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app
            .store
            .ask_zienswijze(&actor, &zaak, belanghebbende, &zienswijze)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een zienswijze bijwerken
///
/// Voor wat de belanghebbende antwoordde, of een andere dag. De opschorting van de termijn verandert mee.
#[utoipa::path(post, path = "/zaken/{zaak}/zienswijzen/{nummer}", tag = "zaken", operation_id = "werkZienswijzeBij",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de zienswijze.")),
    request_body = NewVersion<Zienswijze>,
    responses((status = 204, description = "Bijgewerkt."),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn answer(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<NewVersion<Zienswijze>>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        let earlier = (nummer, sent.gezien);
        Ok(app
            .store
            .update_zienswijze(actor, zaak, earlier, &sent.inhoud)?)
    })
    .await
}
