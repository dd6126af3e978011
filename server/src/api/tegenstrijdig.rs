//! The same content judged differently, within a case and between cases, and making it one. Only what who asks may see.

use super::blocking;
use super::input::{Body, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::elders::Elders;
use crate::zaken::tegenstrijdig::{Gelijk, Soort, Standpunt, Tegenstrijdig, Tussen};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Documenten met dezelfde inhoud die verschillend beoordeeld zijn.
#[derive(Serialize, ToSchema)]
#[schema(as = Tegenstrijdigheid)]
pub struct ConflictBody {
    /// Wat er verschilt.
    soort: Soort,
    /// SHA-256 van de inhoud; ontbreekt bij een bericht dat in meer postvakken staat en daar andere bytes heeft.
    inhoud: Option<String>,
    /// De documenten, met hoe elk beoordeeld is.
    documenten: Vec<ConflictingBody>,
}

/// Een van de documenten.
#[derive(Serialize, ToSchema)]
#[schema(as = TegenstrijdigDocument)]
pub struct ConflictingBody {
    /// Kenmerk van het document.
    document: String,
    /// Hoe het beoordeeld is.
    waarde: String,
    /// Nummer daarvan, om mee te geven als `gezien`.
    nummer: u64,
    /// Naam van wie het beoordeelde.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
}

/// Een document dat in een andere zaak anders beoordeeld is.
#[derive(Serialize, ToSchema)]
#[schema(as = TegenstrijdigElders)]
pub struct BetweenBody {
    /// Hoe het hier beoordeeld is.
    hier: ConflictingBody,
    /// Hoe het daar beoordeeld is.
    daar: Elders,
}

/// De tegenstrijdigheden van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Tegenstrijdigheden)]
pub struct ConflictsBody {
    /// Binnen de zaak, eerst de schifting.
    tegenstrijdigheden: Vec<ConflictBody>,
    /// Met andere zaken, voor zover u daar mag kijken.
    elders: Vec<BetweenBody>,
}

fn one(one: Standpunt, names: &BTreeMap<String, String>) -> ConflictingBody {
    ConflictingBody {
        document: one.document.to_string(),
        waarde: one.waarde,
        nummer: one.record,
        naam: names.get(&one.door).cloned().unwrap_or_default(),
        wanneer: one.wanneer,
    }
}

/// Tegenstrijdigheden lezen
///
/// Geeft documenten met dezelfde inhoud die in deze zaak verschillend geschift of beoordeeld zijn, en documenten die in een
/// andere zaak anders beoordeeld zijn.
#[utoipa::path(get, path = "/zaken/{zaak}/tegenstrijdigheden", tag = "zaken", operation_id = "leesTegenstrijdigheden",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De tegenstrijdigheden.", body = ConflictsBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn conflicts(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<ConflictsBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let names = app.store.names()?;
        let group = |group: Tegenstrijdig| ConflictBody {
            soort: group.soort,
            inhoud: group.inhoud.map(|inhoud| inhoud.to_string()),
            documenten: group
                .documenten
                .into_iter()
                .map(|document| one(document, &names))
                .collect(),
        };
        let between = |Tussen { hier, daar }: Tussen| BetweenBody {
            hier: one(hier, &names),
            daar,
        };
        Ok(Json(ConflictsBody {
            tegenstrijdigheden: app
                .tegenstrijdigheden(&zicht)?
                .into_iter()
                .map(group)
                .collect(),
            elders: app
                .tegenstrijdig_elders(&zicht)?
                .into_iter()
                .map(between)
                .collect(),
        }))
    })
    .await
}

/// Een tegenstrijdigheid wegnemen
///
/// Geeft de andere documenten de schifting of beoordeling van het voorbeeld: allemaal of geen. Dat mag wie schift en
/// beoordeelt.
#[utoipa::path(post, path = "/zaken/{zaak}/tegenstrijdigheden/_gelijk", tag = "zaken",
    operation_id = "trekGelijk",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Gelijk,
    responses((status = 204, description = "Gelijkgetrokken."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 404, description = "Een van de documenten is er niet.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "Iemand schiftte of beoordeelde een van de documenten intussen.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn align(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(wanted): Body<Gelijk>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.trek_gelijk(&app.zicht(&actor, Some(&zaak))?, &wanted)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
