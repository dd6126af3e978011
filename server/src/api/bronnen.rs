//! Sources as who looks after them sees them: what is read of them, when, and the jobs that came of it. Never shows what
//! is in a source.

use super::blocking;
use super::exportregels::ExportBody;
use super::input::{Body, Segment};
use crate::audit::Event;
use crate::ophalen;
use crate::problem::{Problem, ProblemBody};
use crate::rooster::{Aanleiding, Bewaard, Opdracht, Rooster, Soort, Stand};
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use utoipa::ToSchema;
use zv_indexer::source::{Source, SourceError, SourceRules, Sources, resolve};

/// Jobs in one answer.
const MOST_JOBS: u32 = 200;

/// Wat er van een bron wordt ingelezen, hoe snel, en wat erin staat.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Bronregels)]
pub struct RulesBody {
    /// Patronen van wat wordt ingelezen, zoals `Directie Wonen/**`; zonder patronen alles.
    #[schema(max_items = 200)]
    alleen: Vec<String>,
    /// Patronen van wat niet wordt ingelezen.
    #[schema(max_items = 200)]
    niet: Vec<String>,
    /// Grotere bestanden worden overgeslagen.
    #[schema(minimum = 1)]
    grootste_bytes: Option<u64>,
    /// Hoeveel bestanden hoogstens per seconde.
    #[schema(minimum = 1)]
    bestanden_per_seconde: Option<u32>,
    /// Hoeveel bytes hoogstens per seconde.
    #[schema(minimum = 1)]
    bytes_per_seconde: Option<u64>,
    /// Waar in een pad de naam staat van wie iets is, zoals `Afdeling/*/{houder}`.
    #[schema(max_length = 1000)]
    houder: Option<String>,
    /// Van welk deel van de organisatie de bron is.
    #[schema(max_length = 500)]
    eigenaar: String,
    /// Hoe lang bewaard moet worden wat erin staat.
    #[schema(max_length = 2000)]
    bewaren: String,
    /// Worden de rechten op de bestanden gelezen? Dan kan een machtiging die laten gelden.
    rechten_lezen: bool,
    /// Is alles in de bron al openbaar? Dan krijgt elk document dat gelijk is, of bijna, dat als kenmerk.
    openbaar: bool,
    /// Het adres van de sitemap (DiWoo) waarvan de documenten voor elke run worden opgehaald.
    #[schema(max_length = 1000, example = "https://open.voorbeeld.nl/sitemap.xml")]
    sitemap: Option<String>,
    /// Wat er gebeurt met wat een export zegt over het gebruik.
    export: ExportBody,
}

impl From<RulesBody> for SourceRules {
    fn from(rules: RulesBody) -> Self {
        SourceRules {
            only: rules.alleen,
            not: rules.niet,
            largest: rules.grootste_bytes,
            files_per_second: rules.bestanden_per_seconde,
            bytes_per_second: rules.bytes_per_seconde,
            custodian: rules.houder.filter(|pattern| !pattern.is_empty()),
            owner: rules.eigenaar,
            retention: rules.bewaren,
            rights: rules.rechten_lezen,
            public: rules.openbaar,
            sitemap: rules.sitemap.filter(|address| !address.is_empty()),
            export: rules.export.into(),
        }
    }
}

impl From<SourceRules> for RulesBody {
    fn from(rules: SourceRules) -> Self {
        RulesBody {
            alleen: rules.only,
            niet: rules.not,
            grootste_bytes: rules.largest,
            bestanden_per_seconde: rules.files_per_second,
            bytes_per_seconde: rules.bytes_per_second,
            houder: rules.custodian,
            eigenaar: rules.owner,
            bewaren: rules.retention,
            rechten_lezen: rules.rights,
            openbaar: rules.public,
            sitemap: rules.sitemap,
            export: rules.export.into(),
        }
    }
}

/// Een bron, met haar regels en haar rooster.
#[derive(Serialize, ToSchema)]
#[schema(as = BronMetRegels)]
pub struct WholeSourceBody {
    /// Naam.
    naam: String,
    /// Map.
    map: String,
    /// Wat er wordt ingelezen.
    regels: RulesBody,
    /// Wanneer er vanzelf wordt ingelezen.
    rooster: ScheduleBody,
}

/// Het rooster van een bron.
#[derive(Serialize, ToSchema)]
#[schema(as = BronRooster)]
pub struct ScheduleBody {
    /// Versie; 0 als er nog geen is.
    versie: u32,
    /// Wat erin staat.
    inhoud: Rooster,
    /// De volgende beurt (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    volgende: Option<Timestamp>,
}

impl From<Bewaard> for ScheduleBody {
    fn from(kept: Bewaard) -> Self {
        ScheduleBody {
            versie: kept.versie,
            inhoud: kept.rooster,
            volgende: kept.volgende,
        }
    }
}

/// Een nieuwe bron.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweBron)]
pub struct NewSourceBody {
    /// De map, met het hele pad. Zonder map is er een sitemap in de regels nodig.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4096)]
    map: Option<String>,
    /// Naam; zonder naam die van de map.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    naam: Option<String>,
    /// Wat er wordt ingelezen.
    #[serde(default)]
    regels: RulesBody,
}

/// De naam van een bron.
#[derive(Serialize, ToSchema)]
#[schema(as = Bronnaam)]
pub struct SourceNameBody {
    /// Naam.
    naam: String,
}

/// Een bron toevoegen
///
/// Er wordt nog niets ingelezen.
#[utoipa::path(post, path = "/bronnen", tag = "inlezen", operation_id = "voegBronToe", request_body = NewSourceBody,
    responses((status = 201, description = "De bron.", body = SourceNameBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(sent): Body<NewSourceBody>,
) -> Result<(StatusCode, Json<SourceNameBody>), Problem> {
    blocking(move || {
        let (map, naam) = (sent.map.as_deref(), sent.naam.as_deref());
        let naam = add(&app, &actor, map.map(Path::new), naam, sent.regels.into())?;
        Ok((StatusCode::CREATED, Json(SourceNameBody { naam })))
    })
    .await
}

/// Adds a source and gives its name. One without a folder gets a folder of its own for what is fetched.
pub fn add(
    app: &App,
    actor: &crate::mensen::Actor,
    map: Option<&Path>,
    naam: Option<&str>,
    rules: SourceRules,
) -> Result<String, Problem> {
    app.must_be(actor, &[crate::mensen::Rol::BeheerderBronnen])?;
    let source = register(&app.folder, map, naam, rules).map_err(refused)?;
    let gegevens = json!({"map": source.root.display().to_string(), "regels": source.rules});
    let event = Event::done(actor, "bron.toegevoegd", &source.name, gegevens);
    app.store.log(&event)?;
    Ok(source.name)
}

/// Registers a source. One without a folder gets a folder of its own, for what its sitemap names.
///
/// # Errors
/// [`SourceError`]: nothing was registered.
pub fn register(
    state: &Path,
    map: Option<&Path>,
    naam: Option<&str>,
    rules: SourceRules,
) -> Result<Source, SourceError> {
    rules.check()?;
    let own = match (map, &rules.sitemap, naam) {
        (Some(map), None, _) => map.to_owned(),
        (None, Some(_), Some(naam)) => ophalen::new_root(state, naam)?,
        _ => return Err(SourceError::MapOrSitemap),
    };
    let (state, root) = resolve(state, &own)?;
    let source = Sources::register(&state, &root, naam)?;
    Sources::set_rules(&state, &source.name, rules)
}

/// What is wrong with a source is for who typed it.
fn refused(error: SourceError) -> Problem {
    match error {
        SourceError::File(..) => Problem::fault(error),
        error => Problem::refused(crate::problem::sentence(&error.to_string())),
    }
}

/// The source with this name.
pub fn named(app: &App, naam: &str) -> Result<Source, Problem> {
    let sources = Sources::load(&app.folder).map_err(Problem::fault)?;
    let found = sources.named(naam).cloned();
    found.ok_or_else(|| Problem::not_found("Deze bron bestaat niet."))
}

/// Een bron lezen
#[utoipa::path(get, path = "/bronnen/{bron}", tag = "inlezen", operation_id = "leesBron",
    params(("bron" = String, Path, description = "Naam van de bron.")),
    responses((status = 200, description = "De bron.", body = WholeSourceBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
) -> Result<Json<WholeSourceBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        let source = named(&app, &bron)?;
        Ok(Json(WholeSourceBody {
            map: source.root.display().to_string(),
            regels: source.rules.into(),
            rooster: app.store.rooster(&bron)?.into(),
            naam: source.name,
        }))
    })
    .await
}

/// De regels van een bron wijzigen
///
/// De volgende run houdt zich eraan: wat niet meer wordt ingelezen, gaat dan uit de index.
#[utoipa::path(post, path = "/bronnen/{bron}/regels", tag = "inlezen", operation_id = "wijzigBronregels",
    params(("bron" = String, Path, description = "Naam van de bron.")), request_body = RulesBody,
    responses((status = 204, description = "Vastgelegd."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn set_rules(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
    Body(sent): Body<RulesBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        change_rules(&app, &actor, &bron, sent.into())?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Gives a source other rules.
pub fn change_rules(
    app: &App,
    actor: &crate::mensen::Actor,
    bron: &str,
    rules: SourceRules,
) -> Result<(), Problem> {
    app.must_be(actor, &[crate::mensen::Rol::BeheerderBronnen])?;
    let before = named(app, bron)?.rules;
    let after = Sources::set_rules(&app.folder, bron, rules).map_err(refused)?;
    let gegevens = json!({"was": before, "wordt": after.rules});
    let event = Event::done(actor, "bron.regels", bron, gegevens);
    app.store.log(&event).map_err(|error| {
        // A change that nobody recorded is none: the disk may have been full in between.
        if let Err(error) = Sources::set_rules(&app.folder, bron, before) {
            tracing::error!(%error, "the rules of a source changed without a record");
        }
        error.into()
    })
}

/// Een nieuw rooster.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwRooster)]
pub struct NewScheduleBody {
    /// De laatste versie die u zag; 0 als er nog geen was.
    gezien: u32,
    /// Wat erin komt te staan.
    inhoud: Rooster,
}

/// Het rooster van een bron wijzigen
#[utoipa::path(post, path = "/bronnen/{bron}/rooster", tag = "inlezen", operation_id = "wijzigRooster",
    params(("bron" = String, Path, description = "Naam van de bron.")), request_body = NewScheduleBody,
    responses((status = 200, description = "Het rooster.", body = ScheduleBody),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn set_schedule(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
    Body(sent): Body<NewScheduleBody>,
) -> Result<Json<ScheduleBody>, Problem> {
    blocking(move || {
        named(&app, &bron)?;
        app.store
            .set_rooster(&actor, &bron, sent.gezien, &sent.inhoud)?;
        Ok(Json(app.store.rooster(&bron)?.into()))
    })
    .await
}

/// Een opdracht om een bron in te lezen.
#[derive(Serialize, ToSchema)]
#[schema(as = Opdracht)]
pub struct JobBody {
    /// Nummer.
    id: u32,
    /// Naam van de bron.
    bron: String,
    /// Hoe er wordt ingelezen.
    soort: Soort,
    /// Waardoor.
    aanleiding: Aanleiding,
    /// Wanneer erom gevraagd is, of wanneer de beurt was (UTC).
    #[schema(value_type = String, format = DateTime)]
    gevraagd: Timestamp,
    /// Hoe de opdracht ervoor staat.
    stand: Stand,
    /// Begin (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    begonnen: Option<Timestamp>,
    /// Einde (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    klaar: Option<Timestamp>,
    /// De run die het werd.
    run: Option<u64>,
    /// Wat erover te zeggen is.
    melding: String,
}

impl From<Opdracht> for JobBody {
    fn from(job: Opdracht) -> Self {
        JobBody {
            id: job.id,
            bron: job.bron,
            soort: job.soort,
            aanleiding: job.aanleiding,
            gevraagd: job.gevraagd,
            stand: job.stand,
            begonnen: job.begonnen,
            klaar: job.klaar,
            run: job.run,
            melding: job.melding,
        }
    }
}

/// Opdrachten, de nieuwste eerst.
#[derive(Serialize, ToSchema)]
#[schema(as = Opdrachten)]
pub struct JobsBody {
    /// Hoogstens tweehonderd.
    opdrachten: Vec<JobBody>,
}

/// Wat er gevraagd wordt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweOpdracht)]
pub struct NewJobBody {
    /// Hoe er wordt ingelezen.
    soort: Soort,
}

/// Het nummer van een opdracht.
#[derive(Serialize, ToSchema)]
#[schema(as = Opdrachtnummer)]
pub struct JobNumberBody {
    /// Nummer.
    pub(super) id: u32,
}

/// De opdrachten van een bron lezen
#[utoipa::path(get, path = "/bronnen/{bron}/opdrachten", tag = "inlezen", operation_id = "leesOpdrachten",
    params(("bron" = String, Path, description = "Naam van de bron.")),
    responses((status = 200, description = "De opdrachten.", body = JobsBody)))]
pub async fn jobs(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
) -> Result<Json<JobsBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        named(&app, &bron)?;
        let jobs = app.store.opdrachten(Some(&bron), MOST_JOBS)?;
        Ok(Json(JobsBody {
            opdrachten: jobs.into_iter().map(JobBody::from).collect(),
        }))
    })
    .await
}

/// Een bron nu laten inlezen
#[utoipa::path(post, path = "/bronnen/{bron}/opdrachten", tag = "inlezen", operation_id = "vraagOpdracht",
    params(("bron" = String, Path, description = "Naam van de bron.")), request_body = NewJobBody,
    responses((status = 201, description = "De opdracht.", body = JobNumberBody),
        (status = 409, description = "Deze bron wordt al ingelezen.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
    Body(sent): Body<NewJobBody>,
) -> Result<(StatusCode, Json<JobNumberBody>), Problem> {
    blocking(move || {
        named(&app, &bron)?;
        let id = app.store.ask_run(&actor, &bron, sent.soort)?;
        Ok((StatusCode::CREATED, Json(JobNumberBody { id })))
    })
    .await
}

/// Een opdracht afbreken
///
/// Wat wacht, vervalt. Wat loopt, legt vast wat het heeft en stopt.
#[utoipa::path(post, path = "/opdrachten/{id}/afbreking", tag = "inlezen", operation_id = "breekOpdrachtAf",
    params(("id" = u32, Path, description = "Nummer van de opdracht.")),
    responses((status = 204, description = "Afgebroken, of dat komt eraan."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<u32>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.store.cancel_run(&actor, id)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
