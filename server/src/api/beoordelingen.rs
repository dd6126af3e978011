//! Beoordelingen: what of the documents of a case becomes public and on which grounds, who judges what, and where the
//! same content was judged differently. Only documents that who asks may see.

use super::blocking;
use super::input::{Body, Params, Segment};
use super::schiftingen::cursor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::uitvoer::gronden::{GRONDEN, Soort, Wet};
use crate::zaken::beoordeling::{Beoordeeld, Beoordeling, reference_day};
use crate::zaken::schifting::Stuk;
use crate::zaken::schifting::doel::found;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use zv_shared::DocId;

/// Judgements per stretch, unless asked otherwise.
const DEFAULT_COUNT: usize = 100;
/// Most judgements per stretch.
const MAX_COUNT: usize = 1_000;

/// Een beoordeling van een document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Beoordeelopdracht)]
pub struct JudgeBody {
    /// Kenmerk van het document.
    #[schema(value_type = String)]
    document: DocId,
    /// Het nummer van de laatste beoordeling van dit document die u zag; 0 als er geen was.
    #[serde(default)]
    gezien: u64,
    /// De beoordeling.
    beoordeling: Beoordeling,
}

/// Wat er van een document is vastgelegd.
#[derive(Serialize, ToSchema)]
#[schema(as = Beoordelingsregel)]
pub struct RecordBody {
    /// Nummer van de beoordeling; geef het mee als `gezien`.
    nummer: u64,
    /// Kenmerk van het document.
    document: String,
    /// SHA-256 van wat er toen in stond.
    inhoud: Option<String>,
    /// De datum van het document: jaar, maand of dag.
    datum: Option<String>,
    /// De beoordeling.
    beoordeling: Beoordeling,
    /// Wat er nog ontbreekt voor ze definitief kan worden.
    ontbreekt: Vec<String>,
    /// Naam van wie beoordeelde.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
    /// Wie de beoordeling definitief maakte; leeg als ze dat niet is.
    definitief: Option<FinalBody>,
}

/// Wie een beoordeling definitief maakte.
#[derive(Serialize, ToSchema)]
#[schema(as = Definitief)]
pub struct FinalBody {
    /// `vier-ogen`: een ander dan wie beoordeelde. `lokaal`: op een computer zonder accounts.
    #[schema(example = "vier-ogen")]
    wijze: String,
    /// Naam.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

impl RecordBody {
    fn new(one: Beoordeeld, zicht: &Zicht, names: &BTreeMap<String, String>) -> Self {
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let day = reference_day(&zicht.zaak);
        RecordBody {
            nummer: one.record,
            document: one.document.to_string(),
            inhoud: one.inhoud.map(|content| content.to_string()),
            ontbreekt: one.beoordeling.missing(one.datum, day),
            datum: one.datum.map(|date| date.to_string()),
            beoordeling: one.beoordeling,
            naam: name(&one.door),
            wanneer: one.wanneer,
            definitief: one.definitief.map(|last| FinalBody {
                naam: name(&last.door),
                wijze: last.wijze,
                wanneer: last.wanneer,
            }),
        }
    }
}

/// De beoordelingen van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Beoordelingen)]
pub struct ListBody {
    /// De beoordelingen die nu gelden, op kenmerk van het document.
    beoordelingen: Vec<RecordBody>,
    /// Cursor voor het volgende deel; ontbreekt na de laatste.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// Which stretch.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Waar het vorige deel ophield.
    #[param(pattern = r"^[0-9a-f]{32}$")]
    cursor: Option<String>,
    /// Aantal beoordelingen.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    aantal: Option<usize>,
}

/// Een document beoordelen
///
/// Legt vast wat er van een document openbaar wordt. Definitief is dat nog niet.
#[utoipa::path(post, path = "/zaken/{zaak}/beoordelingen", tag = "zaken", operation_id = "beoordeelDocument",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = JudgeBody,
    responses((status = 201, description = "Vastgelegd.", body = RecordBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er klopt iets niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<JudgeBody>,
) -> Result<(StatusCode, Json<RecordBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.beoordeel(&zicht, sent.document, &sent.beoordeling, sent.gezien)?;
        Ok((StatusCode::CREATED, Json(now(&app, &zicht, sent.document)?)))
    })
    .await
}

/// The judgement that holds now.
fn now(app: &App, zicht: &Zicht, document: DocId) -> Result<RecordBody, Problem> {
    let missing = || Problem::not_found("Dit document is nog niet beoordeeld.");
    let last = app.store.last_beoordeling(&zicht.zaak.id, document)?;
    let last = last.ok_or_else(missing)?;
    Ok(RecordBody::new(last, zicht, &app.store.names()?))
}

/// Beoordelingen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/beoordelingen", tag = "zaken", operation_id = "leesBeoordelingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."), Stretch),
    responses((status = 200, description = "De beoordelingen.", body = ListBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Params(stretch): Params<Stretch>,
) -> Result<Json<ListBody>, Problem> {
    let count = stretch.aantal.unwrap_or(DEFAULT_COUNT);
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(Problem::request(format!(
            "'aantal' is een getal van 1 tot en met {MAX_COUNT}."
        )));
    }
    let after = cursor(stretch.cursor.as_deref())?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let mut all = app.store.beoordelingen_now(&zicht.zaak.id)?;
        all.retain(|one| {
            zicht.may_see(&one.bron) && after.is_none_or(|after| one.document > after)
        });
        let more = all.len() > count;
        all.truncate(count);
        let names = app.store.names()?;
        Ok(Json(ListBody {
            volgende: all
                .last()
                .filter(|_| more)
                .map(|last| last.document.to_string()),
            beoordelingen: all
                .into_iter()
                .map(|one| RecordBody::new(one, &zicht, &names))
                .collect(),
        }))
    })
    .await
}

/// Welke beoordeling definitief wordt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefinitiefOpdracht)]
pub struct FinishBody {
    /// Het nummer van de beoordeling die u zag.
    gezien: u64,
}

/// Een beoordeling definitief maken
///
/// Kan alleen als er niets ontbreekt, en door een ander dan wie beoordeelde.
#[utoipa::path(post, path = "/zaken/{zaak}/beoordelingen/{document}/definitief", tag = "zaken",
    operation_id = "maakDefinitief",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("document" = String, Path, description = "Kenmerk van het document.")),
    request_body = FinishBody,
    responses((status = 201, description = "De beoordeling is definitief.", body = RecordBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er ontbreekt iets, of u beoordeelde zelf.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn finish(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, document)): Segment<(String, String)>,
    Body(sent): Body<FinishBody>,
) -> Result<(StatusCode, Json<RecordBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let document = id(&document)?;
        app.maak_definitief(&zicht, document, sent.gezien)?;
        Ok((StatusCode::CREATED, Json(now(&app, &zicht, document)?)))
    })
    .await
}

fn id(text: &str) -> Result<DocId, Problem> {
    let missing = |_| Problem::not_found("Dit document staat niet in de index.");
    text.parse().map_err(missing)
}

/// Documenten met dezelfde inhoud die verschillend beoordeeld zijn.
#[derive(Serialize, ToSchema)]
#[schema(as = Tegenstrijdigheid)]
pub struct ConflictBody {
    /// Wat er verschilt: `schifting` of `beoordeling`.
    soort: &'static str,
    /// SHA-256 van de inhoud.
    inhoud: String,
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
}

/// De tegenstrijdigheden van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Tegenstrijdigheden)]
pub struct ConflictsBody {
    /// Op inhoud, eerst de schifting.
    tegenstrijdigheden: Vec<ConflictBody>,
}

/// Tegenstrijdigheden lezen
///
/// Geeft documenten met dezelfde inhoud die in deze zaak verschillend geschift of beoordeeld zijn.
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
        let one = |(document, waarde): (DocId, String)| ConflictingBody {
            document: document.to_string(),
            waarde,
        };
        let all = app.store.tegenstrijdigheden(&zicht)?.into_iter();
        Ok(Json(ConflictsBody {
            tegenstrijdigheden: all
                .map(|group| ConflictBody {
                    soort: group.soort,
                    inhoud: group.inhoud.to_string(),
                    documenten: group.documenten.into_iter().map(one).collect(),
                })
                .collect(),
        }))
    })
    .await
}

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
        (status = 422, description = "Die persoon werkt niet aan deze zaak.", body = ProblemBody,
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
        let seen = all.filter(|(_, (bron, _))| zicht.may_see(bron));
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

/// Een weigeringsgrond.
#[derive(Serialize, ToSchema)]
#[schema(as = Weigeringsgrond)]
pub struct GroundBody {
    /// De code.
    #[schema(example = "5.1.2e")]
    code: &'static str,
    /// In enkele woorden.
    tekst: &'static str,
    /// `woo` of `wob`.
    #[schema(example = "woo")]
    wet: &'static str,
    /// `absoluut`, `relatief`, `tijdelijk` of `overig`.
    #[schema(example = "relatief")]
    soort: &'static str,
    /// Moet bij informatie van meer dan vijf jaar oud gemotiveerd worden waarom de grond nog geldt (Woo 5.3)?
    motivering_na_vijf_jaar: bool,
}

/// De weigeringsgronden.
#[derive(Serialize, ToSchema)]
#[schema(as = Weigeringsgronden)]
pub struct GroundsBody {
    /// In de volgorde van de wet, eerst de Woo.
    gronden: Vec<GroundBody>,
}

/// Weigeringsgronden lezen
///
/// Geeft de gronden van de Woo en de oude Wob. Welke wet geldt, volgt uit de dag van het besluit: vanaf 1 mei 2022 de
/// Woo.
#[utoipa::path(get, path = "/gronden", tag = "zaken", operation_id = "leesGronden",
    responses((status = 200, description = "De gronden.", body = GroundsBody)))]
pub async fn grounds(Vrager(_): Vrager) -> Json<GroundsBody> {
    let one = |grond: &crate::uitvoer::gronden::Grond| GroundBody {
        code: grond.code,
        tekst: grond.tekst,
        wet: match grond.wet {
            Wet::Woo => "woo",
            Wet::Wob => "wob",
        },
        soort: match grond.soort {
            Soort::Absoluut => "absoluut",
            Soort::Relatief => "relatief",
            Soort::Tijdelijk => "tijdelijk",
            Soort::Overig => "overig",
        },
        motivering_na_vijf_jaar: grond.motivering_na_vijf_jaar(),
    };
    Json(GroundsBody {
        gronden: GRONDEN.iter().map(one).collect(),
    })
}
