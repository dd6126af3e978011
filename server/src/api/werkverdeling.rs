//! Who judges which documents of a case, and what people tell each other about a document. Only documents that who asks
//! may see.

use super::beoordelingen::id;
use super::blocking;
use super::input::{Body, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::schifting::Stuk;
use crate::zaken::schifting::doel::found;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::DocId;

/// Aan wie documenten gegeven worden.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Toewijzing)]
pub struct AssignBody {
    /// Kenmerken van de documenten.
    #[schema(value_type = Vec<String>, min_items = 1)]
    documenten: Vec<DocId>,
    /// Kenmerk van het account van wie ze beoordeelt; leeg om ze van niemand te maken.
    #[serde(default)]
    aan: Option<String>,
}

/// Een document met wie het beoordeelt.
#[derive(Serialize, ToSchema)]
#[schema(as = ToegewezenDocument)]
pub struct AssignedBody {
    /// Kenmerk van het document.
    document: String,
    /// Kenmerk van het account.
    aan: String,
    /// Naam.
    naam: String,
}

/// Wie wat beoordeelt.
#[derive(Serialize, ToSchema)]
#[schema(as = Toewijzingen)]
pub struct AssignmentsBody {
    /// Op kenmerk van het document.
    toewijzingen: Vec<AssignedBody>,
}

/// Documenten toewijzen
#[utoipa::path(post, path = "/zaken/{zaak}/toewijzingen", tag = "zaken", operation_id = "wijsDocumentenToe",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = AssignBody,
    responses((status = 204, description = "Toegewezen."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Die persoon werkt niet aan deze zaak, of mag een bron niet zien.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn assign(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<AssignBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let snapshot = app.snapshot(&zicht)?;
        let one = |id: &DocId| found(&*snapshot, *id).map(|document| Stuk::from(&document));
        let stukken = sent
            .documenten
            .iter()
            .map(one)
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(aan) = &sent.aan {
            let all: Vec<&Stuk> = stukken.iter().collect();
            app.must_see(&zicht.zaak, aan, &all)?;
        }
        app.store
            .assign(&actor, &zicht.zaak, &stukken, sent.aan.as_deref())?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Toewijzingen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/toewijzingen", tag = "zaken", operation_id = "leesToewijzingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "Wie wat beoordeelt.", body = AssignmentsBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn assignments(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<AssignmentsBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let names = app.store.names()?;
        let all = app.store.toewijzingen(&zicht.zaak.id)?.into_iter();
        let seen = all.filter(|(document, (bron, _))| zicht.sees(bron, *document));
        Ok(Json(AssignmentsBody {
            toewijzingen: seen
                .map(|(document, (_, aan))| AssignedBody {
                    document: document.to_string(),
                    naam: names.get(&aan).cloned().unwrap_or_default(),
                    aan,
                })
                .collect(),
        }))
    })
    .await
}

/// Een opmerking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweOpmerking)]
pub struct RemarkBody {
    /// De tekst.
    #[schema(min_length = 1, max_length = 2000)]
    tekst: String,
}

/// Een opmerking bij een document.
#[derive(Serialize, ToSchema)]
#[schema(as = Opmerking)]
pub struct RemarkedBody {
    /// De tekst.
    tekst: String,
    /// Naam van wie ze schreef.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

/// De opmerkingen bij een document.
#[derive(Serialize, ToSchema)]
#[schema(as = Opmerkingen)]
pub struct RemarksBody {
    /// De oudste eerst.
    opmerkingen: Vec<RemarkedBody>,
}

/// Een opmerking plaatsen
#[utoipa::path(post, path = "/zaken/{zaak}/documenten/{id}/opmerkingen", tag = "zaken",
    operation_id = "plaatsOpmerking",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("id" = String, Path, description = "Kenmerk van het document.")),
    request_body = RemarkBody,
    responses((status = 204, description = "Geplaatst."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "De opmerking is leeg of te lang.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn remark(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, document)): Segment<(String, String)>,
    Body(sent): Body<RemarkBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let document = found(&*app.snapshot(&zicht)?, id(&document)?)?;
        app.store
            .remark(&actor, &zicht.zaak, &Stuk::from(&document), &sent.tekst)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Opmerkingen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/documenten/{id}/opmerkingen", tag = "zaken",
    operation_id = "leesOpmerkingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("id" = String, Path, description = "Kenmerk van het document.")),
    responses((status = 200, description = "De opmerkingen.", body = RemarksBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn remarks(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, document)): Segment<(String, String)>,
) -> Result<Json<RemarksBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let document = found(&*app.snapshot(&zicht)?, id(&document)?)?;
        let names = app.store.names()?;
        let all = app.store.remarks(&zicht.zaak.id, document.id)?.into_iter();
        Ok(Json(RemarksBody {
            opmerkingen: all
                .map(|one| RemarkedBody {
                    tekst: one.tekst,
                    naam: names.get(&one.door).cloned().unwrap_or_default(),
                    wanneer: one.wanneer,
                })
                .collect(),
        }))
    })
    .await
}
