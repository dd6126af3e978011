//! Deelbesluiten of a case: what they are about, the order agreed with who asked, and their clocks. For who works on the
//! case or checks it; which documents belong to them is in `indelingen`.

use super::blocking;
use super::input::{Body, Segment};
use super::voorbereiding::{NewVersion, NumberBody, VersieBody};
use super::zaken::changed;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::deelbesluit::{Deelbesluit, Klok};
use crate::zaken::indeling::Deel;
use crate::zaken::machtiging::today;
use crate::zaken::termijn::Stand;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// De klok van een deelbesluit.
#[derive(Serialize, ToSchema)]
#[schema(as = Deelbesluitklok)]
pub struct KlokBody {
    /// De dag van het besluit.
    #[schema(value_type = Option<String>, format = Date)]
    besloten_op: Option<Date>,
    /// De laatste dag die met de verzoeker is afgesproken.
    #[schema(value_type = Option<String>, format = Date)]
    afgesproken: Option<Date>,
    /// De laatste dag volgens de wet; alleen opschortingen die over documenten van dit deelbesluit gaan, tellen mee. Leeg
    /// als er geen termijn is of als hij stilstaat.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Option<Date>,
    /// Sinds wanneer de termijn stilstaat, als het einde daarvan nog niet bekend is.
    #[schema(value_type = Option<String>, format = Date)]
    stil_sinds: Option<Date>,
    /// Tot en met wanneer de termijn nu stilstaat.
    #[schema(value_type = Option<String>, format = Date)]
    stil_tot: Option<Date>,
}

impl From<Klok> for KlokBody {
    fn from(klok: Klok) -> Self {
        let (tot, stil_sinds) = match klok.stand {
            Stand::Geen => (None, None),
            Stand::Tot(day) => (Some(day), None),
            Stand::Stil(day) => (None, Some(day)),
        };
        KlokBody {
            besloten_op: klok.besloten_op,
            afgesproken: klok.afgesproken,
            tot,
            stil_sinds,
            stil_tot: klok.stil_tot,
        }
    }
}

/// Een deelbesluit, met al zijn versies.
#[derive(Serialize, ToSchema)]
#[schema(as = DeelbesluitMetVersies)]
pub struct DeelbesluitBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// De oudste eerst; de laatste geldt.
    versies: Vec<VersieBody<Deelbesluit>>,
    /// Hoe de klok staat.
    klok: KlokBody,
    /// Relevante documenten die erbij horen; leeg voor wie nu niet in de zaak mag zoeken.
    documenten: Option<u64>,
    /// Documenten die erbij gezet zijn en niet meer relevant zijn: die tellen niet mee.
    niet_relevant: Option<u64>,
}

/// De deelbesluiten van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Deelbesluiten)]
pub struct DeelbesluitenBody {
    /// Op nummer.
    deelbesluiten: Vec<DeelbesluitBody>,
}

/// Deelbesluiten lezen
#[utoipa::path(get, path = "/zaken/{zaak}/deelbesluiten", tag = "zaken", operation_id = "leesDeelbesluiten",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De deelbesluiten.", body = DeelbesluitenBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<DeelbesluitenBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let counts = app.counts_for(&actor, &zaak)?;
        let klokken = app.store.klokken(&zaak, today())?.into_iter();
        let all = app.store.deelbesluiten(&zaak.id)?.into_iter();
        // Both come in order of number from the same table.
        let body = all.zip(klokken).map(|(one, (_, klok))| {
            let found = counts.as_ref().map(|counts| {
                let known = counts.get(&Deel::Deelbesluit(one.nummer));
                known.copied().unwrap_or_default()
            });
            DeelbesluitBody {
                nummer: one.nummer,
                versies: one.versies.into_iter().map(VersieBody::from).collect(),
                klok: klok.into(),
                documenten: found.map(|(relevant, _)| relevant),
                niet_relevant: found.map(|(_, other)| other),
            }
        });
        Ok(Json(DeelbesluitenBody {
            deelbesluiten: body.collect(),
        }))
    })
    .await
}

/// Een deelbesluit maken
///
/// Over een deel van het verzoek wordt dan apart besloten, in de volgorde die met de verzoeker is afgesproken (Woo 4.2a).
#[utoipa::path(post, path = "/zaken/{zaak}/deelbesluiten", tag = "zaken", operation_id = "maakDeelbesluit",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Deelbesluit,
    responses((status = 201, description = "Het nummer van het deelbesluit.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(deelbesluit): Body<Deelbesluit>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app
            .store
            .set_deelbesluit(&actor, &zaak, None, &deelbesluit)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een deelbesluit wijzigen
///
/// Voor de volgorde, de afspraak met de verzoeker en de dag van het besluit. Elke versie blijft bewaard.
#[utoipa::path(post, path = "/zaken/{zaak}/deelbesluiten/{nummer}", tag = "zaken",
    operation_id = "wijzigDeelbesluit",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van het deelbesluit.")),
    request_body = NewVersion<Deelbesluit>,
    responses((status = 204, description = "Vastgelegd."),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn change(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<NewVersion<Deelbesluit>>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        let earlier = Some((nummer, sent.gezien));
        app.store
            .set_deelbesluit(actor, zaak, earlier, &sent.inhoud)?;
        Ok(())
    })
    .await
}
