//! Hit lists of a set of documents, by profile and form. Owns the request; what stands in a list is in `uitvoer`.

use super::download::{Gemaakt, Klaar, made, recorded};
use super::input::{Body, Segment};
use crate::mensen::Actor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::uitvoer::bestand::{Bestand, unnamed, work_folder};
use crate::uitvoer::lijst::{Lijst, Profiel, Vorm};
use crate::uitvoer::oordelen::oordelen;
use crate::uitvoer::productierapport::Groep;
use crate::uitvoer::register::VOERT_UIT;
use crate::uitvoer::tabel;
use crate::uitvoer::verzameling::{Keuze, Weg};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een lijst van documenten. Noem een zoekactie, een zoekopdracht, of relevant: true.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LijstVerzoek)]
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
    /// Welke lijst.
    profiel: Profiel,
    /// Wat voor bestand.
    #[serde(default)]
    vorm: Vorm,
    /// Hoe de tweede kolom van een productierapport heet: matter of publicatiecontext.
    #[serde(default)]
    groep: Groep,
}

impl Wanted {
    /// A list of what the zoekactie with this number found; without one of what is relevant.
    pub fn of(zoekactie: Option<u32>, profiel: Profiel, vorm: Vorm) -> Self {
        Wanted {
            zoekactie,
            zoekopdracht: None,
            relevant: zoekactie.is_none(),
            profiel,
            vorm,
            groep: Groep::default(),
        }
    }
}

/// Een lijst maken
///
/// Geeft alle documenten die de zoekactie vond, elk op een regel, op volgorde van bron en pad. Het aantal regels is het
/// aantal van de zoekactie; anders komt er geen lijst.
#[utoipa::path(post, path = "/zaken/{zaak}/lijsten", tag = "uitvoer", operation_id = "maakLijst",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Wanted,
    responses((status = 200, description = "De lijst.", content_type = "*/*",
            headers(("Content-Disposition" = String, description = "Een bijlage met een naam."),
                ("Uitvoer-Id" = String, description = "Kenmerk in de lijst van wat het programma verlaten heeft."),
                ("Uitvoer-Sha256" = String, description = "SHA-256 van het bestand."),
                ("Uitvoer-Aantal" = u64, description = "Aantal documenten."),
                ("Uitvoer-Hoofd" = String, description = "Het hoofd van het auditspoor, vlak voor deze uitvoer."),
                ("Uitvoer-Waarschuwing" = String, description = "Wat u over het bestand moet weten, als dat er is."))),
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
    list(app, &zicht, wanted, weg)
}

fn list(app: &App, zicht: &Zicht, wanted: Wanted, weg: Weg) -> Result<Klaar, Problem> {
    let (profiel, vorm) = (wanted.profiel, wanted.vorm);
    let table = vorm.tabel(profiel)?;
    let keuze = Keuze::of(wanted.zoekactie, wanted.zoekopdracht, wanted.relevant)?;
    let oordelen = oordelen(&app.store, &zicht.zaak)?;
    let set = app.verzameling(zicht, &keuze, weg)?;
    let lijst = Lijst {
        profiel,
        vorm,
        groep: wanted.groep,
        zaak: &zicht.zaak,
        oordelen: &oordelen,
        set: &set,
    };
    let werkmap = work_folder(&app.folder);
    let file = unnamed(&werkmap)?;
    let written = lijst.write(&file, &werkmap)?;
    let made = Gemaakt {
        soort: file_name(profiel),
        extensie: table.map_or("zip", tabel::Vorm::extensie),
        mediatype: table.map_or("application/zip", tabel::Vorm::mediatype),
        aantal: written.rijen,
        hoofd: app.store.audit_head()?,
        waarschuwing: written.waarschuwing(),
    };
    recorded(app, zicht, Bestand::af(file)?, made)
}

/// The receiver of an inventory knows it by its name.
fn file_name(profiel: Profiel) -> &'static str {
    match profiel {
        Profiel::InventarislijstPubliek => "inventarislijst",
        other => other.name(),
    }
}
