//! Packages of originals. Owns the request; what goes into a package is in `uitvoer`.

use super::download::{Gemaakt, Klaar, made, recorded};
use super::input::{Body, Segment};
use crate::mensen::Actor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::uitvoer::bestand::{Bestand, work_folder};
use crate::uitvoer::oordelen::oordelen;
use crate::uitvoer::pakket::Pakket;
use crate::uitvoer::register::VOERT_UIT;
use crate::uitvoer::verzameling::{Keuze, Weg};
use crate::web::labels;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een pakket originelen. Noem een zoekactie, een zoekopdracht, of relevant: true.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PakketVerzoek)]
pub struct Wanted {
    /// Nummer van de zoekactie in de zaak.
    #[serde(default)]
    zoekactie: Option<u32>,
    /// Kenmerk van een zoekopdracht in de zaak: wat die nu vindt.
    #[serde(default)]
    #[schema(max_length = 32)]
    zoekopdracht: Option<String>,
    /// De documenten die als relevant geschift zijn.
    #[serde(default)]
    relevant: bool,
    /// Moet de gelezen tekst erbij?
    #[serde(default)]
    tekst: bool,
}

impl Wanted {
    /// A package of what the zoekactie with this number found; without one of what is relevant.
    pub fn of(zoekactie: Option<u32>, tekst: bool) -> Self {
        Wanted {
            zoekactie,
            zoekopdracht: None,
            relevant: zoekactie.is_none(),
            tekst,
        }
    }
}

/// Een pakket originelen maken
///
/// Geeft een ZIP met de originelen onder hun documentnummer, van elk wat ervan bekend is, en een manifest met hashes.
/// Wat er niet in kan, staat met de reden in `ontbreekt.csv`.
#[utoipa::path(post, path = "/zaken/{zaak}/pakketten", tag = "uitvoer", operation_id = "maakPakket",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Wanted,
    responses((status = 200, description = "Het pakket.", content_type = "application/zip",
            headers(("Content-Disposition" = String, description = "Een bijlage met een naam."),
                ("Uitvoer-Id" = String, description = "Kenmerk in de lijst van wat het programma verlaten heeft."),
                ("Uitvoer-Sha256" = String, description = "SHA-256 van het bestand."),
                ("Uitvoer-Aantal" = u64, description = "Aantal originelen."),
                ("Uitvoer-Hoofd" = String, description = "Het hoofd van het auditspoor dat in het pakket staat."),
                ("Uitvoer-Waarschuwing" = String, description = "Hoeveel er ontbreekt, als er iets ontbreekt."))),
        (status = 409, description = "De zoekactie vond een ander aantal dan er nu te vinden is.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(wanted): Body<Wanted>,
) -> Result<Response, Problem> {
    made(move |weg| make(&app, &actor, &zaak, wanted, weg)).await
}

/// Makes the file, for who may take it out of the case.
pub fn make(
    app: &App,
    actor: &Actor,
    zaak: &str,
    wanted: Wanted,
    weg: Weg,
) -> Result<Klaar, Problem> {
    let zicht = app.zicht(actor, Some(zaak))?;
    app.must_be(actor, &VOERT_UIT)?;
    package(app, &zicht, wanted, weg)
}

fn package(app: &App, zicht: &Zicht, wanted: Wanted, weg: Weg) -> Result<Klaar, Problem> {
    let keuze = Keuze::of(wanted.zoekactie, wanted.zoekopdracht, wanted.relevant)?;
    let oordelen = oordelen(&app.store, &zicht.zaak)?;
    let set = app.verzameling(zicht, &keuze, weg)?;
    let pakket = Pakket {
        app,
        zicht,
        oordelen: &oordelen,
        set: &set,
        tekst: wanted.tekst,
    };
    let packed = pakket.make(&work_folder(&app.folder))?;
    let missing = (packed.ontbreekt > 0).then(|| {
        let lines = labels::count(
            packed.ontbreekt,
            "onderdeel ontbreekt",
            "onderdelen ontbreken",
        );
        format!("{lines}; zie ontbreekt.csv")
    });
    let made = Gemaakt {
        soort: "pakket",
        extensie: "zip",
        mediatype: "application/zip",
        aantal: packed.originelen,
        hoofd: packed.hoofd,
        waarschuwing: missing,
    };
    recorded(app, zicht, Bestand::af(packed.file)?, made)
}
