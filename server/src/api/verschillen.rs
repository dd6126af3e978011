//! The documents that two rounds or two zoekacties found differently: as a list to read, and as a file. Only documents that
//! who asks may see.

use super::download::{Gemaakt, Klaar, made, recorded};
use super::input::{Body, Params, Segment, page_size};
use super::{blocking, schiftingen};
use crate::mensen::Actor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::bestand::{Bestand, unnamed, work_folder};
use crate::uitvoer::lijst::{Profiel, Vorm};
use crate::uitvoer::register::VOERT_UIT;
use crate::uitvoer::verschillen;
use crate::uitvoer::verzameling::Weg;
use crate::zaken::herhaling::Regel;
use crate::zaken::vergelijking::{Deel, Paar, Vergelijking, Wat};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::io::BufWriter;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Documents in an answer when none are asked for, and at most.
const DEFAULT_COUNT: usize = 100;
const MAX_COUNT: usize = 1000;

/// What is compared, and which part of it is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Wat er vergeleken wordt.
    #[param(inline)]
    wat: Wat,
    /// Nummer van de eerste.
    een: u32,
    /// Nummer van de tweede.
    ander: u32,
    /// Welk deel van het verschil.
    #[param(inline)]
    deel: Deel,
    /// Waar het vorige stuk ophield.
    #[param(pattern = r"^[0-9a-f]{32}$")]
    cursor: Option<String>,
    /// Aantal documenten.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    aantal: Option<usize>,
}

/// Een document uit een verschil.
#[derive(Serialize, ToSchema)]
#[schema(as = VerschilDocument)]
pub struct RowBody {
    /// Kenmerk van het document.
    document: String,
    /// Titel.
    titel: String,
    /// Naam van de bron.
    bron: String,
    /// Pad binnen de bron.
    pad: String,
    /// SHA-256 zoals de tweede het vond; leeg als die het niet vond.
    was: String,
    /// SHA-256 zoals de eerste het vond; leeg als die het niet vond.
    wordt: String,
}

/// Een verschil, met documenten.
#[derive(Serialize, ToSchema)]
#[schema(as = Verschillen)]
pub struct DifferenceBody {
    /// Hoeveel er verschilt, en waardoor dat kan komen.
    telling: Vergelijking,
    /// De documenten van het gevraagde deel die u mag zien en die nog in de index staan.
    documenten: Vec<RowBody>,
    /// Cursor voor het volgende stuk; ontbreekt na het laatste.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// De documenten van een verschil lezen
///
/// Geeft wat de eerste ronde of zoekactie meer, minder, anders of net zo vond als de tweede.
#[utoipa::path(get, path = "/zaken/{zaak}/verschillen", tag = "zaken", operation_id = "leesVerschillen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."), Stretch),
    responses((status = 200, description = "Het verschil.", body = DifferenceBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "De tellingen zijn er nog niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Params(stretch): Params<Stretch>,
) -> Result<Json<DifferenceBody>, Problem> {
    let count = page_size(stretch.aantal, DEFAULT_COUNT, MAX_COUNT)?;
    let after = schiftingen::cursor(stretch.cursor.as_deref())?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let found = app.vergelijk(&zicht.zaak, stretch.wat, stretch.een, stretch.ander)?;
        let snapshot = app.snapshot(&zicht)?;
        let mut documenten: Vec<RowBody> = Vec::new();
        let mut more = false;
        for pair in found.deel(stretch.deel) {
            let id = pair.1.or(pair.0).map(|(id, _)| id);
            if after.is_some_and(|after| id.is_none_or(|id| id <= after.0)) {
                continue;
            }
            let Some(document) = verschillen::document(&*snapshot, pair)? else {
                continue;
            };
            if documenten.len() == count {
                more = true;
                break;
            }
            documenten.push(row(pair, document));
        }
        let last = documenten.last().filter(|_| more);
        Ok(Json(DifferenceBody {
            volgende: last.map(|last| last.document.clone()),
            telling: found.telling,
            documenten,
        }))
    })
    .await
}

fn row((was, is): &Paar, document: zv_shared::Document) -> RowBody {
    let line = Regel::new(was.as_ref(), is.as_ref());
    RowBody {
        document: line.document,
        titel: document.title,
        pad: document.place.to_string(),
        bron: document.bron,
        was: line.was,
        wordt: line.wordt,
    }
}

/// Een lijst van verschillen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerschillijstVerzoek)]
pub struct Wanted {
    /// Wat er vergeleken wordt.
    pub wat: Wat,
    /// Nummer van de eerste.
    pub een: u32,
    /// Nummer van de tweede.
    pub ander: u32,
    /// Wat voor bestand: csv, xlsx of ods.
    #[serde(default)]
    pub vorm: Vorm,
}

/// Een lijst van verschillen maken
///
/// Geeft elk document dat een van beide vond op een regel, met wat ervan geworden is.
#[utoipa::path(post, path = "/zaken/{zaak}/verschillijsten", tag = "uitvoer", operation_id = "maakVerschillijst",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Wanted,
    responses((status = 200, description = "De lijst.", content_type = "*/*",
            headers(("Content-Disposition" = String, description = "Een bijlage met een naam."),
                ("Uitvoer-Id" = String, description = "Kenmerk in de lijst van wat het programma verlaten heeft."),
                ("Uitvoer-Sha256" = String, description = "SHA-256 van het bestand."),
                ("Uitvoer-Aantal" = u64, description = "Aantal documenten."),
                ("Uitvoer-Waarschuwing" = String, description = "Wat u over het bestand moet weten, als dat er is."))),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "De tellingen zijn er nog niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(wanted): Body<Wanted>,
) -> Result<Response, Problem> {
    made(move |weg| make(&app, &actor, &zaak, &wanted, &weg)).await
}

/// Makes the file, for who may take it out of the case.
pub fn make(
    app: &App,
    actor: &Actor,
    zaak: &str,
    wanted: &Wanted,
    weg: &Weg,
) -> Result<Klaar, Problem> {
    let zicht = app.zicht(actor, Some(zaak))?;
    app.must_be(actor, &VOERT_UIT)?;
    let table = wanted.vorm.tabel(Profiel::VolledigIntern)?;
    let table = table.ok_or_else(|| Problem::refused("Kies csv, xlsx of ods."))?;
    let found = app.vergelijk(&zicht.zaak, wanted.wat, wanted.een, wanted.ander)?;
    let werkmap = work_folder(&app.folder);
    let file = unnamed(&werkmap)?;
    let to = (table, BufWriter::new(&file), werkmap.as_path());
    let written = verschillen::write(&found, &*app.snapshot(&zicht)?, to, weg)?;
    let made = Gemaakt {
        soort: "verschillen",
        deel: None,
        extensie: table.extensie(),
        mediatype: table.mediatype(),
        aantal: written.rijen,
        hoofd: app.store.audit_head()?,
        waarschuwing: super::download::together([
            (written.zonder > 0).then(|| {
                format!(
                    "{} documenten staan er niet in: niet meer in de index, of niet voor u te zien",
                    written.zonder
                )
            }),
            (written.geschreven.ingekort > 0)
                .then(|| "lange teksten zijn in XLSX ingekort; CSV en ODS hebben alles".to_owned()),
        ]),
    };
    recorded(app, &zicht, Bestand::af(file)?, made)
}
