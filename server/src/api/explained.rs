//! Zo is gezocht, for programs: what each word of a question stood for, with counts, and the versions of all lists.
//! Owns the answer; the list itself comes from the index.

use super::blocking;
use super::input::Segment;
use super::searches::stored;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
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
    lijsten: Vec<ListBody>,
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
}

/// Een lijst met synoniemen.
#[derive(Serialize, ToSchema)]
#[schema(as = Lijst)]
pub struct ListBody {
    /// Naam.
    naam: String,
    /// Versie.
    versie: String,
    /// Aantal termen.
    termen: usize,
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
        let search = stored.question.search(&app.lists)?;
        let snapshot = app.snapshot(&zicht)?;
        let plan = snapshot.plan(&search)?;
        let listed = expansions(&*snapshot, &plan)?;
        let list = |(naam, versie, termen)| ListBody {
            naam,
            versie,
            termen,
        };
        Ok(Json(ExplainedBody {
            canoniek: search.query.to_string(),
            woorden: plan.leaves.iter().zip(listed).map(word).collect(),
            analyse: zv_analyzers::fingerprint(),
            lijsten: app.lists.versions().into_iter().map(list).collect(),
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
