//! The pages of sources: the list, and one source with its rules, its schedule and its jobs. What is sent goes the same way
//! as over the API. Never shows what is in a source.

use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::bronnen as api;
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::rooster::{Aanleiding, Opdracht, Rooster, Soort, Stand};
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use crate::zaken::machtiging::Rubricering;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::path::Path as FilePath;
use std::sync::Arc;
use zv_indexer::source::{Source, SourceRules, Sources};

/// Jobs on the page of a source.
const SHOWN: u32 = 20;

/// A source in the list.
struct Line {
    naam: String,
    map: String,
    documenten: String,
    onleesbaar: String,
    /// Number of its last run.
    run: Option<u64>,
    gelezen: String,
    volgende: String,
    stand: String,
}

#[derive(Template)]
#[template(path = "bronnen.html")]
struct ListPage {
    frame: Frame,
    bronnen: Vec<Line>,
    beheert: bool,
}

/// All sources.
pub async fn list(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        let sources = Sources::load(&app.folder).map_err(Problem::fault)?;
        let lines = sources.list().iter().map(|source| line(&app, source));
        page(&ListPage {
            bronnen: lines.collect::<Result<_, _>>()?,
            beheert: actor.is_any(&[Rol::BeheerderBronnen]),
            frame: Frame::new(&app, &actor, "Bronnen"),
        })
    })
    .await
}

fn line(app: &App, source: &Source) -> Result<Line, Problem> {
    let known = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
    let last = known.into_iter().find(|bron| bron.naam == source.name);
    let last = last.filter(|bron| bron.run.is_some());
    let count = |value: Option<u64>| value.map(labels::number).unwrap_or_default();
    let job = app.store.opdrachten(Some(&source.name), 1)?.pop();
    Ok(Line {
        naam: source.name.clone(),
        map: source.root.display().to_string(),
        documenten: count(last.as_ref().map(|bron| bron.documenten)),
        onleesbaar: count(last.as_ref().map(|bron| bron.onleesbaar)),
        run: last.as_ref().and_then(|bron| bron.run),
        gelezen: match last.as_ref().and_then(|bron| bron.begonnen) {
            Some(begun) => labels::moment(begun),
            None => "nog nooit".to_owned(),
        },
        volgende: turn(app, &source.name)?,
        stand: match job {
            Some(job) if matches!(job.stand, Stand::Wacht | Stand::Loopt) => {
                job.stand.name().to_owned()
            }
            _ => last.and_then(|bron| bron.status).unwrap_or_default(),
        },
    })
}

/// When a source is read by itself next.
fn turn(app: &App, bron: &str) -> Result<String, Problem> {
    let kept = app.store.rooster(bron)?;
    Ok(match kept.volgende {
        _ if kept.rooster.pauze => "staat op pauze".to_owned(),
        Some(next) => labels::moment(next),
        None => "niet vanzelf".to_owned(),
    })
}

/// A job on the page.
struct Job {
    id: u32,
    gevraagd: String,
    door: &'static str,
    soort: &'static str,
    stand: &'static str,
    melding: String,
    run: Option<u64>,
    /// Whether it can still be ended.
    busy: bool,
}

impl From<Opdracht> for Job {
    fn from(job: Opdracht) -> Self {
        Job {
            id: job.id,
            gevraagd: labels::moment(job.gevraagd),
            door: match job.aanleiding {
                Aanleiding::Rooster => "het rooster",
                Aanleiding::Hand => "iemand",
            },
            soort: job.soort.label(),
            stand: job.stand.name(),
            melding: job.melding,
            run: job.run,
            busy: matches!(job.stand, Stand::Wacht | Stand::Loopt),
        }
    }
}

/// The head of every page about one source: its title, and the way to the others.
pub struct Kop {
    bron: String,
    pub titel: String,
    /// What the address of this page ends in.
    pub hier: &'static str,
    /// Whether who looks may change something.
    pub beheert: bool,
}

impl Kop {
    /// The name of the source in an address.
    pub fn adres(&self) -> String {
        labels::in_address(&self.bron)
    }

    /// The pages: what their address ends in, and their name.
    pub fn bladen(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = vec![
            ("", "Inlezen"),
            ("/proefscan", "Proefscan"),
            ("/export", "Export"),
        ];
        if self.beheert {
            all.push(("/koppeling", "Lijst"));
        }
        all
    }
}

/// What every page about one source begins with: the source, the frame, and the head with the title `what`. `hier` is what
/// the address of the page ends in.
///
/// # Errors
/// A [`Problem`] when there is no such source, or who asks does not look after sources.
pub fn opened(
    app: &App,
    actor: &Actor,
    bron: &str,
    what: &str,
    hier: &'static str,
) -> Result<(Source, Frame, Kop), Problem> {
    app.must_be(actor, &LOOKS_AFTER_RUNS)?;
    let source = api::named(app, bron)?;
    let titel = format!("{what} {bron}");
    let kop = Kop {
        bron: bron.to_owned(),
        titel: titel.clone(),
        hier,
        beheert: actor.is_any(&[Rol::BeheerderBronnen]),
    };
    Ok((source, Frame::new(app, actor, titel), kop))
}

#[derive(Template)]
#[template(path = "bron.html")]
struct SourcePage {
    frame: Frame,
    kop: Kop,
    line: Line,
    rules: SourceRules,
    rooster: Rooster,
    versie: u32,
    rubricering: &'static str,
    rubriceringen: Vec<(&'static str, &'static str)>,
    soorten: Vec<(&'static str, &'static str)>,
    soort: &'static str,
    jobs: Vec<Job>,
}

impl SourcePage {
    /// Patterns, one on each line.
    fn lines(&self, patterns: &[String]) -> String {
        patterns.join("\n")
    }

    fn number(&self, number: &Option<u64>) -> String {
        number.map(|number| number.to_string()).unwrap_or_default()
    }
}

/// One source.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let (source, frame, kop) = opened(&app, &actor, &bron, "Bron", "")?;
        let kept = app.store.rooster(&bron)?;
        let jobs = app.store.opdrachten(Some(&bron), SHOWN)?;
        let known = app.store.rubriceringen()?;
        page(&SourcePage {
            line: line(&app, &source)?,
            rules: source.rules,
            soort: kept.rooster.soort.name(),
            rooster: kept.rooster,
            versie: kept.versie,
            rubricering: known.get(&bron).copied().unwrap_or_default().name(),
            rubriceringen: Rubricering::ALL.map(|one| (one.name(), one.label())).into(),
            soorten: Soort::READING.map(|one| (one.name(), one.label())).into(),
            jobs: jobs.into_iter().map(Job::from).collect(),
            frame,
            kop,
        })
    })
    .await
}

/// To a page of a source; `what` is what its address ends in.
pub fn to(bron: &str, what: &str) -> Response {
    let address = format!("/bronnen/{}{what}", labels::in_address(bron));
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

/// Adds a source and goes to its page.
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let (map, naam) = (fields.text("map"), fields.text("naam"));
        let naam = Some(naam.as_str()).filter(|naam| !naam.is_empty());
        let sitemap = Some(fields.text("sitemap")).filter(|address| !address.is_empty());
        let rules = SourceRules {
            public: !fields.text("openbaar").is_empty(),
            sitemap,
            ..SourceRules::default()
        };
        let map = Some(FilePath::new(&map)).filter(|map| !map.as_os_str().is_empty());
        let naam = api::add(&app, &actor, map, naam, rules)?;
        Ok(to(&naam, ""))
    })
    .await
}

/// Changes what is read of a source, and how confidential it is.
pub async fn set_rules(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let lines = |name: &str| -> Vec<String> {
            let text = fields.text(name);
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect()
        };
        let custodian = fields.text("houder");
        let before = api::named(&app, &bron)?.rules;
        let sitemap = Some(fields.text("sitemap")).filter(|address| !address.is_empty());
        let rules = SourceRules {
            only: lines("alleen"),
            not: lines("niet"),
            largest: fields.number_or_none("grootste_bytes")?,
            files_per_second: fields.number_or_none("bestanden_per_seconde")?,
            bytes_per_second: fields.number_or_none("bytes_per_seconde")?,
            custodian: Some(custodian).filter(|pattern| !pattern.is_empty()),
            owner: fields.text("eigenaar"),
            retention: fields.text("bewaren"),
            rights: !fields.text("rechten_lezen").is_empty(),
            public: !fields.text("openbaar").is_empty(),
            // Whether a source is fetched is decided when it is made.
            sitemap: before.sitemap.and(sitemap),
            // Has a page of its own.
            export: before.export,
        };
        api::change_rules(&app, &actor, &bron, rules)?;
        if let Some(rubricering) = Rubricering::named(&fields.text("rubricering")) {
            app.store.set_rubricering(&actor, &bron, rubricering)?;
        }
        Ok(to(&bron, ""))
    })
    .await
}

/// Changes when a source is read by itself.
pub async fn set_schedule(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        api::named(&app, &bron)?;
        let rooster = Rooster {
            tijden: fields.text("tijden"),
            soort: Soort::named(&fields.text("soort")).unwrap_or_default(),
            venster_van: fields.text("venster_van"),
            venster_tot: fields.text("venster_tot"),
            inhalen: !fields.text("inhalen").is_empty(),
            pauze: !fields.text("pauze").is_empty(),
        };
        app.store
            .set_rooster(&actor, &bron, fields.number("gezien")?, &rooster)?;
        Ok(to(&bron, ""))
    })
    .await
}

/// Asks to read a source now.
pub async fn ask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        api::named(&app, &bron)?;
        let soort = Soort::named(&fields.text("soort")).unwrap_or_default();
        app.store.ask_run(&actor, &bron, soort)?;
        Ok(to(&bron, ""))
    })
    .await
}

/// Ends a job.
pub async fn cancel(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((bron, id)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    Fields::read(sent)?;
    blocking(move || {
        app.store.cancel_run(&actor, id)?;
        Ok(to(&bron, ""))
    })
    .await
}
