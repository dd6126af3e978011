//! Zo is gezocht, for programs: what each word of a question stood for, with counts, and the versions of all lists.
//! Owns the answer; the list itself comes from the index.

use super::blocking;
use super::input::Segment;
use super::searches::stored;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::woordenlijst::gebruik::{Lijst, VanLijst, lijsten};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::index::{Expansions, expansions};
use zv_shared::plan::Leaf;

/// Waar de woorden van een zoekvraag voor stonden.
#[derive(Serialize, ToSchema)]
#[schema(as = Uitleg)]
pub struct ExplainedBody {
    /// De vraag zoals het programma hem begrijpt, met alle operatoren voluit.
    canoniek: String,
    /// De woorden en frasen, in de volgorde van de vraag.
    woorden: Vec<WordBody>,
    /// Kenmerk van de woordenlijst en de regels waarmee de index gemaakt is.
    analyse: String,
    /// De lijsten met synoniemen.
    lijsten: Vec<Lijst>,
    /// Kenmerk van de stand van de index.
    stand: String,
}

/// Een woord of frase uit de vraag.
#[derive(Serialize, ToSchema)]
#[schema(as = GevraagdWoord)]
pub struct WordBody {
    /// Zoals het in de vraag staat.
    tekst: String,
    /// Het veld waarin het moet staan.
    #[serde(skip_serializing_if = "Option::is_none")]
    veld: Option<&'static str>,
    /// Is het uitgesloten met NIET?
    uitgesloten: bool,
    /// Waar het voor staat, per soort.
    uitbreidingen: Vec<ExpansionsBody>,
}

/// Uitbreidingen van een soort.
#[derive(Serialize, ToSchema)]
#[schema(as = Uitbreidingen)]
pub struct ExpansionsBody {
    /// De soort.
    #[schema(value_type = crate::model::Bewijs)]
    soort: &'static str,
    /// Telt deze soort mee?
    aan: bool,
    /// Wat erbij hoort; wat in de meeste documenten staat eerst.
    woorden: Vec<ExpansionBody>,
}

/// Een uitbreiding.
#[derive(Serialize, ToSchema)]
#[schema(as = Uitbreiding)]
pub struct ExpansionBody {
    /// Het woord.
    tekst: String,
    /// In hoeveel documenten het staat.
    documenten: u64,
    /// Telt het mee?
    aan: bool,
    /// Van welke lijsten een synoniem komt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lijsten: Vec<VanLijst>,
}

/// Een zoekopdracht uitleggen
///
/// Geeft per woord van de vraag waar het voor stond, in hoeveel documenten, en met welke lijsten.
#[utoipa::path(get, path = "/zoekopdrachten/{id}/uitleg", tag = "zoeken", operation_id = "legZoekopdrachtUit",
    params(("id" = String, Path, description = "Kenmerk van de zoekopdracht.")),
    responses((status = 200, description = "De uitleg.", body = ExplainedBody),
        (status = 503, description = "Er is nog geen index, of een van een andere versie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn explain(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Json<ExplainedBody>, Problem> {
    blocking(move || {
        let (stored, zicht) = stored(&app, &actor, &id)?;
        let search = app.search_of(&stored)?;
        let snapshot = app.snapshot(&zicht)?;
        let plan = snapshot.plan(&search)?;
        let listed = expansions(&*snapshot, &plan)?;
        Ok(Json(ExplainedBody {
            canoniek: search.query.to_string(),
            woorden: plan.leaves.iter().zip(listed).map(word).collect(),
            analyse: zv_analyzers::fingerprint(),
            lijsten: lijsten(&search.widening.lists),
            stand: snapshot.id(),
        }))
    })
    .await
}

fn word((leaf, groups): (&Leaf, Vec<Expansions>)) -> WordBody {
    let group = |group: Expansions| ExpansionsBody {
        soort: group.kind.name(),
        aan: group.on,
        woorden: group
            .list
            .into_iter()
            .map(|found| ExpansionBody {
                lijsten: VanLijst::all(&found.lists),
                tekst: found.text,
                documenten: found.documents,
                aan: found.on,
            })
            .collect(),
    };
    WordBody {
        tekst: leaf.text.clone(),
        veld: leaf.field.map(|field| field.name()),
        uitgesloten: !leaf.wanted,
        uitbreidingen: groups.into_iter().map(group).collect(),
    }
}
