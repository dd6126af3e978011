//! Index runs: accounts, outcomes per file, progress, sources. Never starts a run.

use super::blocking;
use super::input::{Params, Segment};
use crate::problem::Problem;
use crate::runs::{self, Completeness};
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use zv_indexer::account::{Account, Runs};
use zv_indexer::progress::Progress;
use zv_indexer::source::Sources;

/// How often the stream of progress looks.
const PACE: Duration = Duration::from_millis(500);

/// The type of a field in a description.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Moment,
    Whole,
    Number,
    Truth,
    Texts,
    Children,
    Counts,
    Export,
}

impl Kind {
    fn schema(self, description: &str) -> RefOr<Schema> {
        let object = ObjectBuilder::new().description(Some(description));
        let object = match self {
            Kind::Text => object.schema_type(Type::String),
            Kind::Moment => object
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
            Kind::Whole => object.schema_type(Type::Integer).minimum(Some(0)),
            Kind::Number => object.schema_type(Type::Number),
            Kind::Truth => object.schema_type(Type::Boolean),
            Kind::Texts => return Vec::<String>::schema(),
            Kind::Children => return Kinderen::schema(),
            Kind::Counts => return std::collections::BTreeMap::<String, u64>::schema(),
            Kind::Export => return ExportVerantwoording::schema(),
        };
        object.into()
    }
}

/// Describes a type of `zv-indexer`, which does not know OpenAPI. Fields whose name ends in `?` may be absent.
macro_rules! described {
    ($type:ident, $title:literal, $fields:expr) => {
        #[doc = $title]
        pub enum $type {}

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let fields: &[(&str, Kind, &str)] = &$fields;
                let mut object = ObjectBuilder::new().description(Some($title));
                for (name, kind, description) in fields {
                    let required = name.trim_end_matches('?');
                    object = object.property(required, kind.schema(description));
                    if required == *name {
                        object = object.required(required);
                    }
                }
                object.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                stringify!($type).into()
            }
        }
    };
}

described!(
    Kinderen,
    "Documenten in bestanden die gelezen zijn.",
    [
        ("gelezen", Kind::Whole, "Met tekst."),
        ("onleesbaar", Kind::Whole, "Zonder tekst."),
    ]
);
described!(
    ExportVerantwoording,
    "Wat er aan een export uit een documentsysteem ontbreekt. De eerste zeven gaan over de hele export, de rest over wat deze \
     run bekeek.",
    [
        (
            "beschrijvingen",
            Kind::Whole,
            "Beschrijvingen (sidecars) en regels van lijsten."
        ),
        (
            "zonder_bestand",
            Kind::Whole,
            "Daarvan over een bestand dat er niet is."
        ),
        (
            "zonder_beschrijving",
            Kind::Whole,
            "Bestanden zonder beschrijving waar andere er een hebben."
        ),
        (
            "afwijkend",
            Kind::Whole,
            "Verschillen in checksum of omvang."
        ),
        (
            "dubbel",
            Kind::Whole,
            "Kenmerken die twee documenten hebben."
        ),
        (
            "onbekend",
            Kind::Whole,
            "Beschrijvingen in een onbekende vorm."
        ),
        ("pakbon", Kind::Whole, "Verschillen met een pakbon."),
        (
            "boven_plafond",
            Kind::Whole,
            "Niet ingelezen: te geheim voor deze bron."
        ),
        ("gesloten", Kind::Whole, "Door niemand te vinden."),
        ("met_waarschuwing", Kind::Whole, "Met een waarschuwing."),
        (
            "termijn_verstreken",
            Kind::Whole,
            "Waarvan de bewaartermijn voorbij is."
        ),
        (
            "beperkingen",
            Kind::Counts,
            "Hoe vaak elke beperking voorkwam."
        ),
    ]
);
described!(
    Run,
    "De verantwoording van een run.",
    [
        ("run", Kind::Whole, "Nummer."),
        ("bron", Kind::Text, "Naam van de bron."),
        ("map", Kind::Text, "Map van de bron."),
        ("status", Kind::Text, "voltooid, afgebroken of mislukt."),
        ("melding?", Kind::Text, "Waarom de run mislukte."),
        ("begonnen", Kind::Moment, "Begin (UTC)."),
        (
            "gezien",
            Kind::Whole,
            "Bestanden en andere ingangen die geen map zijn."
        ),
        ("nieuw", Kind::Whole, "Nieuw gelezen."),
        ("gewijzigd", Kind::Whole, "Opnieuw gelezen."),
        ("verplaatst", Kind::Whole, "Herkend op een andere plaats."),
        ("ongewijzigd", Kind::Whole, "Niet opnieuw gelezen."),
        ("onleesbaar", Kind::Whole, "Zonder tekst, met een reden."),
        (
            "overgeslagen",
            Kind::Whole,
            "Overgeslagen volgens een regel."
        ),
        (
            "verwijderd",
            Kind::Whole,
            "Verdwenen, en daarom uit de index."
        ),
        (
            "verdwenen",
            Kind::Whole,
            "Verdwenen, en nog in de index omdat een zaak ze vasthoudt."
        ),
        ("gedeeltelijk", Kind::Whole, "Niet helemaal gelezen."),
        (
            "tekstherkenning",
            Kind::Whole,
            "Bestanden met afbeeldingen of scans die door OCR zijn gelezen."
        ),
        (
            "zonder_lezen",
            Kind::Whole,
            "Gewijzigd zonder opnieuw te lezen: alleen de rechten of de beschrijving werden anders."
        ),
        (
            "rechten_onbekend",
            Kind::Whole,
            "Bestanden waarvan de rechten niet te lezen waren; op grond van rechten ziet alleen de groep van de bron ze."
        ),
        ("kinderen", Kind::Children, "Documenten in bestanden."),
        (
            "documenten",
            Kind::Whole,
            "Documenten van deze bron na de run."
        ),
        ("bytes", Kind::Whole, "Gelezen bytes."),
        ("seconden", Kind::Number, "Duur."),
        (
            "ingehouden",
            Kind::Whole,
            "Verdwenen, maar voor de zekerheid bewaard."
        ),
        (
            "onleesbare_mappen",
            Kind::Whole,
            "Mappen die niet te lezen waren."
        ),
        (
            "tussentijds_verdwenen",
            Kind::Whole,
            "Verdwenen tijdens de run."
        ),
        ("niet_bekeken", Kind::Whole, "Niet aan toegekomen."),
        (
            "export?",
            Kind::Export,
            "Wat er aan de export uit een documentsysteem ontbreekt."
        ),
        ("waarschuwingen", Kind::Texts, "Wat de lezer moet weten."),
    ]
);
described!(
    Uitkomst,
    "De uitkomst van een bestand dat niet gewoon gelezen is.",
    [
        ("pad", Kind::Text, "Pad binnen de bron."),
        (
            "pad_b64?",
            Kind::Text,
            "De bytes van het pad in base64, als de naam geen geldige UTF-8 is."
        ),
        (
            "uitkomst",
            Kind::Text,
            "onleesbaar, gedeeltelijk, overgeslagen, verwijderd, verdwenen, verwijdering-ingehouden, map-niet-gelezen of export."
        ),
        ("reden", Kind::Text, "Waarom."),
        ("onderdeel", Kind::Truth, "Of het in een ander bestand zit."),
    ]
);
described!(
    Voortgang,
    "Hoe ver de laatste run is.",
    [
        ("bezig", Kind::Truth, "Of er nu een run bezig is."),
        (
            "volledig",
            Kind::Truth,
            "Of de laatste run zijn einde gehaald heeft."
        ),
        ("run?", Kind::Whole, "Nummer."),
        ("bron?", Kind::Text, "Naam van de bron."),
        (
            "fase?",
            Kind::Text,
            "ophalen (wat elders openbaar is), inlezen, opruimen, tekstherkenning (OCR van afbeeldingen en scans; de rest is al doorzoekbaar), verbanden \
             (welke documenten bij elkaar horen), vastleggen, klaar, afgebroken of mislukt."
        ),
        (
            "opgehaald?",
            Kind::Whole,
            "Documenten die bij het ophalen bekeken zijn."
        ),
        ("gezien?", Kind::Whole, "Bestanden tot nu toe."),
        ("documenten?", Kind::Whole, "Documenten tot nu toe."),
        ("bytes?", Kind::Whole, "Gelezen bytes tot nu toe."),
        (
            "ocr_documenten?",
            Kind::Whole,
            "Bestanden met afbeeldingen of scans die in deze run op OCR wachten of wachtten."
        ),
        ("ocr_gedaan?", Kind::Whole, "Hoeveel daarvan klaar zijn."),
        (
            "te_lezen?",
            Kind::Whole,
            "Bestanden die deze run leest; ontbreekt zolang ze worden geteld."
        ),
        ("gelezen?", Kind::Whole, "Hoeveel daarvan klaar zijn."),
        (
            "nog_seconden?",
            Kind::Whole,
            "Hoe lang dat nog duurt, zonder tekstherkenning; ontbreekt zolang dat niet te zeggen is."
        ),
        ("gestart?", Kind::Moment, "Begin (UTC)."),
        ("klaar?", Kind::Moment, "Einde (UTC)."),
    ]
);

/// Alle runs, de nieuwste eerst.
#[derive(Serialize, ToSchema)]
#[schema(as = Runs)]
pub struct RunsBody {
    /// De runs.
    #[schema(value_type = Vec<Run>)]
    runs: Vec<Account>,
}

/// De uitkomsten van een run.
#[derive(ToSchema)]
#[schema(as = Uitkomsten)]
pub struct OutcomesBody {
    /// De bestanden die niet gewoon gelezen zijn.
    #[expect(dead_code, reason = "only described: the list streams")]
    uitkomsten: Vec<Uitkomst>,
}

/// Een bron.
#[derive(Serialize, ToSchema)]
#[schema(as = Bron)]
pub struct SourceBody {
    /// Naam.
    naam: String,
    /// Map; alleen voor wie het inlezen volgt.
    map: Option<String>,
}

/// Alle bronnen.
#[derive(Serialize, ToSchema)]
#[schema(as = Bronnen)]
pub struct SourcesBody {
    /// De bronnen.
    bronnen: Vec<SourceBody>,
}

/// The form of a list of outcomes.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Vorm {
    /// JSON.
    Json,
    /// CSV voor een rekenblad.
    Csv,
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Form {
    /// De vorm van het antwoord; zonder opgave beslist de header Accept.
    #[param(inline)]
    formaat: Option<Vorm>,
}

/// Alle runs lezen
#[utoipa::path(get, path = "/runs", tag = "inlezen", operation_id = "leesRuns",
    responses((status = 200, description = "De runs, de nieuwste eerst.", body = RunsBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<RunsBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        Ok(Json(RunsBody {
            runs: runs::all(&app.folder).map_err(Problem::fault)?,
        }))
    })
    .await
}

/// Een run lezen
#[utoipa::path(get, path = "/runs/{nummer}", tag = "inlezen", operation_id = "leesRun",
    params(("nummer" = u64, Path, description = "Nummer van de run.")),
    responses((status = 200, description = "De verantwoording.", body = Run)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(number): Segment<u64>,
) -> Result<Json<Account>, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        Ok(Json(account(&app, number)?))
    })
    .await
}

/// De uitkomsten van een run lezen
///
/// Een regel voor elk bestand dat niet gewoon gelezen is. Als JSON of als CSV.
#[utoipa::path(get, path = "/runs/{nummer}/uitkomsten", tag = "inlezen", operation_id = "leesUitkomsten",
    params(("nummer" = u64, Path, description = "Nummer van de run."), Form),
    responses((status = 200, description = "De uitkomsten.",
        content((OutcomesBody = "application/json"), (String = "text/csv")))))]
pub async fn outcomes(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(number): Segment<u64>,
    Params(form): Params<Form>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or("");
    let csv = match form.formaat {
        Some(form) => form == Vorm::Csv,
        None => accept.contains("text/csv"),
    };
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        account(&app, number)?;
        let runs = Runs::new(&app.folder);
        if csv {
            return outcomes_csv(&runs, number);
        }
        let lines = runs.lines(number).map_err(Problem::fault)?;
        let lines = lines
            .collect::<Result<Vec<_>, _>>()
            .map_err(Problem::fault)?;
        Ok(Json(serde_json::json!({ "uitkomsten": lines })).into_response())
    })
    .await
}

fn outcomes_csv(runs: &Runs, number: u64) -> Result<Response, Problem> {
    let mut bytes = Vec::new();
    runs.csv(number, &mut bytes).map_err(Problem::fault)?;
    let name = format!("attachment; filename=\"uitkomsten-run-{number}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from(bytes)).into_response())
}

fn account(app: &App, number: u64) -> Result<Account, Problem> {
    let account = runs::one(&app.folder, number).map_err(Problem::fault)?;
    account.ok_or_else(|| Problem::not_found("Deze run bestaat niet."))
}

/// What the progress of a run looks like.
#[derive(Serialize)]
struct ProgressBody {
    bezig: bool,
    volledig: bool,
    #[serde(flatten)]
    voortgang: Option<Told>,
}

#[derive(Serialize)]
struct Told {
    run: u64,
    bron: String,
    fase: zv_indexer::progress::Phase,
    opgehaald: u64,
    gezien: u64,
    documenten: u64,
    bytes: u64,
    ocr_documenten: u64,
    ocr_gedaan: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    te_lezen: Option<u64>,
    gelezen: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nog_seconden: Option<u64>,
    gestart: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    klaar: Option<jiff::Timestamp>,
}

impl ProgressBody {
    fn of(folder: &std::path::Path) -> Self {
        let completeness = Completeness::of(folder);
        let told = |progress: &Progress| Told {
            run: progress.run,
            bron: progress.bron.clone(),
            fase: progress.fase,
            opgehaald: progress.opgehaald,
            gezien: progress.gezien,
            documenten: progress.documenten,
            bytes: progress.bytes,
            ocr_documenten: progress.ocr_documenten,
            ocr_gedaan: progress.ocr_gedaan,
            te_lezen: progress.te_lezen,
            gelezen: progress.gelezen,
            nog_seconden: progress.nog_seconden,
            gestart: progress.gestart,
            klaar: progress.klaar,
        };
        ProgressBody {
            bezig: matches!(completeness, Completeness::Busy(_)),
            volledig: matches!(completeness, Completeness::Complete(_)),
            voortgang: completeness.progress().map(told),
        }
    }
}

/// De voortgang lezen
#[utoipa::path(get, path = "/voortgang", tag = "inlezen", operation_id = "leesVoortgang",
    responses((status = 200, description = "De voortgang.", body = Voortgang)))]
pub async fn progress(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        Ok(Json(ProgressBody::of(&app.folder)).into_response())
    })
    .await
}

/// De voortgang volgen
///
/// Stuurt de voortgang als gebeurtenissen (server-sent events) zolang een run bezig is, en dan een laatste keer.
#[utoipa::path(get, path = "/voortgang/stroom", tag = "inlezen", operation_id = "volgVoortgang",
    responses((status = 200, description = "Gebeurtenissen met de voortgang als JSON.",
        content((String = "text/event-stream")))))]
pub async fn stream(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let folder = app.folder.clone();
    blocking(move || app.must_be(&actor, &LOOKS_AFTER_RUNS)).await?;
    Ok(Sse::new(changes(folder).map(Ok)).keep_alive(KeepAlive::default()))
}

/// The progress now, then every change, until the run ends.
fn changes(folder: PathBuf) -> impl Stream<Item = Event> {
    struct Following {
        folder: PathBuf,
        last: String,
        ended: bool,
    }
    let start = Following {
        folder,
        last: String::new(),
        ended: false,
    };
    stream::unfold(start, |mut following| async move {
        if following.ended {
            return None;
        }
        loop {
            let body = ProgressBody::of(&following.folder);
            let data = serde_json::to_string(&body).unwrap_or_default();
            if data != following.last {
                following.ended = !body.bezig;
                following.last.clone_from(&data);
                let name = if body.bezig { "voortgang" } else { "einde" };
                return Some((Event::default().event(name).data(data), following));
            }
            tokio::time::sleep(PACE).await;
        }
    })
}

/// De bronnen lezen
#[utoipa::path(get, path = "/bronnen", tag = "inlezen", operation_id = "leesBronnen",
    responses((status = 200, description = "De bronnen.", body = SourcesBody)))]
pub async fn sources(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<SourcesBody>, Problem> {
    blocking(move || {
        // A zoekplan names every source; where one lies says more than its name.
        let places = actor.is_any(&LOOKS_AFTER_RUNS);
        let sources = Sources::load(&app.folder).map_err(Problem::fault)?;
        let body = |source: &zv_indexer::source::Source| SourceBody {
            naam: source.name.clone(),
            map: places.then(|| source.root.display().to_string()),
        };
        Ok(Json(SourcesBody {
            bronnen: sources.list().iter().map(body).collect(),
        }))
    })
    .await
}
