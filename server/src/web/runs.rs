//! Index runs: the list, and the account of one run. Never starts a run.

use super::{Frame, blocking, labels, page};
use crate::mensen::Rol;
use crate::problem::Problem;
use crate::runs;
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use zv_indexer::account::{Account, Line, Note, Runs, Status};

/// Outcomes shown on the page; the export has them all.
const SHOWN: usize = 500;

/// A run as a line of a list.
pub struct RunLine {
    /// Number.
    pub number: u64,
    /// Source.
    pub bron: String,
    /// When it began.
    pub begun: String,
    /// How it ended.
    pub status: &'static str,
    /// Files seen.
    pub seen: String,
    /// Of these unreadable.
    pub unreadable: String,
    /// Documents afterwards.
    pub documents: String,
    /// How long it took.
    pub duration: String,
}

impl From<&Account> for RunLine {
    fn from(account: &Account) -> Self {
        RunLine {
            number: account.run,
            bron: account.bron.clone(),
            begun: labels::moment(account.begonnen),
            status: match account.status {
                Status::Voltooid => "voltooid",
                Status::Afgebroken => "afgebroken",
                Status::Mislukt => "mislukt",
            },
            seen: labels::number(account.gezien),
            unreadable: labels::number(account.onleesbaar),
            documents: labels::number(account.documenten),
            duration: labels::seconds(account.seconden),
        }
    }
}

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage {
    frame: Frame,
    runs: Vec<RunLine>,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    frame: Frame,
    line: RunLine,
    map: String,
    message: Option<String>,
    /// What adds up to the files seen: name, meaning, how many, and how many in the run before.
    parts: Vec<(&'static str, &'static str, String, String)>,
    /// The run of this source before this one.
    before: Option<RunLine>,
    /// Whether something was unreadable that who looks may have tried again.
    again: bool,
    adds_up: bool,
    sum: String,
    /// What stands outside the sum.
    others: Vec<(&'static str, String)>,
    warnings: Vec<String>,
    /// What an export of a document system lacks.
    export: Vec<(&'static str, String)>,
    /// Title, why it is there, and paths with reasons.
    lists: Vec<List>,
}

struct List {
    title: &'static str,
    lines: Vec<(String, String)>,
    rest: String,
}

/// All runs.
pub async fn list(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        let accounts = runs::all(&app.folder).map_err(Problem::fault)?;
        let runs = accounts.iter().map(RunLine::from).collect();
        page(&RunsPage {
            frame: Frame::new(&app, &actor, "Inlezen"),
            runs,
        })
    })
    .await
}

/// One run.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        let account = runs::one(&app.folder, number).map_err(Problem::fault)?;
        let account = account.ok_or_else(|| Problem::not_found("Deze run bestaat niet."))?;
        let lists = lists(&Runs::new(&app.folder), number)?;
        let before = runs::before(&app.folder, &account).map_err(Problem::fault)?;
        let then = before.as_ref().map(parts);
        let parts = parts(&account);
        let export = account.export.as_ref();
        let export = export.map(labels::export).unwrap_or_default();
        let sum: u64 = parts.iter().map(|(_, _, value)| value).sum();
        let template = RunPage {
            frame: Frame::new(&app, &actor, format!("Run {number}")),
            line: RunLine::from(&account),
            map: account.map.clone(),
            message: account.melding.as_deref().map(crate::problem::sentence),
            parts: (parts.iter().enumerate())
                .map(|(at, (name, meaning, value))| {
                    let then = then.map(|then| labels::number(then[at].2));
                    (
                        *name,
                        *meaning,
                        labels::number(*value),
                        then.unwrap_or_default(),
                    )
                })
                .collect(),
            again: account.onleesbaar > 0 && actor.is_any(&[Rol::BeheerderBronnen]),
            before: before.as_ref().map(RunLine::from),
            adds_up: sum == account.gezien,
            sum: labels::number(account.gezien),
            others: others(&account),
            warnings: account
                .waarschuwingen
                .iter()
                .map(|warning| crate::problem::sentence(warning))
                .collect(),
            export: export
                .into_iter()
                .map(|(name, value)| (name, labels::number(value)))
                .collect(),
            lists,
        };
        page(&template)
    })
    .await
}

/// What adds up to the files seen: name, meaning, count.
fn parts(account: &Account) -> [(&'static str, &'static str, u64); 6] {
    [
        ("nieuw", "niet eerder gezien, en gelezen", account.nieuw),
        ("gewijzigd", "opnieuw gelezen", account.gewijzigd),
        (
            "verplaatst",
            "herkend op een andere plaats",
            account.verplaatst,
        ),
        ("ongewijzigd", "niet opnieuw gelezen", account.ongewijzigd),
        ("onleesbaar", "de reden staat hieronder", account.onleesbaar),
        (
            "overgeslagen",
            "volgens een regel, of een koppeling",
            account.overgeslagen,
        ),
    ]
}

/// What stands outside the sum.
fn others(account: &Account) -> Vec<(&'static str, String)> {
    let others = [
        (
            "Verwijderd uit de index, want verdwenen",
            account.verwijderd,
        ),
        (
            "Verdwenen, maar bewaard: een zaak houdt ze vast",
            account.verdwenen,
        ),
        (
            "Verdwenen, maar voor de zekerheid bewaard",
            account.ingehouden,
        ),
        ("Gedeeltelijk gelezen", account.gedeeltelijk),
        (
            "Door OCR gelezen (afbeeldingen en scans)",
            account.tekstherkenning,
        ),
        (
            "Gewijzigd zonder lezen: alleen rechten of beschrijving",
            account.zonder_lezen,
        ),
        (
            "Bestanden waarvan de rechten niet te lezen waren",
            account.rechten_onbekend,
        ),
        (
            "Gelezen documenten in bestanden (bijlagen, zip)",
            account.kinderen.gelezen,
        ),
        (
            "Onleesbare documenten in bestanden",
            account.kinderen.onleesbaar,
        ),
        ("Mappen die niet te lezen waren", account.onleesbare_mappen),
        (
            "Verdwenen tijdens het inlezen",
            account.tussentijds_verdwenen,
        ),
        ("Niet aan toegekomen", account.niet_bekeken),
        ("Documenten van deze bron na afloop", account.documenten),
    ];
    let mut others: Vec<_> = others
        .map(|(name, value)| (name, labels::number(value)))
        .into();
    others.push(("Gelezen", labels::bytes(account.bytes)));
    others
}

fn lists(runs: &Runs, number: u64) -> Result<Vec<List>, Problem> {
    let titles = [
        (Note::Onleesbaar, "Niet leesbaar"),
        (Note::Gedeeltelijk, "Gedeeltelijk gelezen"),
        (Note::Export, "Fouten in de export"),
        (Note::MapNietGelezen, "Mappen die niet te lezen waren"),
        (Note::VerwijderingIngehouden, "Verdwenen, maar bewaard"),
        (Note::Verdwenen, "Verdwenen, vastgehouden voor een zaak"),
        (Note::Verwijderd, "Verwijderd uit de index"),
        (Note::Overgeslagen, "Overgeslagen"),
    ];
    let mut lists = titles.map(|(_, title)| {
        (
            List {
                title,
                lines: Vec::new(),
                rest: String::new(),
            },
            0u64,
        )
    });
    for line in runs.lines(number).map_err(Problem::fault)? {
        let line: Line = line.map_err(Problem::fault)?;
        let Some(at) = titles.iter().position(|(note, _)| *note == line.uitkomst) else {
            continue;
        };
        let (list, more) = &mut lists[at];
        if list.lines.len() < SHOWN {
            list.lines.push((line.pad, line.reden));
        } else {
            *more += 1;
        }
    }
    let finished = lists
        .into_iter()
        .filter(|(list, _)| !list.lines.is_empty())
        .map(|(list, more)| List {
            rest: if more > 0 {
                format!("En nog {}; de CSV heeft ze allemaal.", labels::number(more))
            } else {
                String::new()
            },
            ..list
        });
    Ok(finished.collect())
}
