//! Packages of originals. Owns the request; what goes into a package is in `uitvoer`.

use super::download::{Gemaakt, Klaar, made, recorded, together};
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
use crate::zaken::indeling::Deel;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een pakket originelen. Noem een zoekactie, een zoekopdracht, relevant: true, een deelbesluit of een belanghebbende.
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
    /// Nummer van een deelbesluit: de relevante documenten die erbij horen.
    #[serde(default)]
    deelbesluit: Option<u32>,
    /// Nummer van een belanghebbende: de relevante documenten die over hem gaan.
    #[serde(default)]
    belanghebbende: Option<u32>,
    /// Moet de gelezen tekst erbij?
    #[serde(default)]
    tekst: bool,
}

/// A package that is to be made.
pub struct Order {
    /// Of which documents.
    pub keuze: Keuze,
    /// Whether the text that was read goes along.
    pub tekst: bool,
}

impl Wanted {
    fn order(self) -> Result<Order, Problem> {
        let delen = (self.deelbesluit, self.belanghebbende);
        Ok(Order {
            keuze: Keuze::of(self.zoekactie, self.zoekopdracht, self.relevant, delen)?,
            tekst: self.tekst,
        })
    }
}

/// Een pakket originelen maken
///
/// Geeft een ZIP met de originelen onder hun documentnummer, van elk wat ervan bekend is, en een manifest met hashes.
/// Wat er niet in kan, staat met de reden in `ontbreekt.csv`. In het pakket van een belanghebbende staat alleen wat die mag
/// weten: geen bron, geen pad, geen beoordeling, en geen bestand waar ook een document van een ander in zit.
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
    made(move |weg| make(&app, &actor, &zaak, wanted.order(), weg)).await
}

/// Makes the file, for who may take it out of the case. Who may not, does not hear that the order is wrong.
pub fn make(
    app: &App,
    actor: &Actor,
    zaak: &str,
    order: Result<Order, Problem>,
    weg: Weg,
) -> Result<Klaar, Problem> {
    let zicht = app.zicht(actor, Some(zaak))?;
    app.must_be(actor, &VOERT_UIT)?;
    package(app, &zicht, &order?, weg)
}

fn package(app: &App, zicht: &Zicht, order: &Order, weg: Weg) -> Result<Klaar, Problem> {
    let keuze = &order.keuze;
    let oordelen = oordelen(&app.store, &zicht.zaak)?;
    let set = app.verzameling(zicht, keuze, weg)?;
    let pakket = Pakket {
        app,
        zicht,
        oordelen: &oordelen,
        set: &set,
        tekst: order.tekst,
    };
    let werkmap = work_folder(&app.folder);
    let packed = match keuze.deel() {
        Some(Deel::Belanghebbende(_)) => pakket.make_for_derde(&werkmap)?,
        _ => pakket.make(&werkmap)?,
    };
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
        deel: keuze.deel(),
        extensie: "zip",
        mediatype: "application/zip",
        aantal: packed.originelen,
        hoofd: packed.hoofd,
        waarschuwing: together([missing, set.waarschuwing()]),
    };
    recorded(app, zicht, Bestand::af(packed.file)?, made)
}
