//! The lists with synonyms of a case: reading them with all their versions, adding one, changing one, switching it off,
//! approving it. Owns the requests; the rules are in `zaken`.

use super::blocking;
use super::input::{Body, Segment};
use super::voorbereiding::NumberBody;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::filled;
use crate::zaken::woordenlijst::gebruik::{Lijst, lijsten};
use crate::zaken::woordenlijst::invoer::Inhoud;
use crate::zaken::woordenlijst::{LONGEST_NAME, LONGEST_REASON, Lijstversie, Wijziging};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::lists::Row;

/// De woordenlijsten van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Woordenlijsten)]
pub struct ListsBody {
    /// De lijsten van de zaak, met al hun versies.
    woordenlijsten: Vec<ListBody>,
    /// De lijsten waarmee een nieuwe zoekvraag in deze zaak gesteld wordt.
    toegepast: Vec<Lijst>,
}

/// Een woordenlijst van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Woordenlijst)]
pub struct ListBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// Naam.
    naam: String,
    /// De oudste eerst; de laatste geldt.
    versies: Vec<VersionBody>,
}

/// Een versie van een woordenlijst.
#[derive(Serialize, ToSchema)]
#[schema(as = Woordenlijstversie)]
pub struct VersionBody {
    /// Nummer, vanaf 1.
    versie: u32,
    /// SHA-256 van de regels.
    sha256: String,
    /// Aantal termen.
    termen: u64,
    /// Waar de regels uit gelezen zijn: csv, rdf, ttl, of het zoekplan met zijn versie.
    #[schema(example = "zoekplan 3")]
    bron: String,
    /// De versie die het bestand zelf noemde.
    opgegeven: Option<String>,
    /// Telt de lijst mee bij het zoeken?
    aan: bool,
    /// Waarom deze versie er kwam.
    reden: String,
    /// Kenmerk van wie haar schreef.
    door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
    /// Wie haar goedkeurde.
    goedgekeurd: Option<ApprovalBody>,
}

/// Dat iemand een versie van een woordenlijst goedkeurde.
#[derive(Serialize, ToSchema)]
#[schema(as = WoordenlijstGoedkeuring)]
pub struct ApprovalBody {
    /// Kenmerk van wie.
    door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
}

impl From<Lijstversie> for VersionBody {
    fn from(one: Lijstversie) -> Self {
        VersionBody {
            versie: one.versie,
            sha256: one.sha256,
            termen: one.termen,
            bron: one.bron,
            opgegeven: one.opgegeven,
            aan: one.aan,
            reden: one.reden,
            door: one.door,
            wanneer: one.wanneer,
            goedgekeurd: one
                .goedgekeurd
                .map(|(door, wanneer)| ApprovalBody { door, wanneer }),
        }
    }
}

/// Termen die hetzelfde betekenen.
#[derive(Serialize, ToSchema)]
#[schema(as = Woordenlijstregel)]
pub struct RowBody {
    /// De termen.
    termen: Vec<String>,
    /// Is dit gevuld, dan vinden de termen deze, en niet andersom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vindt: Vec<String>,
}

impl From<Row> for RowBody {
    fn from(row: Row) -> Self {
        RowBody {
            termen: row.terms,
            vindt: row.only_to,
        }
    }
}

/// Een versie van een woordenlijst, met al haar regels.
#[derive(Serialize, ToSchema)]
#[schema(as = WoordenlijstMetRegels)]
pub struct WholeBody {
    /// Nummer van de lijst binnen de zaak.
    nummer: u32,
    /// Naam van de lijst.
    naam: String,
    /// De versie.
    versie: VersionBody,
    /// De regels, op volgorde.
    regels: Vec<RowBody>,
}

/// Een nieuwe woordenlijst.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweWoordenlijst)]
pub struct NewList {
    /// Naam; anders dan die van de andere lijsten van de zaak.
    #[schema(min_length = 1, max_length = 200)]
    naam: String,
    /// Wat erin staat.
    inhoud: Inhoud,
    /// Waarom de lijst er komt.
    #[schema(min_length = 1, max_length = 1000)]
    reden: String,
}

/// Een nieuwe versie van een woordenlijst.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweWoordenlijstversie)]
pub struct NewRows {
    /// De laatste versie die u zag.
    gezien: u32,
    /// Wat erin komt te staan; het vervangt alles.
    inhoud: Inhoud,
    /// Waarom de lijst verandert.
    #[schema(min_length = 1, max_length = 1000)]
    reden: String,
}

/// Of een woordenlijst meetelt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WoordenlijstGebruik)]
pub struct Use {
    /// De laatste versie die u zag.
    gezien: u32,
    /// Telt de lijst voortaan mee?
    aan: bool,
    /// Waarom.
    #[schema(min_length = 1, max_length = 1000)]
    reden: String,
}

/// Woordenlijsten lezen
///
/// Geeft de lijsten met synoniemen van de zaak met al hun versies, en alle lijsten waarmee een nieuwe zoekvraag gesteld
/// wordt.
#[utoipa::path(get, path = "/zaken/{zaak}/woordenlijsten", tag = "zaken", operation_id = "leesWoordenlijsten",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De lijsten.", body = ListsBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<ListsBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let mut all: Vec<ListBody> = Vec::new();
        for one in app.store.woordenlijsten(&zaak.id)? {
            match all.last_mut().filter(|list| list.nummer == one.nummer) {
                Some(list) => list.versies.push(one.into()),
                None => all.push(ListBody {
                    nummer: one.nummer,
                    naam: one.naam.clone(),
                    versies: vec![one.into()],
                }),
            }
        }
        Ok(Json(ListsBody {
            woordenlijsten: all,
            toegepast: lijsten(&*app.lists_now(&zaak.id)?),
        }))
    })
    .await
}

/// Een woordenlijst toevoegen
///
/// De lijst geldt voor elke zoekvraag in deze zaak die daarna gesteld wordt, en in geen andere zaak.
#[utoipa::path(post, path = "/zaken/{zaak}/woordenlijsten", tag = "zaken", operation_id = "maakWoordenlijst",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = NewList,
    responses((status = 201, description = "Het nummer van de lijst.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<NewList>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        filled(&sent.naam, "de naam van de lijst", LONGEST_NAME)?;
        filled(&sent.reden, "de reden", LONGEST_REASON)?;
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let read = sent.inhoud.read(&app.store, &zaak)?;
        let wijziging = Wijziging {
            lijst: &read.lijst,
            bron: &read.bron,
            reden: &sent.reden,
        };
        let nummer = app
            .store
            .add_woordenlijst(&actor, &zaak, &sent.naam, &wijziging)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een versie van een woordenlijst lezen
#[utoipa::path(get, path = "/zaken/{zaak}/woordenlijsten/{nummer}/versies/{versie}", tag = "zaken",
    operation_id = "leesWoordenlijstversie",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de lijst."),
        ("versie" = u32, Path, description = "De versie.")),
    responses((status = 200, description = "De versie met haar regels.", body = WholeBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer, versie)): Segment<(String, u32, u32)>,
) -> Result<Json<WholeBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let (one, rows) = app.store.woordenlijst(&zaak.id, nummer, versie)?;
        Ok(Json(WholeBody {
            nummer,
            naam: one.naam.clone(),
            versie: one.into(),
            regels: rows.into_iter().map(RowBody::from).collect(),
        }))
    })
    .await
}

/// Een woordenlijst wijzigen
///
/// Legt een nieuwe versie vast. De oude blijft bewaard, en wat ermee gezocht is, blijft ermee gezocht. Een lijst die uit
/// stond, telt weer mee.
#[utoipa::path(post, path = "/zaken/{zaak}/woordenlijsten/{nummer}/versies", tag = "zaken",
    operation_id = "wijzigWoordenlijst",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de lijst.")), request_body = NewRows,
    responses((status = 201, description = "De nieuwe versie.", body = NumberBody),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn change(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<NewRows>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        filled(&sent.reden, "de reden", LONGEST_REASON)?;
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let read = sent.inhoud.read(&app.store, &zaak)?;
        let wijziging = Wijziging {
            lijst: &read.lijst,
            bron: &read.bron,
            reden: &sent.reden,
        };
        let at = (nummer, sent.gezien);
        let nummer = app
            .store
            .change_woordenlijst(&actor, &zaak, at, &wijziging)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een woordenlijst aan- of uitzetten
///
/// Dat is een nieuwe versie met dezelfde regels.
#[utoipa::path(post, path = "/zaken/{zaak}/woordenlijsten/{nummer}/gebruik", tag = "zaken",
    operation_id = "zetWoordenlijst",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de lijst.")), request_body = Use,
    responses((status = 201, description = "De nieuwe versie.", body = NumberBody),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn switch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<Use>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        filled(&sent.reden, "de reden", LONGEST_REASON)?;
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let at = (nummer, sent.gezien);
        let nummer = app
            .store
            .use_woordenlijst(&actor, &zaak, at, (sent.aan, &sent.reden))?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een versie van een woordenlijst goedkeuren
#[utoipa::path(post, path = "/zaken/{zaak}/woordenlijsten/{nummer}/versies/{versie}/goedkeuring", tag = "zaken",
    operation_id = "keurWoordenlijstGoed",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de lijst."),
        ("versie" = u32, Path, description = "De versie.")),
    responses((status = 204, description = "Goedgekeurd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn approve(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer, versie)): Segment<(String, u32, u32)>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        app.store
            .approve_woordenlijst(&actor, &zaak, nummer, versie)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
