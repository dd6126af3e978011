//! Hit lists of a set of documents, by profile and form. Owns the request; what stands in a list is in `uitvoer`.

use super::download::{Gemaakt, Klaar, made, recorded, together};
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
use crate::zaken::indeling::Deel;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een lijst van documenten. Noem een zoekactie, een zoekopdracht, relevant: true, een deelbesluit of een belanghebbende.
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
    /// Nummer van een deelbesluit: de relevante documenten die erbij horen.
    #[serde(default)]
    deelbesluit: Option<u32>,
    /// Nummer van een belanghebbende: de relevante documenten die over hem gaan. Die krijgt alleen de zienswijzelijst.
    #[serde(default)]
    belanghebbende: Option<u32>,
    /// Welke lijst.
    profiel: Profiel,
    /// Wat voor bestand.
    #[serde(default)]
    vorm: Vorm,
    /// Hoe de tweede kolom van een productierapport heet: matter of publicatiecontext.
    #[serde(default)]
    groep: Groep,
}

/// A list that is to be made.
pub struct Order {
    /// Of which documents.
    pub keuze: Keuze,
    /// Which list.
    pub profiel: Profiel,
    /// In which form.
    pub vorm: Vorm,
    /// What the receiver of a productierapport groups by.
    pub groep: Groep,
}

impl Wanted {
    fn order(self) -> Result<Order, Problem> {
        let delen = (self.deelbesluit, self.belanghebbende);
        Ok(Order {
            keuze: Keuze::of(self.zoekactie, self.zoekopdracht, self.relevant, delen)?,
            profiel: self.profiel,
            vorm: self.vorm,
            groep: self.groep,
        })
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
    list(app, &zicht, &order?, weg)
}

fn list(app: &App, zicht: &Zicht, order: &Order, weg: Weg) -> Result<Klaar, Problem> {
    let (keuze, profiel, vorm) = (&order.keuze, order.profiel, order.vorm);
    let table = vorm.tabel(profiel)?;
    only_their_list(keuze, profiel)?;
    let oordelen = oordelen(&app.store, &zicht.zaak)?;
    let set = app.verzameling(zicht, keuze, weg)?;
    let lijst = Lijst {
        profiel,
        vorm,
        groep: order.groep,
        zaak: &zicht.zaak,
        oordelen: &oordelen,
        set: &set,
        deel: keuze.deel(),
    };
    let werkmap = work_folder(&app.folder);
    let file = unnamed(&werkmap)?;
    let written = lijst.write(&file, &werkmap)?;
    let made = Gemaakt {
        soort: file_name(profiel),
        deel: keuze.deel(),
        extensie: table.map_or("zip", tabel::Vorm::extensie),
        mediatype: table.map_or("application/zip", tabel::Vorm::mediatype),
        aantal: written.rijen,
        hoofd: app.store.audit_head()?,
        waarschuwing: together([written.waarschuwing(), set.waarschuwing()]),
    };
    recorded(app, zicht, Bestand::af(file)?, made)
}

/// A list about a belanghebbende goes outside: it is the one that is made for that.
fn only_their_list(keuze: &Keuze, profiel: Profiel) -> Result<(), Problem> {
    let theirs = matches!(keuze.deel(), Some(Deel::Belanghebbende(_)));
    match theirs == (profiel == Profiel::Zienswijzelijst) {
        true => Ok(()),
        false => Err(Problem::refused(
            "Een belanghebbende krijgt een zienswijzelijst, en die is er alleen voor een belanghebbende.",
        )),
    }
}

/// The receiver of an inventory knows it by its name.
fn file_name(profiel: Profiel) -> &'static str {
    match profiel {
        Profiel::InventarislijstPubliek => "inventarislijst",
        other => other.name(),
    }
}
